"""A feed of what changed: what it does not name is left alone, however often."""

import pytest

from dealers.feeds.imports.absences import withdraw_lapsed
from dealers.models import FeedCar
from listings.models import Listing, ListingEvent
from tests import make
from tests.dealers.feeds.stock import as_csv, bring, car, counts, receive, report

pytestmark = pytest.mark.django_db


def test_what_a_delta_does_not_name_is_never_withdrawn() -> None:
    feed = make.feed(mode="delta")
    bring(feed, [car(n) for n in range(30)])
    for price in (9_000, 8_000, 7_000):
        run = bring(feed, [car(1, price=price)])
        assert (run.state, counts(run)) == ("done", {"updated": 1})
        assert report(run) == [(2, "S1", "updated")]
    assert withdraw_lapsed() == 0
    assert Listing.objects.filter(status="live").count() == 30
    assert not FeedCar.objects.exclude(absent_since=None, gone_at=None).exists()
    assert not ListingEvent.objects.filter(kind="withdrawn").exists()


def test_an_empty_delta_says_that_nothing_changed() -> None:
    feed = make.feed(mode="delta")
    bring(feed, [car(1)])
    run = bring(feed, [])
    assert (run.state, counts(run)) == ("done", {})
    assert Listing.objects.get().status == "live"


def test_a_delta_takes_a_car_off_by_saying_that_it_is_sold() -> None:
    columns = (*make.FEED_COLUMNS, "availability")
    feed = make.feed(mode="delta", columns=columns)
    bring(feed, [car(1), car(2)], columns=columns)
    run = bring(feed, [car(1, availability="Sold")], columns=columns)
    assert counts(run) == {"updated": 1}
    statuses = Listing.objects.order_by("stock_ref").values_list("stock_ref", "status")
    assert list(statuses) == [("S1", "sold"), ("S2", "live")]


def test_a_feed_that_becomes_a_delta_forgets_what_was_about_to_go() -> None:
    feed = make.feed()
    bring(feed, [car(1), car(2)])
    bring(feed, [car(1)])
    feed.mode = "delta"
    feed.save(update_fields=["mode"])
    run = bring(feed, [car(1)])
    assert counts(run) == {"unchanged": 1}
    assert Listing.objects.filter(status="live").count() == 2


def test_the_mode_is_that_of_the_moment_in_which_the_file_arrived() -> None:
    feed = make.feed(mode="delta")
    bring(feed, [car(n) for n in range(3)])
    run = receive(feed, as_csv([car(0)]))
    feed.mode = "full"
    feed.save(update_fields=["mode"])
    assert run.recipe["is_full"] is False
