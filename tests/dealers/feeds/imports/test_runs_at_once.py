"""Workers at once on one run, and runs at once of one feed, each do everything once."""

from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from threading import Barrier

import pytest
from django.db import connection

from dealers.feeds.imports import batch, parser
from dealers.feeds.imports.pipeline import get_on
from dealers.models import FeedRun
from listings.models import Listing, ListingEvent
from tests import make
from tests.dealers.feeds.stock import LONG, as_csv, bring, car, counts, receive

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture(autouse=True)
def _small_batches(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(parser, "CHUNK_ROWS", 5)
    monkeypatch.setattr(batch, "BATCH_ROWS", 5)


def at_once(*jobs: Callable[[], object]) -> None:
    start = Barrier(len(jobs))

    def run(job: Callable[[], object]) -> None:
        try:
            start.wait(timeout=60)
            job()
        finally:
            connection.close()

    with ThreadPoolExecutor(len(jobs)) as threads:
        list(threads.map(run, jobs))


def test_workers_on_one_run_do_each_row_once() -> None:
    run = receive(make.feed(), as_csv(car(n) for n in range(60)))
    at_once(*[lambda: get_on(run_id=run.pk, seconds=LONG)] * 3)
    get_on(run_id=run.pk, seconds=LONG)
    run.refresh_from_db()
    assert (run.state, counts(run)) == ("done", {"created": 60})
    assert Listing.objects.count() == 60
    assert ListingEvent.objects.count() == 120


def test_of_two_runs_of_a_feed_the_earlier_goes_first() -> None:
    feed = make.feed()
    first = receive(feed, as_csv(car(n) for n in range(30)))
    second = receive(feed, as_csv(car(n, price=5_000) for n in range(30)))
    assert get_on(run_id=second.pk, seconds=LONG) is None
    jobs = [lambda pk=run.pk: get_on(run_id=pk, seconds=LONG) for run in (second, first)]
    at_once(*jobs)
    for run in (first, second):
        get_on(run_id=run.pk, seconds=LONG)
    assert [counts(run) for run in FeedRun.objects.order_by("pk")] == [
        {"created": 30},
        {"updated": 30},
    ]
    assert set(Listing.objects.values_list("price", flat=True)) == {5_000}


def test_feeds_of_two_dealers_run_side_by_side() -> None:
    feeds = [make.feed(), make.feed()]
    at_once(*[lambda feed=feed: bring(feed, [car(n) for n in range(20)]) for feed in feeds])
    assert [Listing.objects.filter(dealer=feed.dealer_id).count() for feed in feeds] == [20, 20]


def test_a_run_that_has_no_more_time_goes_on_later() -> None:
    run = receive(make.feed(), as_csv(car(n) for n in range(23)))
    turns = 0
    while run.state != "done":
        part = get_on(run_id=run.pk, seconds=0)
        assert part is not None
        run, turns = part, turns + 1
    assert turns > 5
    assert counts(run) == {"created": 23}
