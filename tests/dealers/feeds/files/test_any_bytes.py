"""Whatever bytes arrive, reading them ends, with rows or with a refusal."""

import csv
import gzip
import io
import json
import random
from collections.abc import Callable
from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from dealers.feeds.cells import read_car
from dealers.feeds.columns import ColumnMapper, find_drift, suggest
from dealers.feeds.files import SourceRow, UnreadableFeed, preview, read_rows
from tests.dealers.feeds.feed_files import zipped

TODAY = date(2026, 3, 1)

HEADERS = ("Stock ID", "Reg", "Make", "Model", "Price", "Mileage", "Year", "Fuel", "Comments")
CARS = [
    {
        "Stock ID": str(number),
        "Reg": f"AB{10 + number % 10}CDE",
        "Make": "Citroën",
        "Model": 'C3 "Aircross"',
        "Price": f"£{5 + number},995",
        "Mileage": str(number * 997),
        "Year": "2017",
        "Fuel": "Petrol",
        "Comments": "Nice,\nclean & <b>tidy</b>",
    }
    for number in range(40)
]


def _csv() -> bytes:
    out = io.StringIO()
    writer = csv.DictWriter(out, HEADERS)
    writer.writeheader()
    writer.writerows(CARS)
    return out.getvalue().encode()


def _xml() -> bytes:
    tags = {header: header.replace(" ", "_") for header in HEADERS}
    rows = (
        "".join(f"<{tag}><![CDATA[{car[header]}]]></{tag}>" for header, tag in tags.items())
        for car in CARS
    )
    return f"<stock>{''.join(f'<vehicle>{row}</vehicle>' for row in rows)}</stock>".encode()


WHOLE: dict[str, bytes] = {
    "csv": _csv(),
    "utf-16": _csv().decode().encode("utf-16"),
    "json": json.dumps({"vehicles": CARS}).encode(),
    "lines": "\n".join(map(json.dumps, CARS)).encode(),
    "xml": _xml(),
    "gzip": gzip.compress(_csv(), mtime=0),
    "zip": zipped({"stock.csv": _csv(), "1.jpg": b"\xff\xd8\xff"}),
}


def read_through(content: bytes) -> list[SourceRow]:
    """Read a feed as an import does; what it refuses yields nothing."""
    stream = io.BytesIO(content)
    try:
        beginning = preview(stream, rows=5)
        suggestion = suggest(beginning.headers, [row.cells for row in beginning.rows])
        mapper = ColumnMapper(suggestion.mapping())
        rows = list(read_rows(stream))
    except UnreadableFeed:
        return []
    for row in rows:
        car = read_car(mapper.apply(row.cells)[0], today=TODAY)
        said = str((car.make, car.model, car.values))
        assert "\0" not in said
        said.encode()
        for finding in (*car.warnings, *car.errors):
            assert finding.code
    find_drift(suggestion.mapping(), [header for row in rows for header in row.cells])
    return rows


@pytest.mark.parametrize("kind", WHOLE)
def test_whole_files_are_read_whole(kind: str) -> None:
    assert len(read_through(WHOLE[kind])) == len(CARS)


@given(st.binary(max_size=2_000))
def test_any_bytes(content: bytes) -> None:
    read_through(content)


@given(st.text(alphabet="abc,;|\t\"\n\r\\'{}[]<>&!:=/ 01é\x00\ufeff", max_size=400))
def test_any_text_with_the_marks_of_every_format(text: str) -> None:
    read_through(text.encode())
    read_through(f"[{text}".encode())
    read_through(f"<a>{text}".encode())


@given(st.sampled_from(sorted(WHOLE)), st.randoms(use_true_random=False))
def test_damaged_files(kind: str, chance: random.Random) -> None:
    content = WHOLE[kind]
    for _ in range(chance.randrange(1, 6)):
        content = chance.choice(DAMAGES)(content, chance)
    read_through(content)


@given(st.sampled_from(sorted(WHOLE)), st.floats(0, 1))
def test_a_file_cut_anywhere_has_no_row_that_the_whole_has_not(kind: str, share: float) -> None:
    content = WHOLE[kind]
    known = {car["Stock ID"] for car in CARS}
    for row in read_through(content[: int(len(content) * share)]):
        assert row.cells.get("Stock ID", row.cells.get("Stock_ID", "0")) in known


def _flip(content: bytes, chance: random.Random) -> bytes:
    changed = bytearray(content or b"x")
    changed[chance.randrange(len(changed))] = chance.randrange(256)
    return bytes(changed)


def _cut(content: bytes, chance: random.Random) -> bytes:
    return content[: chance.randrange(len(content) + 1)]


def _remove(content: bytes, chance: random.Random) -> bytes:
    at = chance.randrange(len(content) + 1)
    return content[:at] + content[at + chance.randrange(1, 20) :]


def _repeat(content: bytes, chance: random.Random) -> bytes:
    start = chance.randrange(len(content) + 1)
    part = content[start : start + chance.randrange(1, 200)]
    return content[:start] + part * chance.randrange(1, 30) + content[start:]


def _insert(content: bytes, chance: random.Random) -> bytes:
    at = chance.randrange(len(content) + 1)
    mark = chance.choice(
        [
            *(b'"', b"\x00", b"<", b"&x;", b"]]>", b"{", b"\\", b"\r", b"\xff\xfe", b",,"),
            *(b"9" * 5_000, b": 1e9999999999999999999999", b"<g:id>", b"<g:id/>", b" g:a='1'"),
            *(b"<!--" * 30, b"&#x110000;", b"&#" + b"1" * 5_000 + b";", b"\xed\xa0\x80"),
        ]
    )
    return content[:at] + mark + content[at:]


DAMAGES: tuple[Callable[[bytes, random.Random], bytes], ...] = (
    _flip,
    _cut,
    _remove,
    _repeat,
    _insert,
)
