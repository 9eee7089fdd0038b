"""Workers at once on one run, and runs at once of one feed, each do everything once."""

from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from threading import Barrier

import pytest
from django.db import OperationalError, connection

from dealers.feeds.imports import batch, parser
from dealers.feeds.imports.pipeline import get_on
from dealers.models import FeedCar, FeedRow, FeedRun
from listings.models import Listing, ListingEvent, Make
from tests import make
from tests.dealers.feeds.stock import LONG, as_csv, bring, car, counts, mark, receive

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


def test_cars_of_unknown_makes_are_written_beside_others_and_add_each_name_once() -> None:
    unknown = [car(n, make=f"Wartburg {n % 2}", model="353") for n in range(0, 24, 3)]
    known = [car(n) for n in range(24) if n % 3]
    run = bring(make.feed(), [*known, *unknown])
    assert counts(run) == {"created": 24}
    assert Listing.objects.filter(status="live").count() == len(known)
    names = Make.objects.filter(name__startswith="Wartburg").order_by("name")
    assert list(names.values_list("name", "confirmation")) == [
        ("Wartburg 0", "pending"),
        ("Wartburg 1", "pending"),
    ]
    stated = FeedRow.objects.filter(run=run).values_list("external_id", "listing__stock_ref")
    assert len(stated) == 24
    assert all(said == written for said, written in stated)


@pytest.mark.usefixtures("failing_mark")
def test_rows_that_were_written_beside_others_that_failed_are_not_written_again() -> None:
    run = receive(make.feed(), as_csv(car(n) for n in range(10)))
    with pytest.raises(OperationalError, match="of this test"):
        get_on(run_id=run.pk, seconds=LONG)
    written = set(Listing.objects.values_list("pk", flat=True))
    assert len(written) == 5
    assert ListingEvent.objects.count() == 10
    assert FeedRow.objects.filter(run=run, outcome="created").count() == 5
    with connection.cursor() as cursor:
        cursor.execute("DROP TRIGGER failing_mark ON listings_listing")
    done = get_on(run_id=run.pk, seconds=LONG)
    assert done is not None
    assert (done.state, counts(done)) == ("done", {"created": 10})
    assert Listing.objects.filter(pk__in=written).count() == 5
    assert Listing.objects.count() == FeedCar.objects.count() == 10
    assert ListingEvent.objects.count() == 20


@pytest.fixture
def failing_mark() -> Iterator[None]:
    """Have the database fail, as of a deadlock, where an advert has this mark."""
    with connection.cursor() as cursor:
        cursor.execute(
            "CREATE FUNCTION fail_of_test() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN"
            " RAISE EXCEPTION 'of this test' USING ERRCODE = 'deadlock_detected'; END $$"
        )
        cursor.execute(
            "CREATE TRIGGER failing_mark BEFORE INSERT ON listings_listing FOR EACH ROW"
            f" WHEN (NEW.vrm = '{mark(9)}') EXECUTE FUNCTION fail_of_test()"
        )
    yield
    with connection.cursor() as cursor:
        cursor.execute("DROP FUNCTION fail_of_test CASCADE")
