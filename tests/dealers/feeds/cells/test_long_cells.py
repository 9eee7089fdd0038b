"""A cell that is longer than its field can be is cut, or not read; either way the row says so."""

from datetime import date

import pytest

from dealers.feeds.cells import FIELDS, RowFinding, StagedCar, read_car
from dealers.feeds.cells.cell import CELL_MAX, NAME_MAX, PHOTOS_CELL_MAX, PROSE_MAX
from dealers.feeds.cells.photos import PHOTOS_MAX
from dealers.feeds.columns import suggest

TODAY = date(2026, 3, 1)
CAR = {"stock_ref": "1", "make": "Ford", "model": "Focus", "year": "2017", "mileage": "41000"}
NEEDED = ("stock_ref", "make", "model")
CUT = {
    **dict.fromkeys(("derivative", "trim", "title"), NAME_MAX),
    **dict.fromkeys(("description", "features"), PROSE_MAX),
    "photos": PHOTOS_CELL_MAX,
}


def read(**cells: str) -> StagedCar:
    return read_car({**CAR, **cells}, today=TODAY)


def told(findings: list[RowFinding]) -> list[tuple[str, str]]:
    return [(each.code, each.field) for each in findings]


@pytest.mark.parametrize("name", sorted({*FIELDS} - CUT.keys() - {*NEEDED}))
@pytest.mark.parametrize("text", ["9", "2017 ", "12,995 and then ", "Petrol/"])
def test_what_is_too_long_for_a_value_is_not_read(name: str, text: str) -> None:
    car = read(**{name: text * (CELL_MAX // len(text) + 1) + "7"})
    assert ("too_long", name) in told(car.warnings)
    assert name not in car.values
    assert name not in car.blank
    assert not car.errors


@pytest.mark.parametrize("name", NEEDED)
def test_a_row_is_rejected_whose_name_is_too_long(name: str) -> None:
    car = read(**{name: "1" + " " * 5_000 + "2"})
    assert told(car.errors) == [("too_long", name)]
    assert name not in car.values
    assert not getattr(car, name, "")


@pytest.mark.parametrize("name", sorted(CUT))
def test_prose_and_lists_are_cut(name: str) -> None:
    text = "https://a.example.com/1.jpg, " if name == "photos" else "Heated seats, "
    car = read(**{name: text * (CUT[name] // len(text) + 2)})
    assert ("cut_off", name) in told(car.warnings)
    assert not car.errors


def test_a_list_ends_with_a_whole_item() -> None:
    urls = [f"https://a.example.com/{'x' * 1_800}/{n}.jpg" for n in range(PHOTOS_MAX * 3)]
    car = read(photos="|".join(urls))
    assert car.photos == urls[:PHOTOS_MAX]
    assert read(features=";".join(["Alloys", "b" * PROSE_MAX])).values["features"] == ["Alloys"]


def test_spaces_around_a_value_do_not_make_it_long() -> None:
    car = read(price=" " * 40_000 + "£9,995" + "\n" * 40_000, make="Ford" + " " * 9_000)
    assert (car.values["price"], car.make) == (9_995, "Ford")
    assert not car.warnings
    assert not car.errors


@pytest.mark.parametrize(
    ("name", "unit"),
    [("mileage", "mileage_unit"), ("price", "price_extra"), ("power_bhp", "power_unit")],
)
def test_a_number_is_not_read_without_its_unit(name: str, unit: str) -> None:
    car = read(**{name: "9995", unit: "in euros " * 100})
    assert told(car.warnings) == [("too_long", unit)]
    assert name not in car.values


@pytest.mark.parametrize("name", ["vrm", "vin"])
def test_a_long_mark_is_not_repeated(name: str) -> None:
    (warning,) = read(**{name: "AB17CDE " * 40}).warnings
    assert warning.value == ""


def test_what_is_as_long_as_it_may_be_is_read() -> None:
    filler = "genuine " * 24
    car = read(mileage=f"{filler}41,000", description="a " * (PROSE_MAX // 2))
    assert car.values["mileage"] == 41_000
    assert ("too_long", "mileage") not in told(car.warnings)


def test_long_cells_say_nothing_of_what_a_column_means() -> None:
    rows = [{"x": "Petrol " + "and so on " * 50, "y": "Petrol"} for _ in range(6)]
    assert suggest(["x", "y"], rows).fields["fuel"].headers == ("y",)
    assert suggest(["x"], rows).fields == {}


@pytest.mark.parametrize("digits", [8, 4_301, 30_000])
@pytest.mark.parametrize("mark", ["&#{};", "&#x{};", "&#000{} ", "&lt;p&gt;&#{};"])
def test_references_of_too_many_digits_are_no_characters(mark: str, digits: int) -> None:
    text = f"Ford &amp; {mark.format('7' * digits)} Ka"
    assert str(read(description=text).values["description"]).startswith("Ford &")
