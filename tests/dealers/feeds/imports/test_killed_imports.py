"""A worker that is killed anywhere in an import loses nothing, does nothing twice, nothing half."""

import os
import random

import pytest

from dealers.models import FeedCar, FeedRow, FeedStage, StockFeed
from listings.models import Listing, ListingEvent, PriceChange
from tests import make
from tests.dealers.feeds.imports.dying import DyingWorker, dying_worker
from tests.dealers.feeds.stock import as_csv, car, receive
from tests.transactions import wait_until_alone

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.slow]

KILLS = int(os.environ.get("FEED_KILLS", "50"))
KILLS_OF_A_RUN = 3
"""Fewer than the attempts without progress after which a run is given up."""
STATEMENTS_MAX = 120
"""As many as a worker sends for one of these files, about."""

COUNTS = [
    (24, 0, 0, 0, 0, 0, 0, 0),
    (6, 10, 10, 0, 0, 3, 1, 1),
    (0, 0, 24, 0, 3, 2, 1, 1),
    (0, 0, 24, 2, 2, 0, 1, 1),
]
"""Created, updated, unchanged, revived, withdrawn, held, rejected and repeated, file by file."""


def history() -> list[bytes]:
    """Return four files: new cars, all that can happen to known ones, withdrawals, returns."""
    first = [car(n) for n in range(24)]
    second = [
        *(car(n) for n in range(6)),
        *(car(n, price=9_000 + n, mileage=80_000) for n in range(6, 15)),
        car(15, stock_ref="RENAMED"),
        car(16, year=2060),
        *(car(n, make="Trabant", model="601") for n in range(40, 46)),
        car(6, price=8_500),
        *(car(n) for n in range(17, 21)),
    ]
    third = second[:-4] + [car(n) for n in (17, 18)]
    return [as_csv(rows) for rows in (first, second, third, [*third, car(21), car(22)])]


def bring_all(feed: StockFeed, worker: DyingWorker, chance: random.Random | None) -> None:
    """Import the history; with `chance` each import is killed up to three times on its way."""
    for content in history():
        run = receive(feed, content)
        for _ in range(KILLS_OF_A_RUN if chance else 0):
            if chance is None or worker.get_on(run.pk, die_at=chance.randint(1, STATEMENTS_MAX)):
                break
            wait_until_alone()
        worker.get_on(run.pk)
        run.refresh_from_db()
        assert (run.state, run.failure) == ("done", "")


def timeless(changes: dict[str, list[object]] | None) -> dict[str, list[object]] | None:
    """Return what an event changed, with moments told only by whether there is one."""
    return changes and {
        name: [bool(each) for each in both] if name.endswith(("_at", "_until")) else both
        for name, both in changes.items()
    }


def traces(feed: StockFeed) -> dict[str, list[object]]:
    """Return all that a feed's imports have left, without what differs between two dealers."""
    stock = Listing.objects.filter(dealer=feed.dealer_id).order_by("vrm")
    runs = {pk: n for n, pk in enumerate(feed.runs.order_by("pk").values_list("pk", flat=True))}
    named = dict(stock.values_list("pk", "vrm"))
    events = ListingEvent.objects.filter(listing__in=stock).order_by("listing__vrm", "id")
    prices = PriceChange.objects.filter(listing__in=stock).order_by("listing__vrm", "id")
    rows = FeedRow.objects.filter(run__feed=feed).order_by("run", "number")
    return {
        "stock": list(stock.values_list("vrm", "stock_ref", "status", "price", "mileage", "make")),
        "events": [
            (vrm, kind, status, timeless(changes))
            for vrm, kind, status, changes in events.values_list(
                "listing__vrm", "kind", "to_status", "changes"
            )
        ],
        "prices": list(prices.values_list("listing__vrm", "old_price", "new_price", "reason")),
        "memory": [
            (memory.key, named[memory.listing_id], memory.price, bool(memory.gone_at))
            for memory in FeedCar.objects.filter(feed=feed).order_by("key")
        ],
        "report": [
            (runs[run], number, line, outcome, fields, reasons, warnings, named.get(listing))
            for run, number, line, outcome, fields, reasons, warnings, listing in rows.values_list(
                "run", "number", "line", "outcome", "fields", "reasons", "warnings", "listing"
            )
        ],
        "counts": list(
            feed.runs.order_by("pk").values_list(
                "created_count",
                "updated_count",
                "unchanged_count",
                "revived_count",
                "withdrawn_count",
                "held_count",
                "rejected_count",
                "duplicate_count",
            )
        ),
        "left": list(FeedStage.objects.filter(run__feed=feed)),
    }


def test_wherever_workers_die_the_end_is_the_same() -> None:
    seed = random.randrange(2**32)  # noqa: S311 - chance, not a secret
    with dying_worker() as worker:
        control, feeds = make.feed(), []
        bring_all(control, worker, None)
        while worker.deaths < KILLS:
            feeds.append(make.feed())
            chance = random.Random(seed + len(feeds))  # noqa: S311 - as above
            bring_all(feeds[-1], worker, chance)
    expected = traces(control)
    assert expected["counts"] == COUNTS
    for feed in feeds:
        assert traces(feed) == expected, seed
