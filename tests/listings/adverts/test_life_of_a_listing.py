"""Every transition, every refusal, and what the log keeps of it."""

from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest
from django.utils import timezone

from listings.adverts import Action, allowed_actions, lifecycle
from listings.choices import Status
from listings.exceptions import (
    ActionNotAllowed,
    AlreadyLive,
    DealerSuspended,
    InvalidListing,
    ListingNotFound,
    NotPublishable,
)
from listings.models import Listing, ListingEvent
from tests import make

pytestmark = pytest.mark.django_db

Verb = Callable[..., Listing]


def act(action: str, listing: Listing, **more: Any) -> Listing:
    verb: Verb = getattr(lifecycle, action)
    return verb(listing_id=listing.pk, actor_id=None, reason="because", **more)


def in_state(state: str) -> Listing:
    """Return an advert that is in a status, or live and reserved, or live and past its end."""
    soon, ago = timezone.now() + timedelta(hours=1), timezone.now() - timedelta(hours=1)
    fields: dict[str, dict[str, Any]] = {
        "live": {},
        "reserved": {"reserved_until": soon},
        "run out": {"expires_at": ago},
        "sold": {"status": Status.SOLD, "sold_at": ago},
        "sold long ago": {"status": Status.SOLD, "sold_at": ago - timedelta(days=30)},
    }
    return make.draft() if state == "draft" else make.live(**fields.get(state, {"status": state}))


@pytest.mark.parametrize(
    ("state", "allowed"),
    [
        ("draft", {"publish"}),
        ("live", {"renew", "reserve", "sell", "withdraw", "reject"}),
        ("reserved", {"renew", "release", "sell", "withdraw", "reject"}),
        ("run out", {"renew", "sell", "withdraw", "reject"}),
        ("expired", {"renew"}),
        ("sold", {"publish"}),
        ("sold long ago", set()),
        ("withdrawn", {"publish"}),
        ("rejected", {"reopen"}),
    ],
)
def test_what_is_allowed_works_and_all_else_is_refused(state: str, allowed: set[str]) -> None:
    targets = {
        "publish": "live",
        "renew": "live",
        "reserve": "live",
        "release": "live",
        "sell": "sold",
        "withdraw": "withdrawn",
        "reject": "rejected",
        "reopen": "draft",
    }
    assert {str(action) for action in allowed_actions(in_state(state))} == allowed
    for action in map(str, Action):
        listing = in_state(state)
        before = Listing.objects.values().get(pk=listing.pk)
        if action in allowed:
            assert act(action, listing).status == targets[action]
            event = ListingEvent.objects.get(listing=listing)
            assert (event.from_status, event.to_status, event.reason) == (
                before["status"],
                targets[action],
                "because",
            )
        else:
            with pytest.raises(ActionNotAllowed) as refusal:
                act(action, listing)
            assert set(refusal.value.extra["allowed_actions"]) == allowed  # type: ignore[call-overload]  # a list, seen as an object
            assert Listing.objects.values().get(pk=listing.pk) == before
            assert not ListingEvent.objects.filter(listing=listing).exists()


def test_publishing_runs_for_thirty_days_from_now() -> None:
    person = make.user()
    listing = make.draft()
    before = timezone.now()
    listing = lifecycle.publish(listing_id=listing.pk, actor_id=person.pk)
    assert listing.published_at is not None
    assert listing.expires_at is not None
    assert before <= listing.published_at <= timezone.now()
    assert listing.expires_at - listing.published_at == timedelta(days=30)
    assert listing.confirmed_at == listing.published_at
    assert ListingEvent.objects.get(listing=listing).actor == person


def test_renewing_keeps_the_day_of_publication() -> None:
    published_at = timezone.now() - timedelta(days=40)
    listing = act("renew", make.live(status="expired", published_at=published_at))
    assert listing.published_at == published_at
    assert listing.expires_at is not None
    assert listing.expires_at > timezone.now() + timedelta(days=29)


def test_a_relisted_car_is_no_longer_sold() -> None:
    assert act("publish", in_state("sold")).sold_at is None


@pytest.mark.parametrize("action", ["sell", "withdraw", "reject"])
def test_leaving_the_market_ends_a_reservation(action: str) -> None:
    assert act(action, in_state("reserved")).reserved_until is None


def test_a_car_of_category_b_is_never_published() -> None:
    listing = make.draft(write_off="b")
    with pytest.raises(NotPublishable):
        act("publish", listing)
    listing.refresh_from_db()
    assert listing.status == Status.DRAFT


@pytest.mark.parametrize("category", ["c", "d", "s", "n"])
def test_a_repaired_write_off_may_be_published(category: str) -> None:
    assert act("publish", make.draft(write_off=category)).status == Status.LIVE


@pytest.mark.parametrize(("action", "state"), [("publish", "draft"), ("renew", "expired")])
def test_a_suspended_dealer_puts_nothing_up(action: str, state: str) -> None:
    listing = in_state(state)
    type(listing.dealer).objects.filter(pk=listing.dealer_id).update(is_active=False)
    with pytest.raises(DealerSuspended):
        act(action, listing)
    assert not Listing.objects.filter(status=Status.LIVE).exists()


@pytest.mark.parametrize(("action", "state"), [("publish", "draft"), ("renew", "expired")])
def test_a_second_live_advert_for_a_car_names_the_first(action: str, state: str) -> None:
    first = make.live(vrm="AB15CDE")
    second = in_state(state)
    Listing.objects.filter(pk=second.pk).update(
        vrm="AB15CDE", branch=first.branch, dealer=first.dealer
    )
    with pytest.raises(AlreadyLive) as refusal:
        act(action, second)
    assert refusal.value.extra == {"id": first.pk}
    second.refresh_from_db()
    assert second.status == state


def test_a_rejection_without_a_reason_is_refused() -> None:
    listing = make.live()
    with pytest.raises(NotPublishable):
        lifecycle.reject(listing_id=listing.pk, actor_id=None, reason=" ")
    listing.refresh_from_db()
    assert listing.status == Status.LIVE


def test_a_reservation_cannot_end_in_the_past() -> None:
    listing = make.live()
    with pytest.raises(ActionNotAllowed):
        act("reserve", listing, until=timezone.now())
    listing.refresh_from_db()
    assert listing.reserved_until is None


def test_an_unknown_listing_is_not_found() -> None:
    with pytest.raises(ListingNotFound):
        lifecycle.sell(listing_id=1, actor_id=None)


@pytest.mark.parametrize("reason", ["x" * 501, "nul\0"])
def test_a_reason_the_log_cannot_keep_is_refused(reason: str) -> None:
    listing = make.live()
    with pytest.raises(InvalidListing):
        lifecycle.withdraw(listing_id=listing.pk, actor_id=None, reason=reason)
    listing.refresh_from_db()
    assert listing.status == Status.LIVE
