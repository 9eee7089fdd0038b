"""What is published or changed gets its value within seconds, by the market as it was fitted."""

from typing import Any

import pytest
from django.core.management import call_command
from django.db.models import F

from listings.models import ChangesFollower, Listing, ListingValue, MarketCars, MarketFit
from listings.models.value import ValueInputs
from listings.pricing.value.sweep import ValueSweep
from marketplace.lease import LeaseHolder
from tests import make
from tests.listings.pricing.value.stock import branches, stock

pytestmark = pytest.mark.django_db(transaction=True)
VALUES = ("value", "low_80", "high_80", "low_90", "high_90", "width", "comparables")


@pytest.fixture
def lease() -> LeaseHolder:
    holder = LeaseHolder("follow_changes", seconds=600)
    assert holder.hold()
    return holder


def sweep(lease: LeaseHolder, consumer: ValueSweep | None = None) -> None:
    consumer = consumer or ValueSweep()
    while consumer.follow(lease):
        pass


def holding() -> set[int]:
    rows = ListingValue.objects.filter(inputs=ValueInputs("listing__"))
    return set(rows.values_list("pk", flat=True))


def of(pk: int, *names: str) -> tuple[Any, ...]:
    return tuple(ListingValue.objects.values_list(*names).get(pk=pk))


def test_changes_are_valued_as_the_refit_would_have(lease: LeaseHolder) -> None:
    adverts = stock(700, branches())
    call_command("refit_values")
    sweep(lease)
    first = ListingValue.objects.filter(label__isnull=False).order_by("pk").first()
    assert first is not None
    assert first.value is not None
    before, untouched = of(first.pk, *VALUES), of(adverts[-1].pk, "valued_at", "value")

    # Its own price moves its own value by nothing; the label follows at once.
    Listing.objects.filter(pk=first.pk).update(price=round(first.value * 0.7))
    assert first.pk not in holding()
    sweep(lease)
    assert of(first.pk, *VALUES) == before
    assert of(first.pk, "price", "ratio") == (round(first.value * 0.7), 700)
    Listing.objects.filter(pk=first.pk).update(price=first.value)
    sweep(lease)
    assert of(first.pk, *VALUES, "label", "ratio") == (*before, "good", 1_000)

    driven = ListingValue.objects.filter(value__gt=8_000).order_by("-comparables", "pk")[0]
    # A car that nobody has seen, and one with other miles.
    new = stock(1, [adverts[0].branch], seed=9)[0]
    Listing.objects.filter(pk=driven.pk).update(mileage=F("mileage") + 8_000)
    sweep(lease)
    assert {new.pk, driven.pk} < holding()
    assert of(new.pk, "value")[0] is not None
    assert of(driven.pk, "value")[0] < driven.value
    assert of(adverts[-1].pk, "valued_at", "value") == untouched
    assert len(holding()) == 701


def test_without_a_fit_it_waits_and_a_young_market_says_why(lease: LeaseHolder) -> None:
    consumer = ValueSweep()
    row = make.live()
    sweep(lease, consumer)
    assert not ListingValue.objects.exists()
    call_command("refit_values")
    another = make.live()
    sweep(lease, consumer)
    rows = ListingValue.objects.order_by("pk").values_list("pk", "value", "reason")
    assert list(rows) == [(row.pk, None, "few_comparables"), (another.pk, None, "few_comparables")]


def test_who_has_to_start_over_values_what_has_no_value(lease: LeaseHolder) -> None:
    make.live()
    call_command("refit_values")
    sweep(lease)
    position = ChangesFollower.objects.get(name="values")
    lost = make.live()
    ChangesFollower.objects.update(position={**position.position, "incarnation": "another"})
    sweep(lease)
    assert lost.pk in holding()


def test_another_fit_meanwhile_takes_the_page_again(lease: LeaseHolder) -> None:
    make.live()
    call_command("refit_values")
    consumer = ValueSweep()
    sweep(lease, consumer)
    row = make.live()
    call_command("refit_values")
    MarketFit.objects.filter(is_current=True).update(rule="2026.2")
    sweep(lease, consumer)
    newest = MarketFit.objects.get(is_current=True)
    assert set(ListingValue.objects.values_list("fit", flat=True)) == {newest.pk}
    assert row.pk in holding()


def test_a_fit_that_an_upgrade_cannot_read_leaves_what_stands(lease: LeaseHolder) -> None:
    row = make.live()
    fit = make.market_fit(content=b"of another version", details={"as_of": "2026-03-01"})
    make.value(row, 30_000, label="fair", fit=fit)
    Listing.objects.filter(pk=row.pk).update(price=31_000)
    sweep(lease)
    assert of(row.pk, "value", "label") == (30_000, "fair")
    assert not MarketCars.objects.exists()
