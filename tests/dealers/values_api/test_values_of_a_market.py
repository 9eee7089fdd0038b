"""Cars that nobody advertises are valued by a market that was really fitted."""

import re
import subprocess
import sys
from html import unescape
from typing import Any

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from pytest_django import Settings

from dealers.models import Scope
from listings.models import Listing, ListingValue, MarketFit
from listings.pricing.value.refit import refit
from listings.site.price_scale import MINUS
from tests import make
from tests.dealers.values_api.test_value_cars import System
from tests.listings.pricing.value.small_markets import asks, small_market

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.slow]
ZETEC, ST_LINE = "1.0 EcoBoost Zetec 5dr", "1.0 EcoBoost ST-Line 5dr"


@pytest.fixture
def system() -> System:
    small_market(make.model("Fiesta", make.make("Ford")))
    make.model("Ka", make.make("Ford"))
    refit()
    return System(make.dealer(), Scope.VALUES_READ)


def test_a_market_values_what_it_has_and_says_what_it_rests_on(
    system: System, client: Client, settings: Settings
) -> None:
    values_what_is_not_for_sale(system)
    values_an_advert_as_its_row_says(system)
    explains_adverts_to_the_pound(client)
    knows_another_market_at_once(system)
    settings.PUBLIC_VALUATIONS = True
    answers_on_the_page(client)
    imports_no_library()


def values_what_is_not_for_sale(system: System) -> None:
    for derivative in (ZETEC, ST_LINE):
        found = system.value(year=2019, mileage=52_000, derivative=derivative)
        truth = asks(2019, 52_000, derivative)
        assert abs(found["value"] / truth - 1) < 0.06
        bounds = [found[name] for name in ("low_90", "low", "value", "high", "high_90")]
        assert bounds == sorted(bounds)
        assert found["low_90"] < truth < found["high_90"]
        assert found["confidence"] in ("high", "medium")
        assert (found["reason"], found["rule"]) == (None, "2026.1")
        assert found["comparables"] >= 8
        assert len(found["nearest"]) == 12
        assert sum(found["contributions"].values()) == found["value"]
        for each in found["nearest"]:
            assert each["asked"] == each["price"]
            assert abs(each["adjusted"] / truth - 1) < 0.25
    older = system.value(year=2016, mileage=52_000, derivative=ZETEC)["value"]
    further = system.value(year=2016, mileage=92_000, derivative=ZETEC)["value"]
    newer = system.value(year=2019, mileage=52_000, derivative=ZETEC)["value"]
    assert newer > older > further
    unknown = system.value(model="Ka")
    assert (unknown["value"], unknown["reason"], unknown["nearest"]) == (None, "unknown_model", [])


def values_an_advert_as_its_row_says(system: System) -> None:
    """By its mark a car is valued by the trees that had not seen it, and not beside itself."""
    row = ListingValue.objects.filter(value__isnull=False).select_related("listing").latest("pk")
    car = row.listing
    same = ("year", "mileage", "derivative", "fuel", "transmission", "doors", "engine_cc", "vrm")
    found = system.value(**{name: getattr(car, name) for name in same})
    assert (found["value"], found["low"], found["high"]) == (row.value, row.low_80, row.high_80)
    assert found["comparables"] == row.comparables
    assert car.pk not in [each["id"] for each in found["nearest"]]
    assert Listing.objects.count() == 400


def explains_adverts_to_the_pound(client: Client) -> None:
    rows = ListingValue.objects.filter(label__isnull=False).select_related("listing")
    worn = rows.earliest("listing__year", "-listing__mileage")
    fresh = rows.earliest("-listing__year", "listing__mileage")
    for row in (worn, fresh):
        answer = client.get(f"/api/v1/listings/{row.pk}/comparables/").json()
        assert answer["value"] == row.value == sum(answer["contributions"].values())
        assert len(answer["results"]) == 12
        assert row.pk not in [each["id"] for each in answer["results"]]
        is_worn = row is worn
        assert (answer["contributions"]["age"] < 0) == is_worn
        assert (answer["contributions"]["mileage"] < 0) == is_worn
        told = _text(client.get(f"/cars/{row.pk}/comparables/").content.decode())
        assert f"What such a car asks £{row.value:,}" in told
        assert re.search(
            rf"Its age ([+{MINUS}]) £[\d,]+ Its mileage \1 £[\d,]+ Its specification ", told
        )


def knows_another_market_at_once(system: System) -> None:
    first = system.value(derivative=ZETEC)
    assert first["fitted_at"] == _moment(MarketFit.objects.get(is_current=True))
    Listing.objects.update(price=5_000)
    with CaptureQueriesContext(connection) as queries:
        assert system.value(derivative=ZETEC)["value"] == first["value"]
    assert not [
        each for each in queries if '"content"' in each["sql"] and "marketfit" in each["sql"]
    ]
    refit()
    second = system.value(derivative=ZETEC)
    assert second["fitted_at"] == _moment(MarketFit.objects.get(is_current=True))
    assert abs(second["value"] - 5_000) < 100


def answers_on_the_page(client: Client) -> None:
    asked = {"car": f"Ford Fiesta {ZETEC}", "year": "2019", "mileage": "52k"}
    page = client.post("/value/", asked).content.decode()
    told = _text(page)
    assert "A usual car of this model £5,0" in told or "A usual car of this model £4,9" in told
    assert re.search(r"About £(4,9\d\d|5,0\d\d) ", told)
    assert "We are very sure of it" in told
    assert page.count('class="uc-card"') == 12
    assert "Adjusted to this car: £" in told


def imports_no_library() -> None:
    """A process that values what is not for sale needs no library that fits."""
    said = (
        "import django, sys; django.setup(); import listings.pricing.value.valuations; "
        "import dealers.api.valuations; print('lightgbm' in sys.modules)"
    )
    ran = subprocess.run([sys.executable, "-c", said], capture_output=True, text=True, check=True)
    assert ran.stdout.strip() == "False"


def _text(page: str) -> str:
    return " ".join(unescape(re.sub(r"<[^>]*>", " ", page)).split())


def _moment(fit: MarketFit) -> Any:
    return fit.fitted_at.isoformat().replace("+00:00", "Z")
