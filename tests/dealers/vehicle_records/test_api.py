"""A dealer's system looks a car up by its mark, which is in the body alone."""

import json
import logging
from typing import Any

import pytest
from django.test import Client
from pytest_django import Settings

from dealers.models import Dealer, Scope
from tests import make
from tests.vehicle_registers import FOCUS, Answer, Registers

pytestmark = [pytest.mark.django_db, pytest.mark.enable_socket]
URL = "/api/v1/vehicle-records/"


def ask(token: str, body: Any) -> Any:
    headers = {"Authorization": f"Bearer {token}"}
    return Client().post(URL, json.dumps(body), content_type="application/json", headers=headers)


@pytest.fixture
def dealer() -> Dealer:
    return make.dealer("Our Cars")


@pytest.fixture
def token(dealer: Dealer) -> str:
    return make.key(dealer, Scope.STOCK_WRITE)


def test_a_car_is_told_in_the_words_of_an_advert(
    token: str, registers: Registers, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level(logging.INFO)
    answer = ask(token, {"vrm": "l2 wps"})
    assert (answer.status_code, answer["Cache-Control"]) == (200, "private, no-cache")
    assert answer.json() == {
        "make": "FORD",
        "model": "FOCUS",
        "colour": "red",
        "fuel": "petrol",
        "possible_fuels": ["petrol"],
        "year": 2019,
        "first_registered_on": "2019-03-14",
        "engine_cc": 2_000,
        "co2_g_km": 300,
        "euro_standard": 1,
        "tax_status": "Taxed",
        "tax_due_on": "2027-11-01",
        "mot_status": "No details held by DVLA",
        "mot_expires_on": "2027-03-18",
        "mot_readings": [
            {"tested_on": "2026-03-18", "mileage": 41_210, "is_pass": True},
            {"tested_on": "2025-03-19", "mileage": 30_100, "is_pass": True},
        ],
        "sources": ["DVLA", "DVSA"],
        "away": [],
    }
    assert "wps" not in caplog.text.lower()
    assert "wps" not in answer.content.decode().lower()


def test_what_nobody_says_is_null(token: str, registers: Registers) -> None:
    registers.know("A1ABC", dvsa={"make": "FORD"})
    answer = ask(token, {"vrm": "A1ABC"}).json()
    assert (answer["make"], answer["model"], answer["fuel"]) == ("FORD", None, None)
    assert (answer["mot_readings"], answer["tax_due_on"]) == ([], None)


@pytest.mark.parametrize(
    ("body", "status", "code"),
    [
        ({"vrm": "ZZ99ZZZ"}, 404, "vehicle_not_found"),
        ({"vrm": "not a mark"}, 400, "invalid_vrm"),
        ({"vrm": 7}, 400, "invalid"),
        ({}, 400, "invalid"),
        ({"vrm": "L2WPS", "year": 2019}, 400, "invalid"),
    ],
)
def test_a_question_without_an_answer_is_a_problem_document(
    token: str, registers: Registers, body: Any, status: int, code: str
) -> None:
    answer = ask(token, body)
    assert (answer.status_code, answer.json()["code"]) == (status, code)
    assert "ZZ99" not in answer.content.decode()


def test_while_no_register_answers_a_system_asks_later(token: str, registers: Registers) -> None:
    registers.dvla["A1ABC"] = registers.dvsa["A1ABC"] = [Answer(500, {})]
    answer = ask(token, {"vrm": "A1ABC"})
    assert (answer.status_code, answer.json()["code"]) == (503, "vehicle_registers_away")
    assert answer["Retry-After"] == "60"
    registers.know("A1ABC", dvsa=FOCUS)
    assert ask(token, {"vrm": "A1ABC"}).json()["away"] == ["DVLA"]


def test_a_quota_of_the_day_is_a_conflict(
    token: str, registers: Registers, settings: Settings
) -> None:
    settings.DEALER_QUOTAS = {"vehicle_look_ups_a_day": 1}
    assert ask(token, {"vrm": "L2WPS"}).status_code == 200
    answer = ask(token, {"vrm": "A1ABC"})
    assert (answer.status_code, answer.json()["code"]) == (409, "quota_reached")
    assert (answer.json()["quota"], answer.json()["limit"]) == ("vehicle_look_ups_a_day", 1)


def test_a_key_needs_the_scope(dealer: Dealer, registers: Registers) -> None:
    answer = ask(make.key(dealer, Scope.STOCK_READ, Scope.VALUES_READ), {"vrm": "L2WPS"})
    assert (answer.status_code, answer.json()["code"]) == (403, "scope_missing")
    Dealer.objects.filter(pk=dealer.pk).update(is_active=False)
    answer = ask(make.key(dealer), {"vrm": "L2WPS"})
    assert (answer.status_code, answer.json()["code"]) == (403, "dealer_suspended")
    assert registers.asked == []


def test_without_a_key_of_a_register_it_is_said_to_be_off(token: str) -> None:
    answer = ask(token, {"vrm": "L2WPS"})
    assert (answer.status_code, answer.json()["code"]) == (404, "vehicle_look_ups_off")
