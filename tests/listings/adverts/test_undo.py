"""What a call wrote is taken back as one, where nobody has written since."""

from datetime import timedelta
from typing import Any

import pytest
from django.utils import timezone

from listings.adverts import (
    Action,
    Undone,
    WriteContext,
    create_listings,
    edit_listing,
    edit_listings,
    lifecycle,
    transition_listings,
    undo_listings,
)
from listings.choices import ReservationSide, Source
from listings.models import ChangeSet, Listing, ListingEvent, PriceSchedule
from listings.pricing import (
    PriceStep,
    PriceUnit,
    apply_due_drops,
    assign_plan,
    change_prices,
    set_default_plan,
)
from tests import make

pytestmark = pytest.mark.django_db

STATE = (
    "status",
    "published_at",
    "expires_at",
    "confirmed_at",
    "reserved_until",
    "reserved_by",
    "sold_at",
)
BY = WriteContext(Source.PERSON, origin="bulk_run:7")
BACK = WriteContext(Source.PERSON, "Undone", origin="undo")


def undo(*rows: Listing, origin: str = "bulk_run:7") -> list[Undone]:
    sets = list(ChangeSet.objects.filter(origin=origin).values_list("pk", flat=True))
    done = undo_listings(change_set_ids=sets, listing_ids=[row.pk for row in rows], by=BACK)
    return [done[row.pk] for row in rows]


def do(action: Action, *rows: Listing) -> None:
    assert not transition_listings(action=action, listing_ids=[row.pk for row in rows], by=BY)


def stands(row: Listing) -> dict[str, Any]:
    found: dict[str, Any] = Listing.objects.values(*STATE, "locked_fields").get(pk=row.pk)
    return found


def reserved(**more: Any) -> Listing:
    until = timezone.now() + timedelta(hours=30)
    return make.live(reserved_until=until, reserved_by=ReservationSide.BUYER, **more)


@pytest.mark.parametrize(
    ("action", "state"),
    [
        (Action.WITHDRAW, {}),
        (Action.SELL, {}),
        (Action.RENEW, {"status": "expired"}),
        (Action.PUBLISH, {"status": "withdrawn"}),
        (Action.PUBLISH, {"status": "sold", "sold_at": timezone.now() - timedelta(days=3)}),
        (Action.PUBLISH, {"status": "draft"}),
    ],
)
def test_state_clocks_and_reservation_are_as_before(action: Action, state: dict[str, Any]) -> None:
    rows = [make.live(**state), make.live(**state) if state else reserved()]
    before = [stands(row) for row in rows]
    do(action, *rows)
    assert [stands(row) for row in rows] != before
    assert undo(*rows) == [Undone(["status"], [])] * 2
    assert [stands(row) for row in rows] == before
    event = ListingEvent.objects.filter(listing=rows[1]).first()
    assert event is not None
    assert (event.kind, event.to_status, event.edits) == ("undone", before[1]["status"], {})


def test_a_second_undo_does_nothing() -> None:
    row = make.live()
    do(Action.WITHDRAW, row)
    undo(row)
    events = ListingEvent.objects.count()
    assert undo(row) == [Undone([], ["status"])]
    assert ListingEvent.objects.count() == events


def test_what_somebody_did_since_stays() -> None:
    sold, edited, untouched = make.live(), make.live(price=9_000), make.live()
    do(Action.WITHDRAW, sold, edited, untouched)
    lifecycle.publish(listing_id=sold.pk, actor_id=None)
    lifecycle.sell(listing_id=sold.pk, actor_id=None)
    edit_listing(listing_id=edited.pk, changes={"price": 8_000}, actor_id=None)
    assert undo(sold, edited, untouched) == [
        Undone([], ["status"]),
        Undone(["status"], []),
        Undone(["status"], []),
    ]
    found = Listing.objects.order_by("pk").values_list("status", "price")
    assert list(found) == [("sold", sold.price), ("live", 8_000), ("live", untouched.price)]


def test_a_state_that_came_back_by_other_hands_is_theirs() -> None:
    """Withdrawn by the run, published and withdrawn by a person: the person's word stands."""
    row = make.live()
    do(Action.WITHDRAW, row)
    lifecycle.publish(listing_id=row.pk, actor_id=None)
    lifecycle.withdraw(listing_id=row.pk, actor_id=None)
    assert undo(row) == [Undone([], ["status"])]
    assert Listing.objects.get().status == "withdrawn"


