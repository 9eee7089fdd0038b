"""`manage.py evaluate_values`: learnt from one file, asked of another, without a database."""

import csv
import os
import random
import subprocess
import sys
from collections.abc import Iterable, Sequence
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from django.core.management import CommandError, call_command

from tests.listings.pricing.value.generated_cars import generated

MAKES = ("ford", "bmw", "vw")
FUELS, GEARBOXES = ("Petrol", "Diesel", "Hybrid"), ("Manual", "Semi-Auto")
TRIMS = ("SE", "Sport", "S line", "RS")
COLUMNS = "make,model,year,price,transmission,mileage,fuelType,tax,mpg,engineSize".split(",")  # noqa: SIM905 - as a file has them

pytestmark = pytest.mark.slow


def rows(count: int, seed: int, *, has_derivative: bool = False) -> list[dict[str, Any]]:
    table = generated(count, seed).cars
    result = []
    for at in range(count):
        litres = table.engine_cc[at] / 1_000
        row: dict[str, Any] = {
            "make": MAKES[table.make[at]],
            "model": f" Model {table.model[at]}",
            "year": 2024 - int(table.age_years[at]),
            "price": int(table.price[at]),
            "transmission": GEARBOXES[table.transmission[at]],
            "mileage": int(table.mileage[at]),
            "fuelType": FUELS[table.fuel[at]],
            "tax": 145,
            "mpg": 55.4,
            "engineSize": f"{litres:.1f}",
        }
        if has_derivative:
            row["derivative"] = f"{litres:.1f} {TRIMS[table.trim[at]]} 5dr"
        result.append(row)
    return result


def write(path: Path, table: Sequence[dict[str, Any]]) -> Path:
    with path.open("w", newline="") as file:
        writer = csv.DictWriter(file, list(table[0]))
        writer.writeheader()
        writer.writerows(table)
    return path


def read(path: Path) -> list[dict[str, str]]:
    with path.open(newline="") as file:
        return list(csv.DictReader(file))


def evaluate(train: Path, test: Path) -> list[dict[str, str]]:
    out = train.parent / "out.csv"
    call_command("evaluate_values", train=train, test=test, out=out, verbosity=0)
    return read(out)


def error(answers: Iterable[dict[str, str]]) -> float:
    shares = [abs(int(row["value"]) / int(row["price"]) - 1) for row in answers if row["value"]]
    return float(np.mean(shares))


def test_each_row_comes_back_with_its_value_and_a_label_or_a_reason(tmp_path: Path) -> None:
    asked = rows(400, 2)
    asked[0]["model"], asked[1]["mileage"] = "Unheard of", ""
    for row in asked[-20:]:
        row["price"] = ""
    train, test = write(tmp_path / "a.csv", rows(1_500, 1)), write(tmp_path / "b.csv", asked)
    answers = evaluate(train, test)
    assert [row["mileage"] for row in answers] == [str(row["mileage"]) for row in asked]
    assert [row["reason"] for row in answers[:2]] == ["unknown_model", "missing_details"]
    assert answers[0]["value"] == answers[1]["low_80"] == ""
    unpriced = {row["reason"] for row in answers[-20:] if row["value"]}
    assert unpriced == {"no_price"}
    for row in answers:
        assert bool(row["label"]) != bool(row["reason"])
        if row["value"]:
            ends = [int(row[name]) for name in ("low_90", "low_80", "value", "high_80", "high_90")]
            assert ends == sorted(ends)
    assert sum(bool(row["label"]) for row in answers) > 100
    assert error(answers[:-20]) < 0.12


def test_a_derivative_helps_however_it_is_written_and_a_strange_one_breaks_nothing(
    tmp_path: Path,
) -> None:
    learnt, asked = (
        rows(count, seed, has_derivative=True) for count, seed in ((1_500, 1), (400, 2))
    )
    for row in asked[::2]:
        row["derivative"] = str(row["derivative"]).upper().replace(" 5DR", ", 5 door")
    train, test = write(tmp_path / "a.csv", learnt), write(tmp_path / "b.csv", asked)
    with_derivative = error(evaluate(train, test))
    plain = write(tmp_path / "c.csv", rows(1_500, 1)), write(tmp_path / "d.csv", rows(400, 2))
    assert with_derivative < 0.9 * error(evaluate(*plain))
    for row in asked:
        row["derivative"] = "Ünheard öf £€ " * 40
    assert error(evaluate(train, write(test, asked))) < 0.15


def test_rows_in_another_order_have_the_same_values(tmp_path: Path) -> None:
    learnt, asked = rows(1_500, 1), rows(200, 2)
    train, test = write(tmp_path / "a.csv", learnt), write(tmp_path / "b.csv", asked)
    first = evaluate(train, test)
    random.Random(3).shuffle(learnt)  # noqa: S311 - the same order each time
    turned = asked[::-1]
    assert evaluate(write(train, learnt), write(test, turned))[::-1] == first


FAULTS = [
    ({"price": "12k"}, "line 3: price is no number: '12k'"),
    ({"mileage": "-5"}, "line 3: mileage is no number: '-5'"),
    ({"year": "nan or so"}, "line 3: year is no number"),
    ({"make": " "}, "line 3: make is empty"),
    ({"price": "1e400"}, "line 3: price is no number"),
]


@pytest.mark.parametrize(("cells", "says"), FAULTS)
def test_a_bad_cell_is_named_by_its_line_and_what_stood_there_is_kept(
    tmp_path: Path, cells: dict[str, str], says: str
) -> None:
    table = rows(60, 1)
    table[1] |= cells
    train = write(tmp_path / "a.csv", table)
    out = tmp_path / "out.csv"
    out.write_text("earlier answers")
    with pytest.raises(CommandError, match=says):
        call_command("evaluate_values", train=train, test=train, out=out)
    assert out.read_text() == "earlier answers"


@pytest.mark.parametrize(
    ("text", "says"),
    [
        ("make,model,year,price\nford,Fiesta,2015,4000\n", "line 1: no column mileage"),
        ("", "line 1: no column make"),
        (",".join(COLUMNS) + "\nford,Fiesta,2015\n", "line 2: 3 cells, not 10"),
        (",".join([*COLUMNS, "price"]) + "\n", "line 1: the column price stands twice"),
        (",".join(COLUMNS) + '\nford,"Fiesta\n', "line 2"),
        (",".join(COLUMNS) + "\n", "0 cars with a price"),
    ],
)
def test_a_bad_file_is_refused_with_its_line(tmp_path: Path, text: str, says: str) -> None:
    train = tmp_path / "a.csv"
    train.write_text(text)
    with pytest.raises(CommandError, match=says):
        call_command("evaluate_values", train=train, test=train, out=tmp_path / "out.csv")
    assert not (tmp_path / "out.csv").exists()


def test_no_database_is_needed(tmp_path: Path) -> None:
    train, test = write(tmp_path / "a.csv", rows(500, 1)), write(tmp_path / "b.csv", rows(20, 2))
    out = tmp_path / "out.csv"
    environment = os.environ | {"DATABASE_URL": "postgresql://nobody@127.0.0.1:1/none"}
    command = [sys.executable, "manage.py", "evaluate_values"]
    files = ["--train", str(train), "--test", str(test), "--out", str(out)]
    done = subprocess.run(
        command + files, env=environment, check=False, capture_output=True, text=True
    )
    assert done.returncode == 0, done.stderr
    assert len(read(out)) == 20
