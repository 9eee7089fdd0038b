"""What has become of every row: in the order of the file, and as CSV for a spreadsheet."""

import csv
import io

import pytest

from dealers.feeds.imports.pipeline import get_on
from dealers.feeds.imports.report import report_csv, report_rows
from dealers.models import FeedCar, FeedRun
from tests import make
from tests.dealers.feeds.feed_files import zipped
from tests.dealers.feeds.stock import LONG, as_csv, bring, car, receive

pytestmark = pytest.mark.django_db


def read(run: FeedRun) -> list[dict[str, str]]:
    return list(csv.DictReader(io.StringIO("".join(report_csv(run=run)))))


def test_every_row_of_the_file_and_every_absent_car_is_told_once() -> None:
    feed = make.feed()
    bring(feed, [car(n) for n in range(6)])
    run = bring(feed, [car(0), car(1, price=9_000), car(2, year=2060), car(7), car(7), car(4)])
    assert [(row["line"], row["external_id"], row["outcome"]) for row in read(run)] == [
        ("2", "S0", "unchanged"),
        ("3", "S1", "updated"),
        ("4", "S2", "rejected"),
        ("5", "S7", "duplicate"),
        ("6", "S7", "created"),
        ("7", "S4", "unchanged"),
        ("", "S3", "held"),
        ("", "S5", "held"),
    ]
    rows = {row["line"]: row for row in read(run)}
    assert rows["3"]["fields"] == "price"
    assert rows["4"]["reasons"] == "year: This year is to come."
    assert rows["5"]["reasons"] == "Line 6 is the same car: the last one counts."
    assert rows["6"]["warnings"] == "The car stands in the file more than once: this row counts."


@pytest.mark.parametrize(
    "text", ["=1+1", "+1", "-1", "@SUM(A1)", '=HYPERLINK("http://a.com","x")', "=cmd|' /C calc'!A0"]
)
def test_no_cell_of_the_report_is_a_formula(text: str) -> None:
    feed = make.feed(columns=(*make.FEED_COLUMNS, "branch"))
    columns = (*make.FEED_COLUMNS, "branch")
    rows = [car(1, stock_ref=text, branch=text), car(2, stock_ref=text, year=2060)]
    run = bring(feed, rows, columns=columns)
    for row in read(run):
        assert row["external_id"] == f"'{text}"
        assert not any(cell.startswith(("=", "+", "-", "@", "\t", "\r")) for cell in row.values())
    assert {row.external_id for row in report_rows(run_id=run.pk)} == {text}


def test_the_name_of_a_file_in_an_archive_is_no_formula_either() -> None:
    feed = make.feed()
    run = receive(feed, zipped({"=1+1.csv": as_csv([car(1)])}))
    run = get_on(run_id=run.pk, seconds=LONG) or run
    assert [row["file_name"] for row in read(run)] == ["'=1+1.csv"]


def test_pages_of_any_size_tell_the_same() -> None:
    feed = make.feed()
    bring(feed, [car(n) for n in range(9)])
    run = bring(feed, [car(n, price=5 + n % 2 * (9_995 + n)) for n in range(8)])
    whole = report_rows(run_id=run.pk)
    assert len(whole) == 9
    for size in (1, 2, 5):
        pages, after = [], 0
        while page := report_rows(run_id=run.pk, after=after, limit=size):
            assert len(page) <= size
            pages += page
            after = page[-1].number
        assert pages == whole


def test_a_held_run_tells_what_waits() -> None:
    feed = make.feed()
    bring(feed, [car(n) for n in range(30)])
    run = bring(feed, [car(1), car(2, price=5)])
    assert run.state == "held"
    told = [(row["external_id"], row["outcome"]) for row in read(run)]
    assert told[:2] == [("S1", "unchanged"), ("S2", "waiting")]
    assert len(told) == 30


def test_columns_that_nobody_mapped_are_kept_with_the_car() -> None:
    feed = make.feed()
    columns = (*make.FEED_COLUMNS, "Sales person", "Part of")
    row = {**car(1), "Sales person": "Zoë", "Part of": "=fleet"}
    bring(feed, [row], columns=columns)
    assert FeedCar.objects.get().extra == {"Sales person": "Zoë", "Part of": "=fleet"}
    row["Sales person"] = "Ann"
    bring(feed, [row], columns=columns)
    extra = FeedCar.objects.get().extra
    assert extra is not None
    assert extra["Sales person"] == "Ann"
