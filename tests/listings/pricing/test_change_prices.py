"""Changing many prices at once."""

from datetime import timedelta

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from listings.choices import PriceEnding
from listings.exceptions import InvalidListing
from listings.models import Listing, ListingEvent, PriceChange
from listings.pricing import PriceStep, PriceUnit, change_prices, preview_changes
from tests import make

pytestmark = pytest.mark.django_db


@pytest.mark.parametrize(
    ("step", "after"),
    [
        (PriceStep(PriceUnit.PERCENT, -5), 9_500),
        (PriceStep(PriceUnit.PERCENT, 10), 11_000),
        (PriceStep(PriceUnit.POUNDS, -250), 9_750),
        (PriceStep(PriceUnit.POUNDS, 1), 10_001),
        (PriceStep(PriceUnit.FIGURE, 8_995), 8_995),
        (PriceStep(PriceUnit.PERCENT, -5, PriceEnding.X95), 9_495),
        (PriceStep(PriceUnit.PERCENT, -7, PriceEnding.X99), 9_299),
        (PriceStep(PriceUnit.POUNDS, -333, PriceEnding.X00), 9_700),
    ],
)
def test_a_step_changes_the_price_as_the_preview_said(step: PriceStep, after: int) -> None:
    published_at, person = timezone.now() - timedelta(days=2), make.user()
    row = make.live(price=10_000, published_at=published_at)
    foreseen = preview_changes(listing_ids=[row.pk], step=step)
    row.refresh_from_db()
    assert row.price == 10_000
    assert change_prices(listing_ids=[row.pk], step=step, actor_id=person.pk) == foreseen
    assert [(each.old_price, each.new_price) for each in foreseen] == [(10_000, after)]
    row.refresh_from_db()
    assert (row.price, row.previous_price) == (after, 10_000 if after < 10_000 else None)


def test_each_change_leaves_an_event_and_a_price_in_the_history() -> None:
    rows, person = [make.live(price=price) for price in (10_000, 20_000)], make.user()
    change_prices(
        listing_ids=[row.pk for row in rows],
        step=PriceStep(PriceUnit.PERCENT, -10),
        actor_id=person.pk,
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
        listing_ids=[row.pk for row in rows], step=PriceStep(PriceUnit.POUNDS, -250), actor_id=None
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
        listing_ids=[row.pk for row in rows], step=PriceStep(PriceUnit.FIGURE, 9_000), actor_id=None
    )
    assert [each.refusal for each in outcome] == ["", "Its price would stay the same."]
    assert set(Listing.objects.values_list("price", flat=True)) == {9_000}


@pytest.mark.parametrize(
    ("unit", "amount"),
    [
        (PriceUnit.PERCENT, 0),
        (PriceUnit.PERCENT, -91),
        (PriceUnit.PERCENT, 501),
        (PriceUnit.POUNDS, 0),
        (PriceUnit.FIGURE, 0),
        (PriceUnit.FIGURE, 10_000_001),
    ],
)
def test_a_step_that_makes_no_sense_is_refused(unit: PriceUnit, amount: int) -> None:
    with pytest.raises(InvalidListing) as refused:
        PriceStep(unit, amount)
    assert refused.value.fields.keys() == {"amount"}


def test_the_number_of_statements_does_not_grow_with_the_adverts() -> None:
    def statements(count: int) -> int:
        rows = [make.live(price=10_000 + number) for number in range(count)]
        with CaptureQueriesContext(connection) as seen:
            change_prices(
                listing_ids=[row.pk for row in rows],
                step=PriceStep(PriceUnit.POUNDS, 1),
                actor_id=None,
            )
        return len(seen)

    assert statements(2) == statements(40)
