"""A mark is looked up at DVLA and DVSA, whatever they answer, and that is kept for a while."""

import json
import logging
from collections.abc import Iterator
from datetime import date, timedelta
from http.server import BaseHTTPRequestHandler
from typing import Any

import pytest
from django.db import connections
from django.db.models import Sum
from django.utils import timezone
from pytest_django import Settings

from listings import vehicle_records
from listings.models import VehicleAnswer
from listings.vehicle_records import (
    LookedUp,
    LookUpsOff,
    MotReading,
    RegistersAway,
    VehicleNotFound,
    VehicleRecord,
)
from listings.vehicle_records.register import FAILURES_MAX
from marketplace.models import OutcomeCount
from marketplace.outcome_counts import write_attempts
from tests.vehicle_registers import (
    FOCUS,
    FORD,
    Answer,
    Registers,
    cut,
    dvla_refusal,
    dvsa_refusal,
    endless,
)

pytestmark = [pytest.mark.django_db, pytest.mark.enable_socket]
MARK = "L2WPS"  # of a shape that redaction does not know
BUSY = dvla_refusal(503, "System down", "The service is down for maintenance")


def look_up(mark: str = MARK) -> LookedUp:
    return vehicle_records.look_up(mark, before_asking=lambda: None)


@pytest.fixture(autouse=True)
def _nothing_names_the_mark(caplog: pytest.LogCaptureFixture) -> Iterator[None]:
    caplog.set_level(logging.DEBUG)
    yield
    assert MARK not in caplog.text
    assert not VehicleAnswer.objects.filter(digest__icontains=MARK).exists()
    for row in VehicleAnswer.objects.all():
        assert MARK not in str(row.record)


def test_both_registers_tell_of_one_car(registers: Registers) -> None:
    registers.know(MARK, dvla=FORD, dvsa=FOCUS)
    found = look_up()
    assert (found.sources, found.away) == (("DVLA", "DVSA"), ())
    assert found.record == VehicleRecord(
        make="FORD",
        model="FOCUS",
        colour="red",
        fuels=("petrol",),
        fuel_name="Petrol",
        year_made=2019,
        year_registered=2019,
        first_registered_on=date(2019, 3, 14),
        engine_cc=2_000,
        co2_g_km=300,
        euro_standard=1,
        tax_status="Taxed",
        tax_due_on=date(2027, 11, 1),
        mot_status="No details held by DVLA",
        mot_expires_on=date(2027, 3, 18),
        readings=(
            MotReading(date(2026, 3, 18), 41_210, is_pass=True),
            MotReading(date(2025, 3, 19), 30_100, is_pass=True),
        ),
    )


def test_what_was_answered_is_kept_and_nobody_asked_again(registers: Registers) -> None:
    registers.know(MARK, dvla=FORD, dvsa=FOCUS)
    first = look_up()
    assert sorted(registers.asked) == ["dvla", "dvsa", "token"]
    assert look_up() == first
    assert vehicle_records.known(MARK) == first
    assert len(registers.asked) == 3


def test_a_kept_answer_ends_and_a_token_lasts(registers: Registers, settings: Settings) -> None:
    registers.know(MARK, dvla=FORD, dvsa=FOCUS)
    look_up()
    old = timezone.now() - timedelta(hours=settings.VEHICLE_RECORDS_KEPT_HOURS, minutes=1)
    VehicleAnswer.objects.update(answered_at=old)
    assert vehicle_records.known(MARK) is None
    look_up()
    assert sorted(registers.asked) == ["dvla", "dvla", "dvsa", "dvsa", "token"]


def test_an_unknown_mark_is_kept_for_a_shorter_time(
    registers: Registers, settings: Settings
) -> None:
    with pytest.raises(VehicleNotFound):
        look_up()
    with pytest.raises(VehicleNotFound):
        look_up()
    assert sorted(registers.asked) == ["dvla", "dvsa", "token"]
    old = timezone.now() - timedelta(hours=settings.VEHICLE_NOT_FOUND_KEPT_HOURS, minutes=1)
    VehicleAnswer.objects.update(answered_at=old)
    registers.know(MARK, dvla=FORD)
    assert look_up().record.make == "FORD"


