"""Workbooks as dealers send them: titles, dates, whole numbers, several sheets, and broken ones."""

import io
import zipfile
from datetime import date

import pytest

from dealers.feeds.files import SourceRow, UnreadableFeed
from tests.dealers.feeds.feed_files import Cell, cells_of, refused, rows_of, workbook, zipped

HEADER = ("Stock No", "Reg", "Make", "Price", "MOT", "VAT", "Notes")
CAR = ("00123", "AB17 CDE", "Škoda", 12995, date(2027, 3, 1), True, "Two owners\nFull history")
READ = ("00123", "AB17 CDE", "Škoda", "12995", "2027-03-01", "true", "Two owners\x85Full history")


def car(*cells: Cell) -> list[Cell]:
    return [*cells, *CAR[len(cells) :]]


def test_cells_are_what_a_person_sees() -> None:
    rows = rows_of(workbook({"Stock": [HEADER, CAR]}))
    assert rows == [SourceRow(2, dict(zip(HEADER, READ, strict=True)))]


@pytest.mark.parametrize(
    ("cell", "text"),
    [
        (41000.0, "41000"),
        (12345678901234, "12345678901234"),
        (1.6, "1.6"),
        (0.1, "0.1"),
        (1e13, "10000000000000"),
        ('says "hi", he\tdoes', 'says "hi", he does'),
        ("<b>", "<b>"),
        (None, ""),
    ],
)
def test_a_number_or_text_is_as_it_would_be_typed(cell: Cell, text: str) -> None:
    assert cells_of(workbook({"Stock": [HEADER, car(cell)]}))[0]["Stock No"] == text


def test_titles_and_blank_rows_are_passed_over_and_lines_are_the_sheets() -> None:
    sheet: list[tuple[Cell, ...]] = [(), ("Smith Cars",), (), HEADER, CAR, (), tuple(car("4"))]
    rows = rows_of(workbook({"Stock": sheet}))
    assert [(row.line, row.cells["Stock No"]) for row in rows] == [(5, "00123"), (7, "4")]


def test_sheets_of_one_header_are_one_table_and_others_are_passed_over() -> None:
    sheets: dict[str, list[tuple[Cell, ...]]] = {
        "Read me": [("Fill in the next sheet",), ("a", "b", "c")],
        "Leeds": [HEADER, CAR, tuple(car("7"))],
        "York": [("York",), HEADER, tuple(car("8"))],
        "Lists": [("Fuel", "Gearbox", "Body"), ("Petrol", "Manual", "Estate")],
        "Old": [HEADER, tuple(car("9"))],
    }
    rows = rows_of(workbook(sheets, hidden=["Old"]))
    assert [(row.source, row.cells["Stock No"]) for row in rows] == [
        ("Leeds", "00123"),
        ("Leeds", "7"),
        ("York", "8"),
    ]


def test_a_large_sheet_is_read_to_its_end() -> None:
    rows = [HEADER, *(tuple(car(str(n))) for n in range(20_000))]
    read = rows_of(workbook({"Stock": rows}))
    assert (len(read), read[-1].line, read[-1].cells["Stock No"]) == (20_000, 20_001, "19999")


def test_a_workbook_that_cannot_be_read_is_refused_for_its_reason() -> None:
    whole = workbook({"Stock": [HEADER, CAR]})
    assert refused(whole[:-100]) == "truncated"
    assert refused(workbook({"Stock": []})) == "empty_file"
    assert refused(b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + bytes(500)) == "spreadsheet"


def with_cell(content: bytes, place: str, value: str) -> bytes:
    """Return a workbook with one more cell in its first sheet, in a row of its own at the end."""
    row = "".join(filter(str.isdigit, place))
    more = f'<row r="{row}"><c r="{place}"{value}</row></sheetData>'
    with zipfile.ZipFile(io.BytesIO(content)) as archive:
        files = {name: archive.read(name) for name in archive.namelist()}
    sheet = files["xl/worksheets/s1.xml"].decode()
    files["xl/worksheets/s1.xml"] = sheet.replace("</sheetData>", more).encode()
    return zipped(files)


STRAY = ' t="inlineStr"><is><t>x</t></is></c>'


@pytest.mark.parametrize("place", ["XFD1048576", "ZZ1048576", "XFD900", "BZ600000"])
def test_a_cell_far_from_the_table_is_refused_by_its_name(place: str) -> None:
    content = with_cell(workbook({"Stock": [HEADER, CAR]}), place, STRAY)
    with pytest.raises(UnreadableFeed) as refusal:
        rows_of(content)
    assert refusal.value.reason == "too_large"
    assert place in refusal.value.message


@pytest.mark.parametrize("place", ["XFD1048576", "A1048576"])
def test_a_cell_far_from_the_table_that_is_only_coloured_does_no_harm(place: str) -> None:
    content = with_cell(workbook({"Stock": [HEADER, CAR]}), place, ' s="1"/>')
    assert len(rows_of(content)) == 1


@pytest.mark.parametrize(
    ("place", "reason"), [("A1048576", "malformed"), ("XFD5", "too_many_columns")]
)
def test_a_cell_far_down_or_far_right_is_refused_for_what_lies_between(
    place: str, reason: str
) -> None:
    assert refused(with_cell(workbook({"Stock": [HEADER, CAR]}), place, STRAY)) == reason


def test_a_note_below_the_table_is_a_row_of_it() -> None:
    assert len(rows_of(with_cell(workbook({"Stock": [HEADER, CAR]}), "A900", STRAY))) == 2
