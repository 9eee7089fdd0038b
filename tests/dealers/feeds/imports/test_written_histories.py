"""Eight daily files of two dealers, written without sight of the readers, one after the other.

Cars come, go, return, cost less, are reserved and sold; a column is added, all change places, a
mark and a stock number go to another car, one file breaks off and one comes twice. After every file
the adverts are what it says, but for cars that only this one lacks: those go with the next.
"""

import json
from pathlib import Path
from typing import Any

import pytest

from dealers.feeds.held_runs import approve_run
from dealers.feeds.imports.pipeline import get_on
from dealers.models import FeedRun, StockFeed
from dealers.permissions import SYSTEM
from listings.catalogue import load_seed
from listings.models import Listing
from tests import make
from tests.dealers.feeds.stock import LONG, counts, receive

pytestmark = [pytest.mark.django_db, pytest.mark.slow]

FOLDER = Path(__file__).parents[1] / "histories"
EXPECTED = json.loads((FOLDER / "expected.json").read_text(encoding="utf-8"))
HELD = {"foundry-road": {"day-6.csv": "withdraws"}, "mill-lane": {"day-5.xml": "shrunk"}}

Cars = dict[str, tuple[int, int, bool]]


@pytest.mark.parametrize("dealer", ["foundry-road", "mill-lane"])
def test_the_adverts_are_what_each_file_says(dealer: str) -> None:
    load_seed()
    feed = make.feed(make.branch(), mapping=None, mapping_confirmed_at=None)
    before: Cars = {}
    late: Cars = {}
    for day, cars in EXPECTED[dealer].items():
        run = brought(feed, FOLDER / dealer / day, is_first=not before)
        said = for_sale(cars)
        if day in HELD[dealer]:
            assert (run.state, run.hold_code) == ("held", HELD[dealer][day])
        else:
            assert (run.state, run.hold_code) == ("done", "")
            gone = before.keys() - cars.keys() - late.keys()
            late = {mark: before[mark] for mark in gone if not was_renamed(mark)}
            before = said
        assert advertised(feed) == {**late, **said}, day


def for_sale(cars: dict[str, list[Any]]) -> Cars:
    """Return price, mileage and whether it is reserved, of each car that is not sold."""
    return {
        mark: (price, mileage, state == "reserved")
        for mark, (state, price, mileage) in cars.items()
        if state != "sold"
    }


def was_renamed(mark: str) -> bool:
    """Whether a car goes on under a mark of its own."""
    return not Listing.objects.filter(vrm=mark).exists()


def brought(feed: StockFeed, path: Path, *, is_first: bool) -> FeedRun:
    """Import a file; the columns of the first are confirmed as they are suggested."""
    run = receive(feed, path.read_bytes(), name=path.name)
    run = get_on(run_id=run.pk, seconds=LONG) or run
    if is_first:
        assert run.hold_code == "mapping"
        approve_run(run_id=run.pk, actor=SYSTEM)
        run = get_on(run_id=run.pk, seconds=LONG) or run
    return run


def advertised(feed: StockFeed) -> Cars:
    live = Listing.objects.live().filter(dealer=feed.dealer_id)
    names = ("vrm", "price", "mileage", "reserved_until")
    return {
        mark: (price, mileage, until is not None)
        for mark, price, mileage, until in live.values_list(*names)
    }


def test_a_file_that_comes_again_changes_nothing() -> None:
    load_seed()
    feed = make.feed(make.branch(), mapping=None, mapping_confirmed_at=None)
    path = FOLDER / "foundry-road" / "day-5.csv"
    brought(feed, path, is_first=True)
    assert counts(brought(feed, path, is_first=False)) == {"unchanged": 31, "rejected": 1}