def test_a_key_before_the_last_change_of_keys_still_recognises(
    registers: Registers, settings: Settings
) -> None:
    registers.know(MARK, dvla=FORD, dvsa=FOCUS)
    first = look_up()
    settings.DIGEST_KEY_FALLBACKS = [settings.DIGEST_KEY or settings.SECRET_KEY]
    settings.DIGEST_KEY = "another-key-of-more-than-32-characters"
    assert vehicle_records.known(MARK) == first
    settings.DIGEST_KEY_FALLBACKS = []
    assert vehicle_records.known(MARK) is None


@pytest.mark.parametrize(
    "answer",
    [
        dvla_refusal(400, "Bad Request", "Invalid format for field - vehicle registration number"),
        Answer(403, {"message": "Forbidden"}),
        Answer(429, {"message": "Too Many Requests"}),
        dvla_refusal(500, "Internal Server Error", "System Error occurred"),
        BUSY,
        Answer(200, b"<html>Sign in to the wireless network</html>"),
        Answer(200, []),
        Answer(302, {}),
        Answer(write=cut),
        Answer(write=endless),
    ],
    ids=["400", "403", "429", "500", "503", "nonsense", "a list", "elsewhere", "cut", "huge"],
)
def test_without_dvla_the_other_register_answers(registers: Registers, answer: Answer) -> None:
    registers.know(MARK, dvsa=FOCUS)
    registers.dvla[MARK] = [answer]
    found = look_up()
    assert (found.sources, found.away) == (("DVSA",), ("DVLA",))
    assert (found.record.make, found.record.fuel) == ("FORD", "petrol")
    assert list(VehicleAnswer.objects.values_list("register", flat=True)) == ["dvsa"]


@pytest.mark.parametrize(
    "answer",
    [
        dvsa_refusal(400, "MOTH-IV-03", f"The VRM {MARK} is invalid"),
        dvsa_refusal(403, "MOTH-FB-01", f"You may not ask for {MARK}"),
        dvsa_refusal(404, "MOTH-NF-02", f"The URL of {MARK} has not been found"),
        dvsa_refusal(429, "MOTH-RL-02", f"Too many requests for {MARK}"),
        dvsa_refusal(500, "MOTH-UN-01", f"Unknown error of {MARK}"),
        dvsa_refusal(503, "MOTH-UN-01", f"Away from {MARK}"),
        Answer(403, {"errorCode": MARK}),
        Answer(200, MARK.encode()),
        Answer(write=cut),
        Answer(write=endless),
    ],
    ids=["400", "403", "404", "429", "500", "503", "code", "nonsense", "cut", "huge"],
)
def test_without_dvsa_the_other_register_answers(registers: Registers, answer: Answer) -> None:
    registers.know(MARK, dvla=FORD)
    registers.dvsa[MARK] = [answer]
    found = look_up()
    assert (found.sources, found.away) == (("DVLA",), ("DVSA",))
    assert found.record.readings == ()


def test_who_takes_too_long_is_not_waited_for_twice(
    registers: Registers, settings: Settings
) -> None:
    settings.VEHICLE_REGISTER_SECONDS = 2.0
    registers.know("A1ABC", dvsa=FOCUS)
    look_up("A1ABC")
    registers.asked.clear()
    registers.dvla[MARK] = registers.dvsa[MARK] = [Answer(write=registers.hang)]
    with pytest.raises(RegistersAway) as refused:
        look_up()
    assert MARK not in str(refused.value)
    assert refused.value.__cause__ is None
    assert sorted(registers.asked) == ["dvla", "dvsa"]


@pytest.mark.parametrize(
    "busy", [BUSY, Answer(429, {"message": "Too Many Requests"}), Answer(write=cut)]
)
def test_who_is_busy_is_asked_once_more(registers: Registers, busy: Answer) -> None:
    registers.know(MARK, dvla=FORD, dvsa=FOCUS)
    registers.dvla[MARK].insert(0, busy)
    assert look_up().sources == ("DVLA", "DVSA")
    assert registers.asked.count("dvla") == 2


def test_who_fails_again_and_again_is_left_alone(registers: Registers) -> None:
    marks = [f"A{number}ABC" for number in range(1, FAILURES_MAX + 3)]
    for mark in marks:
        registers.dvla[mark] = [BUSY]
        registers.know(mark, dvsa=FOCUS)
        assert look_up(mark).away == ("DVLA",)
    assert registers.asked.count("dvla") == 2 * FAILURES_MAX
    assert registers.asked.count("dvsa") == len(marks)


