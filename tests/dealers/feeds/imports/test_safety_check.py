"""No file empties a forecourt: what is held for a person, to the car, and what a person decides."""

import gzip
import json
from collections.abc import Iterable

import pytest
from django.test import Client

from dealers.feeds.exceptions import NotApprovable, OutOfOrder, RunNotHeld
from dealers.feeds.held_runs import approve_run, drop_run
from dealers.feeds.imports.pipeline import get_on
from dealers.models import FeedRun
from dealers.permissions import SYSTEM, Actor
from listings.models import Listing
from tests import make
from tests.dealers.feeds.feed_files import zipped
from tests.dealers.feeds.stock import LONG, as_csv, bring, car, counts, receive

pytestmark = pytest.mark.django_db


def live() -> int:
    return Listing.objects.filter(status="live").count()


def stock_of(numbers: Iterable[int]) -> list[dict[str, str]]:
    return [car(n) for n in numbers]


def finish(run: FeedRun) -> FeedRun:
    return get_on(run_id=run.pk, seconds=LONG) or run


@pytest.mark.parametrize(
    ("before", "lacks", "hold_code"),
    [
        (40, 9, ""),  # 22 %, and fewer than ten
        (50, 10, ""),  # a fifth, and not more
        (49, 10, "withdraws"),
        (50, 11, "withdraws"),
        (16, 8, ""),  # half
        (16, 9, "shrunk"),
        (17, 9, "shrunk"),
    ],
)
def test_the_safety_check_weighs_to_the_car(before: int, lacks: int, hold_code: str) -> None:
    feed = make.feed()
    bring(feed, stock_of(range(before)))
    run = bring(feed, stock_of(range(lacks, before)))
    assert (run.state, run.hold_code) == ("held" if hold_code else "done", hold_code)
    assert counts(run) == ({} if hold_code else {"unchanged": before - lacks, "held": lacks})
    assert live() == before


def test_a_second_file_that_lacks_them_withdraws_what_the_safety_check_lets_pass() -> None:
    feed = make.feed()
    bring(feed, stock_of(range(50)))
    bring(feed, stock_of(range(10, 50)))
    run = bring(feed, stock_of(range(10, 50)))
    assert counts(run) == {"unchanged": 40, "withdrawn": 10}
    assert live() == 40


def test_a_forecourt_is_not_emptied_in_slices() -> None:
    """What the first slice lost counts while it is still on sale."""
    feed = make.feed()
    bring(feed, stock_of(range(60)))
    assert bring(feed, stock_of(range(12, 60))).state == "done"
    run = bring(feed, stock_of(range(26, 60)))
    assert (run.state, run.hold_code, live()) == ("held", "withdraws", 60)


def test_half_is_measured_by_the_last_file_that_was_applied() -> None:
    feed = make.feed()
    bring(feed, stock_of(range(16)))
    assert bring(feed, stock_of(range(5))).hold_code == "shrunk"
    bring(feed, stock_of(range(12)), dry_run=True)
    assert bring(feed, stock_of(range(7))).hold_code == "shrunk"
    assert bring(feed, stock_of(range(8))).state == "done"
    assert live() == 16


def test_a_file_whose_rows_are_all_rejected_counts_as_empty() -> None:
    feed = make.feed()
    bring(feed, stock_of(range(3)))
    run = bring(feed, [car(n, year=2060) for n in range(3)])
    assert (run.state, run.hold_code, live()) == ("held", "empty", 3)


@pytest.mark.parametrize("content", [b"", b"\n\n", b"\xef\xbb\xbf", as_csv([]), b"[]", b"<rss/>"])
def test_an_empty_file_is_held(content: bytes) -> None:
    feed = make.feed()
    bring(feed, stock_of(range(3)))
    run = finish(receive(feed, content))
    assert run.state == "held"
    assert run.hold_code in ("empty", "unreadable")
    assert live() == 3


def _json_of(numbers: Iterable[int]) -> bytes:
    return json.dumps(stock_of(numbers)).encode()


def _xml_of(numbers: Iterable[int]) -> bytes:
    rows = (
        "".join(f"<{name}>{value}</{name}>" for name, value in row.items())
        for row in stock_of(numbers)
    )
    return f"<cars>{''.join(f'<car>{row}</car>' for row in rows)}</cars>".encode()


@pytest.mark.parametrize(
    "content",
    [
        gzip.compress(as_csv(stock_of(range(30))), mtime=0),
        zipped({"stock.csv": as_csv(stock_of(range(30)))}),
        _json_of(range(30)),
        _xml_of(range(30)),
    ],
    ids=["gzip", "zip", "json", "xml"],
)
def test_a_file_that_was_cut_off_on_its_way_changes_nothing(content: bytes) -> None:
    feed = make.feed()
    assert counts(finish(receive(feed, content))) == {"created": 30}
    run = finish(receive(feed, content[: len(content) * 9 // 10]))
    assert (run.state, run.hold_code) == ("held", "unreadable")
    assert (run.rows.count(), live()) == (0, 30)
    with pytest.raises(NotApprovable):
        approve_run(run_id=run.pk, actor=SYSTEM)
    assert counts(finish(receive(feed, content))) == {"unchanged": 30}


def test_what_a_person_approves_is_applied_at_once() -> None:
    feed, boss = make.feed(), make.staff()
    bring(feed, stock_of(range(30)))
    run = bring(feed, [car(0, price=7_000), *stock_of(range(1, 12)), car(40)])
    assert (run.state, live()) == ("held", 30)
    assert Listing.objects.get(stock_ref="S0").price == 10_000
    run = finish(approve_run(run_id=run.pk, actor=Actor.staff(boss.pk)))
    assert counts(run) == {"created": 1, "updated": 1, "unchanged": 11, "withdrawn": 18}
    assert (run.decided_by, live()) == (boss, 13)
    with pytest.raises(RunNotHeld):
        approve_run(run_id=run.pk, actor=Actor.staff(boss.pk))


def test_what_a_person_drops_leaves_no_trace() -> None:
    feed = make.feed()
    bring(feed, stock_of(range(30)))
    before = list(Listing.objects.order_by("id").values())
    run = bring(feed, [car(0, price=7_000)])
    drop_run(run_id=run.pk, actor=SYSTEM)
    assert get_on(run_id=run.pk, seconds=LONG) is None
    assert list(Listing.objects.order_by("id").values()) == before
    assert counts(bring(feed, stock_of(range(30)))) == {"unchanged": 30}


def test_a_held_file_is_not_approved_after_a_newer_one() -> None:
    feed = make.feed()
    bring(feed, stock_of(range(30)))
    held = bring(feed, stock_of(range(5)))
    bring(feed, stock_of(range(29)))
    held.refresh_from_db()
    assert (held.state, held.failure) == ("dropped", "A newer file has been applied.")
    with pytest.raises(RunNotHeld):
        approve_run(run_id=held.pk, actor=SYSTEM)
    FeedRun.objects.filter(pk=held.pk).update(state="held")
    with pytest.raises(OutOfOrder):
        approve_run(run_id=held.pk, actor=SYSTEM)
    assert live() == 30


def test_buyers_see_every_car_while_a_run_is_held(client: Client) -> None:
    feed = make.feed()
    bring(feed, stock_of(range(12)))
    bring(feed, stock_of(range(1)))
    assert len(client.get("/api/v1/listings/").json()["results"]) == 12
