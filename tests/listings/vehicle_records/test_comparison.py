"""A record fills what is empty, and says where an advert is registered as something else."""

from datetime import date
from typing import Any

import pytest

from listings.vehicle_records import MotReading, VehicleRecord, filling, mismatches

RECORD = VehicleRecord(
    make="FORD",
    model="FOCUS",
    colour="red",
    fuels=("petrol",),
    fuel_name="Petrol",
    year_made=2018,
    year_registered=2019,
    first_registered_on=date(2019, 1, 14),
    engine_cc=1_498,
    co2_g_km=120,
    euro_standard=6,
    mot_expires_on=date(2027, 3, 18),
    readings=(MotReading(date(2026, 3, 18), 41_210, is_pass=True),),
)
HYBRID = VehicleRecord(
    fuels=("hybrid", "plug_in_hybrid", "petrol", "diesel"), fuel_name="Hybrid electric"
)


def test_everything_but_names_and_mileage_is_filled() -> None:
    assert filling(RECORD) == {
        "year": 2019,
        "fuel": "petrol",
        "colour": "red",
        "engine_cc": 1_498,
        "co2_g_km": 120,
        "euro_standard": 6,
        "mot_expires_on": date(2027, 3, 18),
        "first_registered_on": date(2019, 1, 14),
    }
    assert filling(VehicleRecord()) == {}
    assert filling(HYBRID) == {}
    assert filling(VehicleRecord(co2_g_km=0)) == {"co2_g_km": 0}


@pytest.mark.parametrize(
    ("stated", "said"),
    [
        ({"year": 2017}, ["The car was first registered in 2019. Here it is 2017."]),
        ({"year": 2018}, []),
        ({"year": 2019}, []),
        ({"fuel": "diesel"}, ["The car is registered as Petrol. Here it is Diesel."]),
        ({"fuel": "petrol"}, []),
        (
            {"mileage": 41_209},
            ["The MOT test of 18 March 2026 read 41,210 miles. Here it is 41,209."],
        ),
        ({"mileage": 41_210}, []),
        ({"mileage": 0}, ["The MOT test of 18 March 2026 read 41,210 miles. Here it is 0."]),
        ({"colour": "grey"}, ["The car is registered as Red. Here it is Grey."]),
        ({"engine_cc": 1_500}, []),
        ({"engine_cc": 1_600}, ["The car is registered with 1,498 cc. Here it is 1600."]),
        ({"euro_standard": 5}, ["The car is registered as Euro 6. Here it is 5."]),
        (
            {"mot_expires_on": date(2027, 8, 1)},
            ["The MOT test is good until 18 March 2027. Here it is 1 August 2027."],
        ),
        (
            {"first_registered_on": date(2019, 1, 15)},
            ["The car was first registered on 14 January 2019. Here it is 15 January 2019."],
        ),
        ({"fuel": "", "colour": None, "mileage": None, "year": None}, []),
        ({}, []),
    ],
)
def test_a_contradiction_is_said_in_words(stated: dict[str, Any], said: list[str]) -> None:
    assert [each.message for each in mismatches(RECORD, stated)] == said


@pytest.mark.parametrize("fuel", ["hybrid", "plug_in_hybrid", "petrol"])
def test_a_hybrid_may_be_sold_as_any_of_what_it_may_be(fuel: str) -> None:
    assert mismatches(HYBRID, {"fuel": fuel}) == []


def test_a_hybrid_is_not_electric() -> None:
    (found,) = mismatches(HYBRID, {"fuel": "electric"})
    assert found.message == "The car is registered as Hybrid electric. Here it is Electric."
    assert (found.field, found.stated) == ("fuel", "electric")


def test_only_the_fields_that_are_asked_about_are_compared() -> None:
    stated = {"year": 2010, "colour": "grey", "mot_expires_on": date(2030, 1, 1)}
    assert [each.field for each in mismatches(RECORD, stated, ("year", "fuel"))] == ["year"]


def test_a_record_comes_back_as_it_was_kept() -> None:
    for record in (RECORD, HYBRID, VehicleRecord(), VehicleRecord(co2_g_km=0)):
        assert VehicleRecord.from_json(record.as_json()) == record
