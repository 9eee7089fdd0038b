"""A car that the file lacks goes when the next file lacks it too, or after a day; not before."""

from datetime import timedelta

import pytest
from django.utils import timezone

from dealers.feeds.held_runs import approve_run
from dealers.feeds.imports.absences import withdraw_lapsed
from dealers.feeds.imports.pipeline import get_on
from dealers.models import FeedCar, StockFeed
from dealers.permissions import SYSTEM
from listings.models import Listing
from tests import make
from tests.dealers.feeds.stock import LONG, bring, car, counts

pytestmark = pytest.mark.django_db

DAY = timedelta(hours=24)
MINUTE = timedelta(minutes=1)


def lacking(feed: StockFeed, *, since: timedelta) -> None:
    """Have the feed lack car 2 of two since some time ago."""
    bring(feed, [car(1), car(2)])
    bring(feed, [car(1)])
    FeedCar.objects.exclude(absent_since=None).update(absent_since=timezone.now() - since)


def statuses() -> dict[str | None, str]:
    return dict(Listing.objects.values_list("stock_ref", "status"))


def test_after_a_day_it_goes_without_another_file() -> None:
    feed = make.feed()
    lacking(feed, since=DAY + MINUTE)
    assert withdraw_lapsed() == 1
    assert statuses() == {"S1": "live", "S2": "withdrawn"}
    event = Listing.objects.get(stock_ref="S2").events.latest("id")
    assert (event.kind, event.source, event.reason) == (
        "withdrawn", "feed", "absent from its feed for a day",
    )  # fmt: skip
    assert withdraw_lapsed() == 0
    assert counts(bring(feed, [car(1)])) == {"unchanged": 1}
    assert counts(bring(feed, [car(1), car(2)])) == {"unchanged": 1, "revived": 1}
    assert statuses() == {"S1": "live", "S2": "live"}


def test_before_a_day_is_over_it_stays() -> None:
    lacking(make.feed(), since=DAY - MINUTE)
    assert withdraw_lapsed() == 0
    assert statuses() == {"S1": "live", "S2": "live"}


def test_a_car_that_a_file_brought_back_since_stays() -> None:
    feed = make.feed()
    lacking(feed, since=DAY + MINUTE)
    assert counts(bring(feed, [car(1), car(2)])) == {"unchanged": 2}
    assert withdraw_lapsed() == 0
    assert counts(bring(feed, [car(1)])) == {"unchanged": 1, "held": 1}
    assert statuses() == {"S1": "live", "S2": "live"}


def test_a_car_whose_row_is_rejected_since_is_there() -> None:
    feed = make.feed()
    lacking(feed, since=DAY + MINUTE)
    assert counts(bring(feed, [car(1), car(2, year=2060)])) == {"unchanged": 1, "rejected": 1}
    assert withdraw_lapsed() == 0
    assert counts(bring(feed, [car(1)])) == {"unchanged": 1, "held": 1}
    assert statuses() == {"S1": "live", "S2": "live"}


def test_a_paused_feed_withdraws_nothing() -> None:
    feed = make.feed()
    lacking(feed, since=DAY + MINUTE)
    StockFeed.objects.update(paused_at=timezone.now())
    assert withdraw_lapsed() == 0
    StockFeed.objects.update(paused_at=None)
    assert withdraw_lapsed() == 1


def test_a_feed_that_became_one_of_what_changed_withdraws_nothing() -> None:
    lacking(make.feed(), since=DAY + MINUTE)
    StockFeed.objects.update(mode="delta")
    assert withdraw_lapsed() == 0
    assert statuses() == {"S1": "live", "S2": "live"}


def test_a_car_that_another_feed_has_stays() -> None:
    branch = make.branch()
    feed, other = make.feed(branch), make.feed(branch)
    lacking(feed, since=DAY + MINUTE)
    bring(other, [car(2), car(3)])
    assert withdraw_lapsed() == 0
    assert statuses() == {"S1": "live", "S2": "live", "S3": "live"}


def test_a_car_that_was_sold_meanwhile_stays_sold() -> None:
    lacking(make.feed(), since=DAY + MINUTE)
    Listing.objects.filter(stock_ref="S2").update(status="sold", sold_at=timezone.now())
    assert withdraw_lapsed() == 0
    assert statuses() == {"S1": "live", "S2": "sold"}


def test_a_reserved_car_that_is_gone_goes_too() -> None:
    feed = make.feed()
    lacking(feed, since=MINUTE)
    Listing.objects.filter(stock_ref="S2").update(
        reserved_until=timezone.now() + DAY, reserved_by="person"
    )
    assert counts(bring(feed, [car(1)])) == {"unchanged": 1, "withdrawn": 1}
    row = Listing.objects.get(stock_ref="S2")
    assert (row.status, row.reserved_until) == ("withdrawn", None)


def test_batches_of_any_size_withdraw_the_same() -> None:
    feed = make.feed()
    bring(feed, [car(n) for n in range(50)])
    bring(feed, [car(n) for n in range(41)])
    FeedCar.objects.exclude(absent_since=None).update(absent_since=timezone.now() - 2 * DAY)
    assert withdraw_lapsed(limit=2) == 9
    assert Listing.objects.filter(status="live").count() == 41


def test_a_file_that_is_held_does_not_count_as_one_that_lacks_the_car() -> None:
    feed = make.feed()
    cars = [car(n) for n in range(60)]
    bring(feed, cars)
    held = bring(feed, cars[:30])
    assert held.state == "held"
    assert counts(bring(feed, cars[:59])) == {"unchanged": 59, "held": 1}
    assert FeedCar.objects.exclude(absent_since=None).count() == 1
    assert Listing.objects.filter(status="live").count() == 60


def test_a_dry_run_does_not_count_as_a_file_that_lacks_the_car() -> None:
    feed = make.feed()
    bring(feed, [car(1), car(2)])
    for _ in range(2):
        assert counts(bring(feed, [car(1)], dry_run=True)) == {"unchanged": 1, "held": 1}
    assert counts(bring(feed, [car(1)])) == {"unchanged": 1, "held": 1}
    assert statuses() == {"S1": "live", "S2": "live"}


def test_approving_a_dry_run_changes_nothing_either() -> None:
    feed = make.feed()
    cars = [car(n) for n in range(30)]
    bring(feed, cars)
    before = list(Listing.objects.order_by("pk").values())
    run = bring(feed, cars[:5], dry_run=True)
    approve_run(run_id=run.pk, actor=SYSTEM)
    run = get_on(run_id=run.pk, seconds=LONG) or run
    assert (run.state, counts(run)) == ("done", {"unchanged": 5, "withdrawn": 25})
    assert list(Listing.objects.order_by("pk").values()) == before
