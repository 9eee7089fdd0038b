"""Asking prices from elsewhere give a new marketplace values, and fade."""

from datetime import date, timedelta

import numpy as np
import pytest
from django.core.management import call_command

from listings.models import AskingPrice, AskingPriceTable, ListingValue, MarketFit, Model
from listings.pricing.value.prior import OWN_ADVERTS, read_asking_prices
from marketplace.london_time import london_today
from tests import make
from tests.listings.pricing.value.stock import MODELS, branches, car, stock

pytestmark = pytest.mark.django_db
DAY = date(2026, 3, 1)
NO_ADVERTS = np.zeros(0, np.int64)


def table(rows: int, dated_on: date, name: str = "elsewhere") -> list[AskingPrice]:
    chance = np.random.default_rng(5)
    models = [make.model(each, make.make("Ford")) for each in MODELS]
    owner = AskingPriceTable.objects.create(name=name, dated_on=dated_on)
    return AskingPrice.objects.bulk_create(
        [AskingPrice(table=owner, line=line + 2, **_row(chance, models)) for line in range(rows)]
    )


def _row(chance: np.random.Generator, models: list[Model]) -> dict[str, object]:
    made = car(chance, models[int(chance.integers(len(models)))])
    return {name: value for name, value in made.items() if name != "first_registered_on"}


def test_a_new_marketplace_has_values_by_them() -> None:
    table(900, london_today())
    adverts = stock(60, branches(2))
    call_command("refit_values")

    fit = MarketFit.objects.get()
    assert (fit.adverts, fit.prior) == (60, 900)
    valued = ListingValue.objects.filter(listing__in=adverts, value__isnull=False)
    assert valued.count() > 40
    ratios = [row.price / row.value for row in valued if row.price and row.value]
    assert 0.94 < np.median(ratios) < 1.06


def test_they_count_half_as_much_after_a_year_and_nothing_after_some() -> None:
    row = table(1, DAY)[0]

    def weight(days: int) -> list[float]:
        cars = read_asking_prices(DAY + timedelta(days=days), NO_ADVERTS)
        return [float(each) for each in cars.weight]

    assert weight(0) == [1.0]
    assert weight(365) == [0.5]
    assert weight(4 * 365) == []
    AskingPrice.objects.filter(pk=row.pk).update(listed_on=DAY + timedelta(days=365))
    assert weight(2 * 365) == [0.5]


def test_they_count_less_as_adverts_of_their_model_come() -> None:
    row = table(1, DAY)[0]

    def weight(own: int) -> list[float]:
        models = np.full(own, row.model_id)
        cars = read_asking_prices(DAY, np.append(models, row.model_id + 1))
        return [float(each) for each in cars.weight]

    assert weight(0) == [1.0]
    assert weight(OWN_ADVERTS) == [0.5]
    assert weight(20 * OWN_ADVERTS) == []


def test_a_row_is_as_old_as_it_was_and_has_an_identity_of_its_own() -> None:
    rows = table(40, DAY)
    then, later = (read_asking_prices(DAY + timedelta(days=n), NO_ADVERTS) for n in (0, 300))
    assert then.age_years.tolist() == later.age_years.tolist()
    assert len(set(then.identity.tolist())) == 40
    assert len(set(then.dealer.tolist())) == 40
    years = {-each.pk: DAY.year - each.year for each in rows}
    assert all(
        abs(age - years[key]) <= 0.51 or years[key] == 0
        for key, age in zip(then.key.tolist(), then.age_years.tolist(), strict=True)
    )
