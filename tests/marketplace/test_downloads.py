"""A download is whole or none, and its length is told before its first byte."""

from collections.abc import Iterator

import pytest
from django.db import OperationalError, connection
from django.test import Client

from listings.models import Make
from marketplace.downloads import whole_file
from tests import make
from tests.listings.changes.connections import another
from tests.marketplace.checkouts import ROOT

APPS = ("dealers", "listings", "marketplace")


def broken_off() -> Iterator[str]:
    """Lose the database between two pieces."""
    yield f"{Make.objects.count()}\n" * 100_000
    with another() as other:
        pid = connection.connection.info.backend_pid
        other.execute("SELECT pg_terminate_backend(%s, 10000)", [pid])
    yield f"{Make.objects.count()}\n"


@pytest.mark.django_db(transaction=True)
def test_what_breaks_on_the_way_is_not_sent_at_all() -> None:
    with pytest.raises(OperationalError):
        whole_file(broken_off(), content_type="text/csv")

    connection.close()


@pytest.mark.django_db(transaction=True)
def test_what_is_sent_says_how_long_it_is_and_holds_no_connection() -> None:
    pieces = [f"{number},ä\n" * 20_000 for number in range(20)]
    Make.objects.count()

    answer = whole_file(pieces, content_type="text/csv", name="rows.csv")
    sent = iter(answer)
    first = next(sent)

    assert connection.connection is None
    body = first + b"".join(sent)
    answer.close()
    assert body.decode() == "".join(pieces)
    assert answer["Content-Length"] == str(len(body))
    assert answer["Content-Disposition"] == 'attachment; filename="rows.csv"'


@pytest.mark.django_db
def test_a_part_of_the_map_says_how_long_it_is(client: Client) -> None:
    row = make.live()

    part = client.get(f"/sitemap-{row.pk // 25_000}.xml")

    assert part["Content-Length"] == str(len(part.getvalue()))


def test_every_streamed_answer_is_such_a_download() -> None:
    modules = [path for app in APPS for path in (ROOT / app).rglob("*.py")]
    streaming = [
        path.relative_to(ROOT).as_posix()
        for path in modules
        if any(name in path.read_text() for name in ("StreamingHttpResponse(", "FileResponse("))
    ]

    assert streaming == ["marketplace/downloads.py"]
