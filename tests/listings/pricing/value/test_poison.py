"""A dealer who posts fakes moves nobody's value, and makes none where there is no market."""

import numpy as np
import pytest
from django.core.management import call_command
from django.db.models import F

from dealers.models import Branch
from listings.models import Listing, ListingValue
from tests.listings.pricing.value.stock import branches, stock

pytestmark = [pytest.mark.django_db, pytest.mark.slow]


def post_fakes(count: int, where: Branch, name: str) -> set[int]:
    """Post cars at half price, each as another car."""
    posted = {each.pk for each in stock(count, [where], seed=7, names=[name])}
    Listing.objects.filter(pk__in=posted).update(price=F("price") / 2)
    return posted


def values() -> dict[int, int]:
    rows = ListingValue.objects.filter(value__isnull=False)
    return dict(rows.values_list("pk", "value"))  # type: ignore[arg-type]


def test_two_hundred_fakes_at_half_price_beside_five_hundred_genuine_cars() -> None:
    *where, liar = branches(6)
    stock(500, where, names=["Focus"])
    stock(300, where, seed=2, names=["Kuga"])
    call_command("refit_values")
    before = values()

    fakes = post_fakes(200, liar, "Focus")
    call_command("refit_values")
    after = values()

    moved = np.array([after[pk] / before[pk] - 1 for pk in before.keys() & after.keys()])
    assert len(moved) > 0.95 * len(before)
    assert np.abs(moved).max() <= 0.01
    fake = ListingValue.objects.filter(pk__in=fakes)
    assert not fake.filter(label__in=["good", "fair", "higher"]).exists()


def test_a_market_of_fakes_alone_has_no_value() -> None:
    *where, liar = branches(6)
    stock(500, where, names=["Kuga"])
    genuine = {each.pk for each in stock(30, where[:2], seed=3, names=["Fiesta"])}
    fakes = post_fakes(200, liar, "Fiesta")
    call_command("refit_values")

    rows = ListingValue.objects.filter(pk__in=genuine | fakes)
    assert rows.count() == 230
    assert not rows.filter(value__isnull=False).exists()
    assert set(rows.values_list("reason", flat=True)) <= {"few_dealers", "few_comparables"}
