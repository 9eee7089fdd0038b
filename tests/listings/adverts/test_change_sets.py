"""Each call is one change set, and its events hold what was there before."""

from datetime import datetime, timedelta
from typing import Any

import pytest
from django.utils import timezone

from dealers import bulk
from dealers.models import BulkRun, Dealer
from dealers.permissions import Actor
from listings.adverts import (
    Action,
    WriteContext,
    edit_listing,
    expire_due,
    lifecycle,
    transition_listings,
)
from listings.choices import ReservationSide, Source
from listings.models import ChangeSet, Listing, ListingEvent
from tests import make
from tests.dealers.feeds.stock import bring, car

pytestmark = pytest.mark.django_db

STATUS_FIELDS = (
    "status",
    "published_at",
    "expires_at",
    "confirmed_at",
    "reserved_until",
    "reserved_by",
    "sold_at",
)


def taken_back(event: ListingEvent, row: Listing) -> dict[str, object]:
    """Return what an advert was before an event, by what the event says and by the advert now."""
    fields = Listing.objects.values(*STATUS_FIELDS).get(pk=row.pk)
    before = {
        name: datetime.fromisoformat(was) if was and name.endswith(("_at", "_until")) else was
        for name, (was, _) in (event.changes or {}).items()
    }
    return {**fields, "status": event.from_status, **before}


@pytest.mark.parametrize("action", list(Action))
def test_an_event_holds_what_a_change_of_status_wrote_over(action: Action) -> None:
    now = timezone.now()
    states: dict[Action, dict[str, Any]] = {
        Action.PUBLISH: {"status": "sold", "sold_at": now - timedelta(days=1)},
        Action.RENEW: {"status": "expired"},
        Action.RESERVE: {},
        Action.REOPEN: {"status": "rejected"},
    }
    held = {"reserved_until": now + timedelta(hours=1), "reserved_by": ReservationSide.BUYER}
    row = make.live(**states.get(action, held))
    before = Listing.objects.values(*STATUS_FIELDS).get(pk=row.pk)
    by = WriteContext(Source.PERSON, "because", make.user().pk)
    assert transition_listings(action=action, listing_ids=[row.pk], by=by) == {}
    event = ListingEvent.objects.get(listing=row)
    assert taken_back(event, row) == before
    assert Listing.objects.get(pk=row.pk).status == event.to_status
    assert event.edits == {}


def test_an_edit_says_what_was_there_before() -> None:
    row = make.live(price=20_000, mileage=1_000)
    edit_listing(listing_id=row.pk, changes={"price": None, "mileage": 1_001}, actor_id=None)
    event = ListingEvent.objects.get(listing=row)
    assert event.changes == {"price": [20_000, None], "mileage": [1_000, 1_001]}
    assert event.edits == event.changes


def test_a_call_about_many_adverts_is_one_change_set() -> None:
    person, rows = make.user(), [make.live() for _ in range(5)]
    ids = [row.pk for row in rows]
    by = WriteContext(Source.PERSON, "gone", person.pk, origin="bulk_run:7")
    transition_listings(action=Action.WITHDRAW, listing_ids=ids, by=by)
    change_set = ChangeSet.objects.get()
    assert (change_set.source, change_set.actor, change_set.reason, change_set.origin) == (
        "person",
        person,
        "gone",
        "bulk_run:7",
    )
    assert list(change_set.events.order_by("pk").values_list("listing_id", flat=True)) == ids


def test_a_call_that_changes_nothing_leaves_no_change_set() -> None:
    row = make.live()
    edit_listing(listing_id=row.pk, changes={"price": row.price}, actor_id=None)
    refused = transition_listings(
        action=Action.RELEASE, listing_ids=[row.pk, 0], by=WriteContext(Source.PERSON)
    )
    assert {pk: error.code for pk, error in refused.items()} == {
        row.pk: "action_not_allowed",
        0: "listing_not_found",
    }
    assert not ChangeSet.objects.exists()
    assert expire_due() == 0
    assert not ChangeSet.objects.exists()


def test_each_batch_of_a_sweep_is_a_change_set() -> None:
    for _ in range(3):
        make.live(expires_at=timezone.now() - timedelta(minutes=1))
    assert expire_due(limit=2) == 3
    sizes = [each.events.count() for each in ChangeSet.objects.order_by("pk")]
    assert sizes == [2, 1]
    assert set(ChangeSet.objects.values_list("source", "reason")) == {("system", "ran out")}


def test_a_bulk_run_and_a_feed_run_can_be_found_again() -> None:
    dealer: Dealer = make.dealer()
    branch = make.branch(dealer)
    rows = [make.live(branch=branch) for _ in range(3)]
    actor = Actor.person(make.member(dealer).pk)
    run = bulk.begin_run(
        dealer_id=dealer.pk,
        actor=actor,
        act=BulkRun.Act.WITHDRAW,
        listing_ids=[row.pk for row in rows],
        terms={},
    )
    bulk.take_step(run_id=run.pk, actor=actor)
    assert ChangeSet.objects.get(origin=f"bulk_run:{run.pk}").events.count() == 3
    feed = make.feed(branch)
    told = ChangeSet.objects.filter(origin=f"feed_run:{bring(feed, [car(1), car(2)]).pk}")
    events = ListingEvent.objects.filter(change_set__in=told, kind="created")
    assert events.count() == 2


def test_the_events_of_one_advert_come_after_one_another() -> None:
    row = make.draft()
    lifecycle.publish(listing_id=row.pk, actor_id=None)
    lifecycle.sell(listing_id=row.pk, actor_id=None)
    events = ListingEvent.objects.filter(listing=row).order_by("pk")
    assert [event.kind for event in events] == ["published", "sold"]
    assert len({event.change_set_id for event in events}) == 2
