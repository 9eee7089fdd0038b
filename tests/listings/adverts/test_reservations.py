"""A reservation knows who made it, and only that side ends it without being asked to."""

from datetime import timedelta

import pytest
from django.db import IntegrityError
from django.utils import timezone

from listings.adverts import Action, WriteContext, lifecycle, transition_listings
from listings.adverts.expiry import release_overdue
from listings.choices import ReservationSide, Source
from listings.models import Listing
from tests import make

pytestmark = pytest.mark.django_db

FEED = WriteContext(Source.FEED, "feed Stock, run 1")


def reserved(by: ReservationSide) -> Listing:
    return make.live(reserved_until=timezone.now() + timedelta(hours=1), reserved_by=by)


@pytest.mark.parametrize(
    ("source", "side"),
    [
        (Source.FEED, "feed"),
        (Source.PERSON, "person"),
        (Source.API, "person"),
        (None, "person"),
    ],
)
def test_a_reservation_says_who_made_it(source: Source | None, side: str) -> None:
    row = make.live()
    assert lifecycle.reserve(listing_id=row.pk, actor_id=None, source=source).reserved_by == side
    assert lifecycle.release(listing_id=row.pk, actor_id=None).reserved_by is None


@pytest.mark.parametrize("side", list(ReservationSide))
def test_a_feed_which_nobody_asks_releases_only_what_a_feed_reserved(
    side: ReservationSide,
) -> None:
    row = reserved(side)
    refused = transition_listings(action=Action.RELEASE, listing_ids=[row.pk], by=FEED)
    is_own = side == ReservationSide.FEED
    assert {pk: error.code for pk, error in refused.items()} == (
        {} if is_own else {row.pk: "action_not_allowed"}
    )
    row.refresh_from_db()
    assert (row.reserved_until is None, row.reserved_by) == (is_own, None if is_own else side)


@pytest.mark.parametrize("side", list(ReservationSide))
def test_whoever_is_asked_releases_any_reservation(side: ReservationSide) -> None:
    row = lifecycle.release(listing_id=reserved(side).pk, actor_id=make.user().pk)
    assert (row.reserved_until, row.reserved_by) == (None, None)


@pytest.mark.parametrize("side", list(ReservationSide))
def test_a_reservation_whose_time_is_over_ends_whoever_made_it(side: ReservationSide) -> None:
    row = make.live(reserved_until=timezone.now() - timedelta(hours=1), reserved_by=side)
    assert release_overdue() == 1
    row.refresh_from_db()
    assert (row.reserved_until, row.reserved_by) == (None, None)


@pytest.mark.parametrize("verb", [lifecycle.sell, lifecycle.withdraw])
def test_an_advert_that_leaves_the_market_is_nobodys(verb: object) -> None:
    row = verb(listing_id=reserved(ReservationSide.BUYER).pk, actor_id=None)  # type: ignore[operator]  # a verb
    assert (row.reserved_until, row.reserved_by) == (None, None)


def test_what_says_no_side_is_a_persons_reservation_and_a_side_alone_is_none() -> None:
    row, until = make.live(), timezone.now() + timedelta(hours=1)
    stock = Listing.objects.filter(pk=row.pk)
    for written, kept in (
        ({"reserved_until": until}, (until, "person")),
        ({"reserved_until": None}, (None, None)),
        ({"reserved_by": "feed"}, (None, None)),
        ({"reserved_until": until, "reserved_by": "feed"}, (until, "feed")),
    ):
        stock.update(**written)
        row.refresh_from_db()
        assert (row.reserved_until, row.reserved_by) == kept


def test_the_database_knows_the_sides() -> None:
    row = make.live()
    with pytest.raises(IntegrityError):
        Listing.objects.filter(pk=row.pk).update(
            reserved_until=timezone.now(), reserved_by="passer"
        )
