"""`make evaluate ARGS="--only values"`, on a small market."""

from pathlib import Path

import pytest

from evaluation import values
from tests.listings.pricing.value.test_evaluate_values import rows


def test_without_the_data_it_says_why_nothing_is_measured(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    values.show(tmp_path / "absent")
    assert capsys.readouterr().out == f"values: skipped, as there is no {tmp_path}/absent\n"


def test_each_row_is_taken_once_and_no_year_that_cannot_be() -> None:
    table = [{"make": "ford", "year": year} for year in ("2017", "2017", "2060", "1970", "2018")]
    assert [row["year"] for row in values.cleaned(table)] == ["2017", "2018"]


@pytest.mark.slow
def test_what_must_hold_of_any_market_holds_of_a_small_one() -> None:
    table = [{name: str(cell) for name, cell in row.items()} for row in rows(1_500, 1)]
    measured = list(values.lines(table, values.ALL, 1))
    must = ("monotone violations", "own price +10 %: own value until then")
    exact = [each for each in measured if each.startswith(must)]
    assert len(exact) == 2
    assert all(" pass " in each for each in exact), exact
    assert any(each.startswith("MAPE") for each in measured)
