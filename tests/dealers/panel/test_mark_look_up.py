"""A dealer types a mark into an advert's form and sees the car, with a script and without."""

import logging
from collections.abc import Iterator
from typing import Any

import pytest
from django.test import Client
from pytest_django import Settings

from dealers.models import Branch, Dealer, VehicleQuestionCount
from listings.models import Listing, VehicleAnswer
from tests import make, vehicle_registers
from tests.dealers.panel.test_advert import LIST, form
from tests.vehicle_registers import FOCUS, FORD, Answer, Registers

pytestmark = [pytest.mark.django_db, pytest.mark.enable_socket]
LOOK_UP = f"{LIST}look-up/"
MARK = "L2 WPS"
LABELS = (
    *("make", "model", "year", "fuel", "colour", "engine size (cc)", "CO₂ (g/km)"),
    *("euro standard", "MOT expires on", "first registered on"),
)


@pytest.fixture
def registers() -> Iterator[Registers]:
    with vehicle_registers.running() as running:
        running.know("L2WPS", dvla=FORD, dvsa=FOCUS)
        yield running


@pytest.fixture
def focus() -> Any:
    return make.model("Focus", make.make("Ford"))


@pytest.fixture(autouse=True)
def _no_line_names_the_mark(caplog: pytest.LogCaptureFixture) -> Iterator[None]:
    caplog.set_level(logging.DEBUG, logger="dealers")
    caplog.set_level(logging.INFO)
    yield
    for mark in ("L2WPS", "L2 WPS", "l2wps"):
        assert mark not in caplog.text


def filled(desk: Client, **typed: str) -> dict[str, Any]:
    answer = desk.post(LOOK_UP, typed)
    assert answer.status_code == 200
    said: dict[str, Any] = answer.json()
    return said


def test_an_empty_form_is_filled(
    desk: Client, branch: Branch, registers: Registers, focus: Any
) -> None:
    answer = filled(desk, vrm=MARK)
    assert answer["values"] == {
        "make": focus.make_id,
        "model": focus.pk,
        "year": 2019,
        "fuel": "petrol",
        "colour": "red",
        "engine_cc": 2_000,
        "co2_g_km": 300,
        "euro_standard": 1,
        "mot_expires_on": "18/03/2027",
        "first_registered_on": "14/03/2019",
    }
    assert answer["names"] == {"make": "Ford", "model": "Focus"}
    assert answer["said"] == [
        f"From DVLA and DVSA: {', '.join(LABELS)}.",
        "The MOT test of 18 March 2026 read 41,210 miles.",
        "Vehicle tax: Taxed until 1 November 2027.",
    ]
    assert not Listing.objects.exists()


def test_what_was_typed_stands_and_is_contradicted_in_words(
    desk: Client, branch: Branch, registers: Registers, focus: Any
) -> None:
    golf = make.model("Golf", make.make("Volkswagen"))
    typed = {"year": "2016", "fuel": "diesel", "mileage": "38000", "colour": "red"}
    answer = filled(desk, vrm="l2-wps", make=str(golf.make_id), model=str(golf.pk), **typed)
    assert set(answer["values"]) == {
        *("engine_cc", "co2_g_km", "euro_standard", "mot_expires_on", "first_registered_on")
    }
    assert answer["said"][0] == "The car is registered as FORD FOCUS. Here it is of another make."
    assert answer["said"][2:5] == [
        "The car was first registered in 2019. Here it is 2016.",
        "The car is registered as Petrol. Here it is Diesel.",
        "The MOT test of 18 March 2026 read 41,210 miles. Here it is 38,000.",
    ]


def test_a_model_in_the_registers_own_words_is_found_or_told(
    desk: Client, branch: Branch, registers: Registers, focus: Any
) -> None:
    registers.know("A1ABC", dvla=FORD, dvsa={**FOCUS, "model": "FOCUS ZETEC TDCI"})
    assert filled(desk, vrm="A1ABC")["values"]["model"] == focus.pk
    registers.know("A2ABC", dvla=FORD, dvsa={**FOCUS, "model": "QUASAR"})
    answer = filled(desk, vrm="A2ABC")
    assert "model" not in answer["values"]
    assert answer["said"][0] == "The car is registered as FORD QUASAR: choose the model below."
    registers.know("A3ABC", dvla={**FORD, "make": "EDSEL"}, dvsa=FOCUS)
    answer = filled(desk, vrm="A3ABC")
    assert "make" not in answer["values"]
    assert "EDSEL FOCUS: choose make and model below." in answer["said"][0]


def test_another_model_is_told(
    desk: Client, branch: Branch, registers: Registers, focus: Any
) -> None:
    fiesta = make.model("Fiesta", focus.make)
    answer = filled(desk, vrm=MARK, make=str(focus.make_id), model=str(fiesta.pk))
    assert answer["said"][0] == "The car is registered as FORD FOCUS. Here it is another model."


@pytest.mark.parametrize(
    ("vrm", "said"),
    [
        ("", "Enter the registration mark first."),
        ("not a mark", "This is not the shape of a UK registration mark."),
        ("ZZ99ZZZ", "No car with this registration mark is known."),
    ],
)
def test_without_a_car_the_reason_is_said(
    desk: Client, branch: Branch, registers: Registers, vrm: str, said: str
) -> None:
    answer = filled(desk, vrm=vrm)
    assert answer["said"] == [said]


