"""A whole row: what follows from it, what contradicts, what is missing."""

from datetime import date
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from dealers.feeds.cells import RowFinding, StagedCar, read_car
from listings.language.derivative import Catalogue, CatalogueMake, CatalogueModel

TODAY = date(2026, 3, 1)
CAR = {"make": "Ford", "model": "Focus", "year": "2017", "mileage": "41,000"}


def car(**cells: str) -> StagedCar:
    return read_car({**CAR, **cells}, today=TODAY)


def warned(read: StagedCar) -> list[tuple[str, str]]:
    assert read.errors == []
    return [(finding.code, finding.field) for finding in read.warnings]


def rejected(read: StagedCar) -> list[tuple[str, str]]:
    return [(finding.code, finding.field) for finding in read.errors]


def test_what_is_stated_is_ready_for_an_advert() -> None:
    read = car(stock_ref=" A1 ", vrm="ab17 cde", price="£7,995", fuel="Gasoline", branch="Leeds")
    assert read == StagedCar(
        make="Ford",
        model="Focus",
        values={
            "year": 2017,
            "mileage": 41000,
            "stock_ref": "A1",
            "vrm": "AB17CDE",
            "price": 7995,
            "fuel": "petrol",
        },
        branch_ref="Leeds",
    )


def test_a_blank_cell_is_told_from_an_absent_column() -> None:
    read = car(colour="", doors="N/A", price="POA")
    assert read.blank == ("colour", "doors")
    assert "colour" not in read.values
    assert read.values["price"] is None


def test_required_fields_that_are_not_stated_are_missing() -> None:
    read = read_car({"stock_ref": "1", "price": "5000", "make": "", "year": "old"}, today=TODAY)
    assert read.missing == ("make", "model", "year", "mileage")
    assert warned(read) == [("unreadable_year", "year")]


def test_the_derivative_fills_what_is_missing_and_contradicts_what_is_not() -> None:
    read = car(derivative="1.0 EcoBoost Zetec 5dr Auto", fuel="Diesel", transmission="")
    assert read.values["transmission"] == "automatic"
    assert (read.values["doors"], read.values["engine_cc"]) == (5, 1000)
    assert read.values["fuel"] == "diesel"
    assert (read.blank, warned(read)) == ((), [("derivative_contradicts", "fuel")])


def test_the_body_can_state_the_doors_and_the_trim_stands_for_a_derivative() -> None:
    read = car(body_type="5 Dr Hatch", trim="Zetec")
    assert (read.values["doors"], read.values["derivative"]) == (5, "Zetec")
    assert "trim" not in car(derivative="1.0 Zetec", trim="Zetec").values


def test_the_year_can_come_from_the_first_registration_or_the_mark() -> None:
    without = {name: text for name, text in CAR.items() if name != "year"}
    by_date = read_car({**without, "first_registered_on": "14/09/18"}, today=TODAY)
    assert (by_date.values["year"], by_date.missing) == (2018, ())
    by_mark = read_car({**without, "vrm": "AB68 CDE"}, today=TODAY)
    assert by_mark.values["year"] == 2018
    assert warned(by_mark) == [("year_from_mark", "year")]


@pytest.mark.parametrize(
    ("vrm", "year", "contradicts"),
    [
        ("AB17CDE", "2017", False),
        ("AB17CDE", "2015", True),
        ("AB67CDE", "2018", False),
        ("AB67CDE", "2016", True),
        ("A123BCD", "2017", False),  # an old mark on a newer car is a private plate
        ("X123BCD", "1999", True),
        ("ABC123S", "1976", True),
        ("AIZ1234", "1990", False),  # dateless
        ("AB17CDE", "1970", True),
    ],
)
def test_a_car_older_than_its_mark_is_odd(vrm: str, year: str, contradicts: bool) -> None:
    assert (("year_contradicts_mark", "year") in warned(car(vrm=vrm, year=year))) is contradicts


def test_a_year_to_come_is_impossible() -> None:
    assert rejected(car(year="2060")) == [("impossible_year", "year")]
    assert warned(car(year="2027")) == [("odd_year", "year")]
    assert warned(car(year="1970")) == [("odd_year", "year")]


def test_a_mileage_is_odd_for_the_cars_age() -> None:
    assert warned(car(mileage="1")) == [("odd_mileage", "mileage")]
    assert warned(car(mileage="1", year="2026")) == []


def test_kilometres_may_be_said_in_a_column_of_their_own() -> None:
    read = car(mileage="80000", mileage_unit="KM")
    assert read.values["mileage"] == 49710
    assert warned(read) == [("kilometres_converted", "mileage")]


@pytest.mark.parametrize(
    ("power", "unit", "bhp"),
    [
        ("150", "kW", 201),
        ("150", "KWT", 201),
        ("150", "PS", 148),
        ("150", "bhp", 150),
        ("150 bhp", "BHP", 150),
        ("150", "", 150),
        ("150", "N12", None),
        ("", "kW", None),
    ],
)
def test_the_unit_of_a_power_may_be_said_in_a_column_of_its_own(
    power: str, unit: str, bhp: int | None
) -> None:
    assert car(power_bhp=power, power_unit=unit).values.get("power_bhp") == bhp


def test_what_is_to_be_added_to_a_price_may_be_said_in_a_column_of_its_own() -> None:
    assert car(price="10000", price_extra="+VAT").values["price"] == 12000
    assert car(price="10000", price_extra="GBP").values["price"] == 10000
    assert car(price="", price_extra="GBP").blank == ("price",)
    assert rejected(car(price="10000", price_extra="EUR")) == [("impossible_price", "price")]


