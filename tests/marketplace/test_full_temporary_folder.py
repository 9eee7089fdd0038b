"""A temporary folder that is really full, where bodies lie while they come in."""

import tempfile
from collections.abc import Iterator
from pathlib import Path

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.http import HttpResponse
from django.test import Client

from dealers.models import FeedRun, Membership
from tests import make
from tests.marketplace.checkouts import ROOT, end, start, wait_until
from tests.marketplace.full_disks import fill, small_disk
from tests.marketplace.test_health import free_port, granian
from tests.marketplace.test_image import fetch
from tests.marketplace.test_large_bodies import send
from tests.marketplace.test_settings import SAFE

LARGE = b"x" * 3_000_000  # more than is read into memory
CHUNKED = "Transfer-Encoding: chunked\r\n"
PIECES = (b"10000\r\n" + b"x" * 65_536 + b"\r\n") * 32 + b"0\r\n\r\n"


@pytest.fixture
def temporary(tmp_path: Path) -> Iterator[Path]:
    with small_disk(tmp_path / "disk", kilobytes=4096) as folder:
        yield folder


@pytest.fixture
def full(temporary: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """The folder that this process takes for temporary files, without a byte left."""
    monkeypatch.setattr(tempfile, "tempdir", str(temporary))
    return fill(temporary)


@pytest.mark.django_db
@pytest.mark.parametrize("door", ["dealer", "staff"])
@pytest.mark.parametrize(
    ("accept", "content_type"),
    [
        ("text/html,*/*", "text/html; charset=utf-8"),
        ("*/*", "application/problem+json"),
    ],
)
def test_a_form_with_a_file_is_refused_until_there_is_room(
    full: Path, door: str, accept: str, content_type: str
) -> None:
    feed = make.feed()
    owner = make.member(feed.dealer, Membership.Role.OWNER)
    client = Client(raise_request_exception=False)
    client.force_login(owner if door == "dealer" else make.staff())
    if door == "staff":
        client.post(f"/admin/dealers/dealer/{feed.dealer_id}/panel/")
    path = f"/dealer/dealers/stockfeed/{feed.pk}/upload/"

    def post() -> HttpResponse:
        file = SimpleUploadedFile("stock.csv", LARGE)
        return client.post(path, {"file": file}, headers={"accept": accept})  # type: ignore[return-value]  # what the client adds is not asked for

    answer = post()
    assert (answer.status_code, answer["Content-Type"]) == (507, content_type)
    assert (answer["Retry-After"], answer["Cache-Control"]) == ("600", "no-store")
    assert b"There is no room for files at the moment" in answer.content
    assert not FeedRun.objects.exists()
    assert list(full.parent.iterdir()) == [full]

    full.unlink()
    assert post().status_code == 302


@pytest.mark.django_db
def test_a_token_of_a_form_is_not_looked_for_in_vain(full: Path) -> None:
    """The check of the token is what reads a form, before any view."""
    feed = make.feed()
    client = Client(enforce_csrf_checks=True, raise_request_exception=False)
    client.force_login(make.member(feed.dealer, Membership.Role.OWNER))
    client.cookies["csrftoken"] = "t" * 32
    path = f"/dealer/dealers/stockfeed/{feed.pk}/upload/"
    answer = client.post(path, {"file": SimpleUploadedFile("stock.csv", LARGE)})
    assert (answer.status_code, answer.json()["code"]) == (507, "storage_full")


def test_a_body_without_a_length_is_refused_until_there_is_room(temporary: Path) -> None:
    """A real web process; no database is behind it."""
    port = free_port()
    variables = {**SAFE, "DEBUG": "false", "SECURE_SSL_REDIRECT": "false"}
    variables["DATABASE_URL"] = "postgresql://nobody@127.0.0.1:1/nothing"
    variables["TMPDIR"] = str(temporary)
    web = start(ROOT, *granian(port), **variables, DATABASE_POOL_TIMEOUT="1")
    try:
        wait_until(lambda: fetch(port, "/healthz")[0] == 200)
        for path, kind in (
            ("/api/v1/widget/events/", "application/problem+json"),
            ("/password/reset/", "text/html; charset=utf-8"),
        ):
            head = f"{CHUNKED}Accept: text/html\r\n"
            before = send(port, path, head, PIECES)[0]
            ballast = fill(temporary)
            assert send(port, path, head, PIECES) == (507, kind)
            ballast.unlink()
            assert before < 500
            assert send(port, path, head, PIECES)[0] == before
        assert list(temporary.iterdir()) == []
    finally:
        end(web)