def test_while_registers_are_away_the_form_goes_on_by_hand(
    desk: Client, branch: Branch, registers: Registers, focus: Any
) -> None:
    registers.dvla["AB19CDE"] = registers.dvsa["AB19CDE"] = [Answer(503, {})]
    answer = filled(desk, vrm="AB19CDE")
    assert answer["said"] == ["DVLA and DVSA do not answer at the moment: go on without them."]
    assert answer["values"] == {"year": 2019}  # as the mark says
    data = form(make=focus.make_id, model=focus.pk, branch=branch.pk, vrm="AB19CDE")
    assert desk.post(f"{LIST}add/", data).status_code == 302
    assert Listing.objects.get().vrm == "AB19CDE"


def test_one_register_that_is_away_is_told(
    desk: Client, branch: Branch, registers: Registers, focus: Any
) -> None:
    registers.dvla["L2WPS"] = [Answer(503, {})]
    assert filled(desk, vrm=MARK)["said"][-1] == "DVLA does not answer at the moment."


def test_a_dealer_asks_so_often_in_a_day(
    desk: Client, dealer: Dealer, branch: Branch, registers: Registers, settings: Settings
) -> None:
    settings.DEALER_QUOTAS = {"vehicle_look_ups_a_day": 2}
    registers.know("A1ABC", dvla=FORD)
    told = "2 marks were looked up today: go on tomorrow."
    assert filled(desk, vrm=MARK)["values"]
    assert filled(desk, vrm="A1ABC")["values"]
    assert filled(desk, vrm="A2ABC")["said"] == [told]
    assert filled(desk, vrm=MARK)["values"]  # what is kept costs nothing
    other = make.branch(make.dealer("Their Cars"))
    theirs = Client()
    theirs.force_login(make.member(other.dealer))
    assert filled(theirs, vrm="A2ABC")["said"] == ["No car with this registration mark is known."]
    VehicleQuestionCount.objects.filter(dealer=dealer).update(day="2026-01-01")
    assert filled(desk, vrm="A3ABC")["said"] == ["No car with this registration mark is known."]
    assert VehicleQuestionCount.objects.get(dealer=dealer).asked == 1


def test_without_a_script_the_form_comes_back_filled_and_unsaved(
    desk: Client, branch: Branch, registers: Registers, focus: Any
) -> None:
    data = {"vrm": MARK, "price": "12345", "description": "One owner.", "_look_up": "1"}
    page = desk.post(f"{LIST}add/", data)
    assert page.status_code == 200
    shown = page.context["adminform"].form
    assert not shown.is_bound
    values = {name: shown[name].value() for name in ("vrm", "price", "description", "fuel")}
    assert values == {"vrm": MARK, "price": "12345", "description": "One owner.", "fuel": "petrol"}
    assert str(shown["make"].value()) == str(focus.make_id)
    assert "Focus</option>" in page.content.decode()
    assert "The MOT test of 18 March 2026 read 41,210 miles." in page.content.decode()
    assert not Listing.objects.exists()


def test_without_a_script_an_advert_is_not_changed_until_it_is_saved(
    desk: Client, branch: Branch, registers: Registers, focus: Any
) -> None:
    row = make.draft(branch=branch, fuel="diesel", colour=None)
    url = f"{LIST}{row.pk}/change/"
    page = desk.post(url, form(row, vrm=MARK, fuel="diesel", mileage="100000", _look_up="1"))
    shown = page.context["adminform"].form
    assert (shown["colour"].value(), shown["fuel"].value()) == ("red", "diesel")
    assert "The car is registered as Petrol. Here it is Diesel." in page.content.decode()
    row.refresh_from_db()
    assert (row.vrm, row.colour, row.mileage) == (None, None, 72_253)
    saved = form(row, vrm=MARK, fuel="diesel", mileage="100000", colour="red")
    assert desk.post(url, saved).status_code == 302
    row.refresh_from_db()
    assert (row.vrm, row.colour, row.mileage) == ("L2WPS", "red", 100_000)


def test_without_a_key_there_is_no_button_and_nothing_behind_it(
    desk: Client, branch: Branch
) -> None:
    assert "_look_up" not in desk.get(f"{LIST}add/").content.decode()
    assert desk.post(LOOK_UP, {"vrm": MARK}).status_code == 404
    page = desk.post(f"{LIST}add/", {"vrm": MARK, "_look_up": "1"})
    assert page.context["adminform"].form.is_bound
    assert not VehicleAnswer.objects.exists()


def test_there_is_a_button_with_a_key_for_who_may_write(
    desk: Client, dealer: Dealer, branch: Branch, registers: Registers
) -> None:
    row = make.draft(branch=branch)
    page = desk.get(f"{LIST}{row.pk}/change/").content.decode()
    assert page.index('name="_save"') < page.index('name="_look_up"')
    assert desk.get(LOOK_UP).status_code == 405
    Dealer.objects.filter(pk=dealer.pk).update(is_active=False)
    assert "_look_up" not in desk.get(f"{LIST}{row.pk}/change/").content.decode()
    assert desk.post(LOOK_UP, {"vrm": MARK}).status_code == 404
    assert registers.asked == []


def test_the_year_is_left_to_the_registers_where_they_are_asked(
    desk: Client, branch: Branch, registers: Registers
) -> None:
    answer = desk.post(f"{LIST}fill/", {"vrm": "AB15CDE"})
    assert "year" not in answer.json()["values"]
    registers.asked.clear()
    assert desk.post(f"{LIST}fill/", {"vrm": MARK}).status_code == 200
    assert registers.asked == []
