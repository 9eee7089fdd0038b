"""Changing many prices at once."""

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from listings.exceptions import InvalidListing
from listings.models import Listing, ListingEvent, PriceChange
from listings.pricing.changes import Ending, Step, Unit, change_prices, preview_prices
from tests import make

pytestmark = pytest.mark.django_db


@pytest.mark.parametrize(
    ("step", "after"),
    [
        (Step(Unit.PERCENT, -5), 9_500),
        (Step(Unit.PERCENT, 10), 11_000),
        (Step(Unit.POUNDS, -250), 9_750),
        (Step(Unit.POUNDS, 1), 10_001),
        (Step(Unit.FIGURE, 8_995), 8_995),
        (Step(Unit.PERCENT, -5, Ending.X95), 9_495),
        (Step(Unit.PERCENT, -7, Ending.X99), 9_299),
        (Step(Unit.POUNDS, -333, Ending.X00), 9_700),
    ],
)
def test_a_step_changes_the_price_as_the_preview_said(step: Step, after: int) -> None:
    row, person = make.live(price=10_000), make.user()
    foreseen = preview_prices(listing_ids=[row.pk], step=step)
    row.refresh_from_db()
    assert row.price == 10_000
    assert change_prices(listing_ids=[row.pk], step=step, actor_id=person.pk) == foreseen
    assert [(each.old_price, each.new_price) for each in foreseen] == [(10_000, after)]
    row.refresh_from_db()
    assert (row.price, row.previous_price) == (after, 10_000)


def test_each_change_leaves_an_event_and_a_price_in_the_history() -> None:
    rows, person = [make.live(price=price) for price in (10_000, 20_000)], make.user()
    change_prices(
        listing_ids=[row.pk for row in rows], step=Step(Unit.PERCENT, -10), actor_id=person.pk
    )
    events = ListingEvent.objects.order_by("listing_id")
    assert [(each.kind, each.changes, each.actor) for each in events] == [
        ("edited", {"price": [10_000, 9_000]}, person),
        ("edited", {"price": [20_000, 18_000]}, person),
    ]
    changes = PriceChange.objects.filter(old_price__isnull=False).order_by("listing_id")
    assert [(each.old_price, each.new_price, each.reason, each.actor) for each in changes] == [
        (10_000, 9_000, "bulk", person),
        (20_000, 18_000, "bulk", person),
    ]


def test_what_cannot_change_is_told_one_by_one_and_stays() -> None:
    rows = [
        make.live(price=None),
        make.live(price=10_000, status="sold", sold_at=timezone.now()),
        make.live(price=300, admin_fee=100),
        make.live(price=250),
        make.live(price=10_000),
    ]
    outcome = change_prices(
        listing_ids=[row.pk for row in rows], step=Step(Unit.POUNDS, -250), actor_id=None
    )
    assert [each.refusal for each in outcome] == [
        "It has no price to change: it is on application.",
        "A sold advert keeps its price.",
        "Its price would be less than the admin fee in it.",
        "Its price would fall below £1.",
        "",
    ]
    prices = Listing.objects.order_by("pk").values_list("price", flat=True)
    assert list(prices) == [None, 10_000, 300, 250, 9_750]
    assert ListingEvent.objects.count() == 1


def test_a_figure_gives_a_price_to_what_has_none_and_passes_what_has_it() -> None:
    rows = [make.live(price=None), make.live(price=9_000)]
    outcome = change_prices(
        listing_ids=[row.pk for row in rows], step=Step(Unit.FIGURE, 9_000), actor_id=None
    )
    assert [each.refusal for each in outcome] == ["", "Its price would stay the same."]
    assert set(Listing.objects.values_list("price", flat=True)) == {9_000}


@pytest.mark.parametrize(
    ("unit", "amount"),
    [
        (Unit.PERCENT, 0),
        (Unit.PERCENT, -91),
        (Unit.PERCENT, 501),
        (Unit.POUNDS, 0),
        (Unit.FIGURE, 0),
        (Unit.FIGURE, 10_000_001),
    ],
)
def test_a_step_that_makes_no_sense_is_refused(unit: Unit, amount: int) -> None:
    with pytest.raises(InvalidListing) as refused:
        Step(unit, amount)
    assert refused.value.fields.keys() == {"amount"}


def test_the_number_of_statements_does_not_grow_with_the_adverts() -> None:
    def statements(count: int) -> int:
        rows = [make.live(price=10_000 + number) for number in range(count)]
        with CaptureQueriesContext(connection) as seen:
            change_prices(
                listing_ids=[row.pk for row in rows], step=Step(Unit.POUNDS, 1), actor_id=None
            )
        return len(seen)

    assert statements(2) == statements(40)