@pytest.mark.parametrize("text", ["Diesel", "Manual", "5dr Hatchback", "https://a.com/1.jpg"])
def test_cells_of_other_columns_show_that_a_row_is_shifted(text: str) -> None:
    assert rejected(car(mileage=text)) == [("shifted_columns", "mileage")]
    assert rejected(car(price=text)) == [("shifted_columns", "price")]


def test_vat_is_added_and_said() -> None:
    read = car(price="10000 + VAT")
    assert (read.values["price"], read.values["vat_scheme"]) == (12000, "qualifying")
    assert warned(read) == [("vat_added", "price")]


def test_a_sold_car_may_say_so_instead_of_a_price() -> None:
    assert car(price="SOLD").availability == "sold"
    assert car(availability="Available").availability == "available"
    assert car().availability is None


def test_a_fee_is_part_of_the_price() -> None:
    assert car(price="5000", admin_fee="£199").values["admin_fee"] == 199
    assert warned(car(price="500", admin_fee="599"))[-1] == ("impossible_fee", "admin_fee")


def test_two_digits_of_a_year_are_never_to_come_and_the_mark_decides() -> None:
    assert car(year="65", vrm="ABC 123C").values["year"] == 1965
    assert car(year="65").values["year"] == 2015
    assert car(year="71", vrm="ABC 12K").values["year"] == 1971
    assert car(year="30").values["year"] == 1930
    assert car(year="80").values["year"] == 1980


@given(st.integers(0, 99))
def test_no_two_digits_are_a_year_to_come(digits: int) -> None:
    assert 1920 < car(year=f"{digits:02}").values["year"] <= TODAY.year


def test_a_month_without_a_day_is_no_day_and_its_year_is_the_cars() -> None:
    read = car(year="", first_registered_on="03/2018")
    assert "first_registered_on" not in read.values
    assert read.values["year"] == 2018


def test_vat_that_a_column_of_its_own_leaves_out_is_added_once() -> None:
    for said in ("Ex VAT", "+VAT", "plus VAT"):
        read = car(price="10000", vat_scheme=said)
        assert (read.values["price"], read.values["vat_scheme"]) == (12000, "qualifying")
        assert ("vat_added", "price") in warned(read)
    assert car(price="10000 + VAT", vat_scheme="Ex VAT").values["price"] == 12000
    assert car(price="10000", vat_scheme="VAT Qualifying").values["price"] == 10000


def test_a_nought_says_nothing_of_an_electric_car() -> None:
    noughts = dict.fromkeys(("engine_cc", "mpg", "power_bhp", "doors"), "0")
    read = car(fuel="Electric", co2_g_km="0", **noughts)
    assert not noughts.keys() & read.values.keys()
    assert (read.values["co2_g_km"], read.warnings) == (0, [])
    assert "co2_g_km" not in car(fuel="Petrol", co2_g_km="0").values


def test_only_a_car_with_a_plug_does_hundreds_of_miles_per_gallon() -> None:
    assert car(fuel="Plug-in Hybrid", mpg="313.9").values["mpg"] == Decimal("313.9")
    read = car(fuel="Diesel", mpg="628")
    assert "mpg" not in read.values
    assert warned(read)[-1] == ("odd_mpg", "mpg")


def test_marks_and_vins_are_checked_and_never_repeated() -> None:
    read = car(vrm="NOT A MARK 123456", vin="SHORT")
    assert [(each.code, each.value) for each in read.warnings] == [
        ("unreadable_vrm", ""),
        ("unreadable_vin", ""),
    ]
    assert car(vrm="AB17 CDE (private plate)").values["vrm"] == "AB17CDE"
    assert car(vrm="(private plate)").blank == ("vrm",)
    assert car(vrm="UNREG", vin="00000000000000000").blank == ("vrm", "vin")


@pytest.mark.parametrize(
    ("vin", "codes"),
    [
        ("1HGCM82633A004352", []),
        ("1HGCM82633A004353", [("vin_check_digit", "vin")]),
        ("WVWZZZ1KZ6W000001", []),
    ],
)
def test_a_wrong_check_digit_only_warns(vin: str, codes: list[tuple[str, str]]) -> None:
    read = car(vin=vin)
    assert (read.values["vin"], warned(read)) == (vin, codes)


def test_photos_keep_their_order_and_say_what_is_none() -> None:
    read = car(photos="https://a.com/2.jpg|https://a.com/1.jpg|3.jpg")
    assert read.photos == ["https://a.com/2.jpg", "https://a.com/1.jpg"]
    assert warned(read) == [("photo_without_address", "photos")]
    assert (car(photos="").blank, car(photos="a.jpg").blank, car().blank) == (("photos",), (), ())


def test_a_title_is_read_by_the_catalogue() -> None:
    catalogue = Catalogue(
        (
            CatalogueMake(
                "land-rover", ("Land Rover",), (CatalogueModel("defender", ("Defender",)),)
            ),
        )
    )
    cells = {"title": "2017 Land Rover Defender 2.2 TDCi 5dr", "year": "2017", "mileage": "1000"}
    read = read_car(cells, today=TODAY, catalogue=catalogue)
    assert (read.make, read.model) == ("Land Rover", "Defender")
    assert (read.values["derivative"], read.values["doors"]) == ("2.2 TDCi 5dr", 5)
    assert read_car(cells, today=TODAY).missing == ("make", "model")


def test_a_finding_says_what_it_is_about() -> None:
    assert car(fuel="steam").warnings == [
        RowFinding("unreadable_fuel", "fuel", "This is not a fuel that we can read.", "steam")
    ]
