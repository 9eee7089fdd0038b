"""Tables of cars are read in one way, whether they are loaded or values are evaluated on them."""

import math
from collections.abc import Callable, Iterator
from datetime import date
from itertools import islice
from pathlib import Path

import pytest
from django.core.management import CommandError, call_command

from listings.models import AskingPrice, AskingPriceTable
from listings.pricing.value.car_csv import (
    CELL_LENGTH_MAX,
    BadCarTable,
    CarLines,
    day_of,
    number_of,
)
from tests import make

pytestmark = pytest.mark.django_db

HEAD = "make,model,year,price,mileage,transmission,fuelType,engineSize,listed_on"
LINE = "Ford,Fiesta,2018,9995,22000,Manual,Petrol,1.0,2026-02-01"


def load(path: Path) -> None:
    call_command("load_market", path)


def evaluate(path: Path) -> None:
    call_command("evaluate_values", train=path, test=path, out=path.with_suffix(".out"))


@pytest.fixture(autouse=True)
def catalogue() -> None:
    make.model("Fiesta", make.make("Ford"))


@pytest.mark.parametrize("read", [load, evaluate])
@pytest.mark.parametrize(
    ("text", "says"),
    [
        ("", "line 1: no column make, model, year"),
        (f"{HEAD.replace('mileage', 'miles')}\n{LINE}\n", "line 1: no column mileage"),
        (f"{HEAD},PRICE\n{LINE},1\n", "line 1: the column price stands twice"),
        (f"{HEAD},enginesize \n{LINE},1\n", "line 1: the column engineSize stands twice"),
        (f"{HEAD}\n{LINE}\n{LINE},1\n", "line 3: 10 cells, not 9"),
        (f"{HEAD}\n\n{LINE.removesuffix(',2026-02-01')}\n", "line 3: 8 cells, not 9"),
        (f'{HEAD}\n{LINE}\n"{LINE}\n', "line 3: unexpected end of data"),
        (f"{HEAD}\n{LINE.replace('Ford', 'F' * 2_001)}\n", "line 2: make has more than 2,000"),
        (f"{HEAD}\n{LINE.replace('Ford', 'F' * 200_000)}\n", "line 2: field larger than"),
        (f"{HEAD}\n{LINE}x\n", "line 2: listed_on"),
        (f"{HEAD}\n{LINE.replace('9995', '9,995,')}\n", "line 2: 11 cells, not 9"),
        (f"{HEAD}\n{LINE.replace('9995', 'inf')}\n", "line 2: price"),
    ],
)
def test_both_refuse_what_cannot_be_read_and_name_the_line(
    tmp_path: Path, read: Callable[[Path], None], text: str, says: str
) -> None:
    path = tmp_path / "cars.csv"
    path.write_text(text)
    with pytest.raises(CommandError) as refused:
        read(path)
    assert says in str(refused.value)
    assert not AskingPriceTable.objects.exists()
    assert not path.with_suffix(".out").exists()


@pytest.mark.parametrize("read", [load, evaluate])
def test_both_refuse_what_is_not_utf_8(tmp_path: Path, read: Callable[[Path], None]) -> None:
    path = tmp_path / "cars.csv"
    path.write_bytes(f"{HEAD}\n{LINE}\n".encode() + b"\xa3")
    with pytest.raises(CommandError, match="not UTF-8"):
        read(path)
    assert not AskingPriceTable.objects.exists()


def test_columns_are_known_in_any_letter_case_and_cells_as_people_write_them(
    tmp_path: Path,
) -> None:
    path = tmp_path / "cars.csv"
    head = " MAKE,Model,Year,Price,Mileage,FUELTYPE,EngineSize,Tax(£),Listed_On,Colour"
    line = 'Ford,Fiesta,2018,"£9,995","22,000",Petrol,1.0,£150,2026-02-01 10:30,red'
    path.write_text(f"\ufeff{head}\n{line}\n")
    load(path)
    row = AskingPrice.objects.get()
    assert (row.price, row.mileage, row.engine_cc, row.tax) == (9_995, 22_000, 1_000, 150)
    assert (row.fuel, row.listed_on) == ("petrol", date(2026, 2, 1))
    columns = CarLines.read([head, line], ["make"]).columns
    assert columns[:5] == ("make", "model", "year", "price", "mileage")
    assert columns[5:] == ("fuelType", "engineSize", "tax", "listed_on", "Colour")


def test_a_table_is_read_as_it_is_asked_for() -> None:
    def endless() -> Iterator[str]:
        yield f"{HEAD}\n"
        while True:
            yield f"{LINE}\n"

    lines = islice(CarLines.read(endless(), ["make"]), 3)
    assert [line.number for line in lines] == [2, 3, 4]


def test_a_table_has_so_many_lines_at_most(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("listings.pricing.value.car_csv.LINES_MAX", 3)
    assert len(list(CarLines.read([HEAD, LINE, LINE], ["make"]))) == 2
    with pytest.raises(BadCarTable, match="line 4: a table has 3 lines at most"):
        list(CarLines.read([HEAD, LINE, LINE, LINE], ["make"]))


def test_a_cell_at_the_limit_is_read() -> None:
    (line,) = CarLines.read(["derivative", "x" * CELL_LENGTH_MAX], ["derivative"])
    assert line.cells == {"derivative": "x" * CELL_LENGTH_MAX}


@pytest.mark.parametrize(
    ("text", "number"),
    [("9995", 9_995), (" £12,995 ", 12_995), ("1.4", 1.4), ("-3", -3), ("", None)],
)
def test_a_number_may_have_its_pound_sign_and_commas(text: str, number: float | None) -> None:
    found = number_of(text)
    assert math.isnan(found) if number is None else found == number


@pytest.mark.parametrize("text", ["nan", "inf", "1e400", "1e9", "12k", "£", "1_0 0"])
def test_what_is_no_number_is_refused(text: str) -> None:
    with pytest.raises(ValueError, match=r"."):
        number_of(text)


@pytest.mark.parametrize("text", ["2026-02-30", "2026-02-01x", "yesterday", "01/02/2026"])
def test_what_is_no_day_is_refused(text: str) -> None:
    with pytest.raises(ValueError, match=r"."):
        day_of(text)