def test_a_bulk_price_goes_back_and_so_does_its_lock() -> None:
    free, locked, later = make.live(price=10_000), make.live(price=20_000), make.live(price=30_000)
    edit_listing(listing_id=locked.pk, changes={"price": 19_000}, actor_id=None)
    ids = [free.pk, locked.pk, later.pk]
    step = PriceStep(PriceUnit.PERCENT, -50)
    change_prices(listing_ids=ids, step=step, actor_id=None, origin="bulk_run:7")
    edit_listing(listing_id=later.pk, changes={"price": 25_000}, actor_id=None)
    assert undo(free, locked, later) == [
        Undone(["price"], []),
        Undone(["price"], []),
        Undone([], ["price"]),
    ]
    found = Listing.objects.order_by("pk").values_list("price", "locked_fields")
    assert list(found) == [(10_000, []), (19_000, ["price"]), (25_000, ["price"])]


def test_a_price_that_a_plan_lowered_since_stays() -> None:
    row = make.live(price=10_000)
    step = PriceStep(PriceUnit.POUNDS, -100)
    change_prices(listing_ids=[row.pk], step=step, actor_id=None, origin="bulk_run:7")
    Listing.objects.filter(pk=row.pk).update(price=9_000)
    assert undo(row) == [Undone([], ["price"])]


def test_fields_go_back_one_by_one() -> None:
    row = make.live(mileage=1_000, colour="red", derivative="SE")
    by = WriteContext(Source.FEED, origin="bulk_run:7")
    from_feed = {"mileage": 2_000, "colour": "blue", "derivative": "SE heated seats"}
    edit_listings(changes={row.pk: from_feed}, by=by)
    edit_listing(listing_id=row.pk, changes={"colour": "green"}, actor_id=None)
    assert undo(row) == [Undone(["derivative", "mileage"], ["colour"])]
    found = Listing.objects.get()
    assert (found.mileage, found.colour, found.derivative) == (1_000, "green", "SE")
    assert found.locked_fields == ["colour"]


def test_a_created_advert_is_withdrawn() -> None:
    branch = make.branch()
    model = make.model()
    values = {
        "branch": branch.pk,
        "make": model.make_id,
        "model": model.pk,
        "year": 2020,
        "mileage": 1,
    }
    created = create_listings(dealer_id=branch.dealer_id, rows=[values] * 2, live=True, by=BY)
    rows = [Listing.objects.get(pk=each.listing_id) for each in created]
    lifecycle.sell(listing_id=rows[1].pk, actor_id=None)
    assert undo(*rows) == [Undone(["status"], []), Undone([], ["status"])]
    assert list(Listing.objects.order_by("pk").values_list("status", flat=True)) == [
        "withdrawn",
        "sold",
    ]


def test_what_may_not_be_on_sale_stays_off_and_says_why() -> None:
    row, other = make.live(vrm="AB15CDE"), make.live()
    scrapped = make.live(branch=row.branch)
    do(Action.WITHDRAW, row, other, scrapped)
    make.live(branch=row.branch, vrm="AB15CDE")
    Listing.objects.filter(pk=scrapped.pk).update(write_off="b")
    assert [each.refusal for each in undo(row, other, scrapped)] == [
        "Another live advert of this dealer has the same registration mark.",
        "",
        "A car written off in category A or B may not be advertised.",
    ]
    assert Listing.objects.get(pk=other.pk).status == "live"


def test_two_that_share_a_mark_do_not_stop_the_others() -> None:
    branch = make.branch()
    first = make.live(branch=branch, vrm="AB15CDE")
    do(Action.WITHDRAW, first)
    second, other = make.live(branch=branch, vrm="AB15CDE"), make.live(branch=branch)
    do(Action.WITHDRAW, second, other)
    done = undo(first, second, other)
    assert [bool(each.refusal) for each in done] == [False, True, False]
    assert list(Listing.objects.order_by("pk").values_list("status", flat=True)) == [
        "live",
        "withdrawn",
        "live",
    ]


def test_the_plan_that_publishing_brought_goes_with_it() -> None:
    row = make.draft()
    plan = make.price_plan(row.dealer)
    set_default_plan(dealer_id=row.dealer_id, plan_id=plan.pk)
    chosen = make.draft(branch=row.branch)
    assign_plan(plan_id=plan.pk, listing_ids=[chosen.pk], actor_id=None)
    do(Action.PUBLISH, row, chosen)
    assert PriceSchedule.objects.count() == 2
    undo(row, chosen)
    assert [each.listing_id for each in PriceSchedule.objects.all()] == [chosen.pk]


def test_a_drop_that_fell_due_off_the_market_takes_place_after_all() -> None:
    row = make.live(price=10_000)
    plan = make.price_plan(row.dealer)
    assign_plan(plan_id=plan.pk, listing_ids=[row.pk], actor_id=None)
    PriceSchedule.objects.update(next_drop_at=timezone.now() - timedelta(minutes=1))
    do(Action.WITHDRAW, row)
    apply_due_drops()
    assert PriceSchedule.objects.get().next_drop_at is None
    undo(row)
    assert PriceSchedule.objects.get().next_drop_at is not None
    apply_due_drops()
    assert Listing.objects.get().price != 10_000