def test_a_token_that_is_refused_is_asked_for_anew(registers: Registers) -> None:
    registers.know(MARK, dvsa=FOCUS)
    registers.know("A1ABC", dvsa=FOCUS)
    look_up()
    registers.token = Answer(200, {**registers.token.body, "access_token": "token-2"})
    assert look_up("A1ABC").record.model == "FOCUS"
    assert registers.asked.count("token") == 2


def test_a_token_that_ends_at_once_is_asked_for_each_time(registers: Registers) -> None:
    registers.token = Answer(200, {**registers.token.body, "expires_in": 60})
    registers.know(MARK, dvsa=FOCUS)
    registers.know("A1ABC", dvsa=FOCUS)
    look_up()
    look_up("A1ABC")
    assert registers.asked.count("token") == 2


@pytest.mark.parametrize(
    "token",
    [
        Answer(200, {}),
        Answer(200, {"access_token": "a b\r\nX-Other: 1", "expires_in": 60}),
        Answer(500, {}),
        Answer(400, {"error": "invalid_request"}),
    ],
)
def test_without_a_token_dvsa_is_not_asked(registers: Registers, token: Answer) -> None:
    registers.token = token
    registers.know(MARK, dvla=FORD)
    assert look_up().away == ("DVSA",)
    assert "dvsa" not in registers.asked


def test_a_wrong_secret_is_told_to_staff(
    registers: Registers, settings: Settings, caplog: pytest.LogCaptureFixture
) -> None:
    settings.DVSA_CLIENT_SECRET = "an-old-secret"
    settings.DVLA_API_KEY = "an-old-key"
    with pytest.raises(RegistersAway):
        look_up()
    assert caplog.text.count("vehicle_register_refuses") == 2
    assert "an-old" not in caplog.text


def test_one_register_alone_is_enough(registers: Registers, settings: Settings) -> None:
    settings.DVSA_API_KEY = ""
    registers.know(MARK, dvla=FORD, dvsa=FOCUS)
    found = look_up()
    assert (found.sources, found.away, found.record.model) == (("DVLA",), (), "")


def test_without_a_key_nothing_is_looked_up_and_nobody_asked(
    registers: Registers, settings: Settings
) -> None:
    registers.know(MARK, dvla=FORD, dvsa=FOCUS)
    look_up()
    registers.asked.clear()
    settings.DVLA_API_KEY = settings.DVSA_API_KEY = ""
    with pytest.raises(LookUpsOff):
        look_up()
    assert not vehicle_records.is_on()
    assert vehicle_records.known(MARK) is None
    assert registers.asked == []


def test_what_may_not_be_asked_is_not(registers: Registers) -> None:
    class TooOftenError(Exception):
        pass

    def refuse() -> None:
        raise TooOftenError

    with pytest.raises(TooOftenError):
        vehicle_records.look_up(MARK, before_asking=refuse)
    assert registers.asked == []


@pytest.mark.parametrize(
    ("told", "read"),
    [
        ({"fuelType": "HYBRID ELECTRIC"}, {"fuel": ""}),
        ({"fuelType": "ELECTRICITY", "co2Emissions": 0}, {"fuel": "electric", "co2_g_km": 0}),
        ({"fuelType": "PETROL", "co2Emissions": 0}, {"co2_g_km": None}),
        ({"fuelType": "STEAM"}, {"fuel": "", "fuels": ()}),
        ({"euroStatus": "EURO 6 AD"}, {"euro_standard": 6}),
        ({"euroStatus": "EURO 9"}, {"euro_standard": None}),
        ({"colour": "MULTI-COLOUR"}, {"colour": "multicolour"}),
        ({"colour": "GREENISH"}, {"colour": ""}),
        ({"engineCapacity": 10**12}, {"engine_cc": None}),
        ({"engineCapacity": True}, {"engine_cc": None}),
        ({"make": "F" * 5_000}, {"make": ""}),
        ({"make": {"a": 1}, "taxStatus": ["Taxed"]}, {"make": "", "tax_status": ""}),
        ({"taxStatus": f"Taxed {MARK}"}, {"tax_status": ""}),
        ({"motExpiryDate": "2027-13-01"}, {"mot_expires_on": None}),
        ({"motExpiryDate": "2027-02-03"}, {"mot_expires_on": date(2027, 2, 3)}),
        ({"monthOfFirstRegistration": "2018-12"}, {"year": 2018, "years": range(2018, 2020)}),
        ({"yearOfManufacture": "many"}, {"year_made": None, "year": 2019}),
    ],
)
def test_dvlas_values_are_read_right_or_not_at_all(
    registers: Registers, settings: Settings, told: dict[str, Any], read: dict[str, Any]
) -> None:
    settings.DVSA_API_KEY = ""
    registers.know(MARK, dvla={**FORD, **told})
    record = look_up().record
    assert {name: getattr(record, name) for name in read} == read
    stored = vehicle_records.known(MARK)
    assert stored is not None
    assert stored.record == record


