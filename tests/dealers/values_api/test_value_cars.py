"""A dealer's system asks what a car is worth that is not for sale."""

import json
import logging
from datetime import timedelta
from typing import Any

import pytest
from django.test import Client
from django.utils import timezone
from pytest_django import Settings

from dealers.models import Dealer, Scope
from dealers.permissions import SYSTEM
from dealers.suspension import suspend_dealer
from listings.models import Model
from tests import make

pytestmark = pytest.mark.django_db
URL = "/api/v1/valuations/"
CAR = {"make": "Ford", "model": "Fiesta", "year": 2018, "mileage": 41_000}


class System:
    """A dealer's system, with a key that values cars."""

    def __init__(self, dealer: Dealer, *scopes: str) -> None:
        self.headers = {"Authorization": f"Bearer {make.key(dealer, *scopes)}"}

    def post(self, body: Any) -> Any:
        return Client().post(
            URL, json.dumps(body), content_type="application/json", headers=self.headers
        )

    def value(self, **fields: Any) -> Any:
        answer = self.post({**CAR, **fields})
        assert answer.status_code == 200, answer.content
        return answer.json()

    def faults(self, **fields: Any) -> dict[str, Any]:
        answer = self.post({name: each for name, each in {**CAR, **fields}.items() if each != ...})
        assert answer.status_code == 400, answer.content
        errors: dict[str, Any] = answer.json()["fields"]
        return errors


@pytest.fixture
def system() -> System:
    make.model("Fiesta", make.make("Ford"))
    return System(make.dealer(), Scope.VALUES_READ)


def test_the_car_is_told_as_it_was_understood(system: System) -> None:
    answer = system.value(derivative="1.0 EcoBoost Zetec 5dr", transmission="manual")
    assert answer["car"] == {
        "make": {"name": "Ford", "slug": "ford"},
        "model": {"name": "Fiesta", "slug": "fiesta"},
        "derivative": "1.0 EcoBoost Zetec 5dr",
        "year": 2018,
        "first_registered_on": None,
        "mileage": 41_000,
        "fuel": "petrol",
        "transmission": "manual",
        "body_type": None,
        "drivetrain": None,
        "doors": 5,
        "engine_cc": 1_000,
        "power_bhp": None,
        "owners": None,
        "write_off": None,
        "filled": ["fuel", "doors", "engine_cc"],
    }


def test_what_is_stated_is_not_overruled_by_the_derivative(system: System) -> None:
    car = system.value(derivative="1.0 EcoBoost 5dr", doors=3, fuel="hybrid")["car"]
    assert (car["doors"], car["fuel"], car["filled"]) == (3, "hybrid", ["engine_cc"])


def test_the_day_of_registration_is_a_year(system: System) -> None:
    answer = system.value(year=None, first_registered_on="2019-09-03")
    assert (answer["car"]["year"], answer["car"]["first_registered_on"]) == (2019, "2019-09-03")


def test_without_a_market_there_is_a_reason(system: System) -> None:
    answer = system.value()
    del answer["car"]
    assert answer == {
        "value": None,
        "low": None,
        "high": None,
        "low_90": None,
        "high_90": None,
        "comparables": 0,
        "confidence": None,
        "reason": "not_valued",
        "rule": "2026.1",
        "fitted_at": None,
        "contributions": None,
        "nearest": [],
    }


@pytest.mark.parametrize(
    ("fields", "at_fault"),
    [
        ({"make": ...}, "make"),
        ({"model": ...}, "model"),
        ({"mileage": ...}, "mileage"),
        ({"year": ...}, "year"),
        ({"year": None}, "year"),
        ({"year": 1_700}, "year"),
        ({"year": 2_999}, "year"),
        ({"year": "2018"}, "year"),
        ({"mileage": -1}, "mileage"),
        ({"mileage": True}, "mileage"),
        ({"fuel": "coal"}, "fuel"),
        ({"doors": 0}, "doors"),
        ({"model": "Fiestra"}, "model"),
        ({"make": "Frod"}, "model"),
        ({"vrm": "NO MARK AT ALL"}, "vrm"),
        ({"first_registered_on": "tomorrow"}, "first_registered_on"),
        ({"colour": "red"}, "colour"),
        ({"derivative": "x" * 201}, "derivative"),
    ],
)
def test_what_is_wrong_is_told_by_its_field(
    system: System, fields: dict[str, Any], at_fault: str
) -> None:
    assert list(system.faults(**fields)) == [at_fault]
    assert Model.objects.count() == 1


def test_a_day_to_come_is_refused(system: System) -> None:
    day = (timezone.localdate() + timedelta(days=2)).isoformat()
    assert list(system.faults(first_registered_on=day)) == ["first_registered_on"]


def test_a_slip_in_a_name_is_told_what_it_was_meant_for(system: System) -> None:
    assert "Did you mean Ford Fiesta?" in str(system.faults(model="Fiestra"))


def test_the_mark_is_neither_answered_nor_logged(
    system: System, caplog: pytest.LogCaptureFixture
) -> None:
    with caplog.at_level(logging.DEBUG):
        answer = system.post({**CAR, "vrm": "ab12 cde"})
        refused = system.post({**CAR, "vrm": "AB12CDE!"})
    assert (answer.status_code, refused.status_code) == (200, 400)
    for told in (answer.content.decode(), refused.content.decode(), caplog.text):
        assert "AB12CDE" not in told.upper().replace(" ", "")


def test_a_key_with_the_scope_is_needed(system: System) -> None:
    others = [scope for scope in Scope.values if scope != Scope.VALUES_READ]
    refused = System(make.dealer(), *others).post(CAR)
    assert (refused.status_code, refused.json()["code"]) == (403, "scope_missing")
    nobody = Client().post(URL, json.dumps(CAR), content_type="application/json")
    assert nobody.status_code == 401
    assert Client().get(URL, headers=system.headers).status_code == 405


def test_a_suspended_dealer_values_nothing(system: System) -> None:
    dealer = make.dealer()
    theirs = System(dealer, Scope.VALUES_READ)
    suspend_dealer(dealer_id=dealer.pk, actor=SYSTEM, reason="Looked at")
    refused = theirs.post(CAR)
    assert (refused.status_code, refused.json()["code"]) == (403, "dealer_suspended")


def test_each_key_has_its_own_limit(system: System, settings: Settings) -> None:
    settings.VALUATIONS_PER_MINUTE = 2
    assert [system.post(CAR).status_code for _ in range(3)] == [200, 200, 429]
    assert System(make.dealer(), Scope.VALUES_READ).post(CAR).status_code == 200