def with_test(**told: Any) -> dict[str, Any]:
    return {**FOCUS, "motTests": [{**FOCUS["motTests"][1], **told}]}


@pytest.mark.parametrize(
    ("told", "miles"),
    [
        (with_test(odometerUnit="KM", odometerValue="100000"), [62_137]),
        (with_test(odometerUnit=None), []),
        (with_test(odometerUnit="LY"), []),
        (with_test(odometerValue=None), []),
        (with_test(odometerValue="-5"), []),
        (with_test(odometerResultType="UNREADABLE"), []),
        (with_test(odometerResultType="NO_ODOMETER"), []),
        (with_test(completedDate="yesterday"), []),
        (with_test(testResult="FAILED", expiryDate=None), [41_210]),
        ({**FOCUS, "motTests": "none"}, []),
        ({**FOCUS, "motTests": ["one", None, 2]}, []),
        ({**FOCUS, "motTests": None}, []),
    ],
)
def test_dvsas_readings_are_read_right_or_not_at_all(
    registers: Registers, told: dict[str, Any], miles: list[int]
) -> None:
    registers.know(MARK, dvsa=told)
    assert [each.mileage for each in look_up().record.readings] == miles


def test_a_car_before_its_first_test_says_when_that_is_due(registers: Registers) -> None:
    new = {
        **{name: FOCUS[name] for name in ("make", "model", "fuelType", "registrationDate")},
        "manufactureYear": "2025",
        "registrationDate": "2025-10-02",
        "motTestDueDate": "2028-10-02",
        "hasOutstandingRecall": "Unknown",
    }
    registers.know(MARK, dvsa=new)
    record = look_up().record
    assert (record.mot_expires_on, record.year_made, record.year) == (date(2028, 10, 2), 2025, 2025)


@pytest.mark.django_db(transaction=True)
def test_questions_are_counted_by_what_came_of_them(
    registers: Registers, settings: Settings
) -> None:
    def counted() -> dict[str, int]:
        rows = OutcomeCount.objects.filter(subject="vehicle_questions")
        found = rows.values("outcome").annotate(all=Sum("total"))
        return {each["outcome"]: each["all"] for each in found}

    write_attempts()  # what other tests left in this process
    before = counted()
    registers.know(MARK, dvla=FORD, dvsa=FOCUS)
    look_up()
    look_up()
    registers.dvla["A1ABC"] = [BUSY]
    with pytest.raises(RegistersAway):
        look_up("A1ABC")
    settings.DVLA_API_KEY = "an-old-key"
    with pytest.raises(RegistersAway):
        look_up("A2ABC")
    after = counted()
    assert {name: after[name] - before.get(name, 0) for name in after} == {
        "answered": 2,
        "away": 1,
        "not_found": 2,
        "refused": 1,
    }


@pytest.mark.django_db(transaction=True)
def test_no_connection_of_the_database_waits_for_a_register(registers: Registers) -> None:
    held: list[bool] = []
    own = connections["default"]

    def answer(handler: BaseHTTPRequestHandler) -> None:
        held.append(own.connection is not None)
        handler.send_response(200)
        handler.end_headers()
        handler.wfile.write(json.dumps(FORD).encode())

    registers.dvla[MARK] = [Answer(write=answer)]
    assert look_up().record.make == "FORD"
    assert held == [False]
