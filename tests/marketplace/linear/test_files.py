"""No file makes its reader run away: the work grows as its rows, columns, files and values do."""

import gzip
import io
import json
from collections.abc import Callable, Mapping
from contextlib import suppress
from datetime import date
from functools import partial

import pytest

from dealers.feeds.cells import read_car
from dealers.feeds.columns import ColumnMapper, find_drift, followed, proposed, suggest
from dealers.feeds.files import UnreadableFeed, preview, read_rows
from tests.dealers.feeds.feed_files import zipped
from tests.marketplace.linear.growth import Work, bounded, runaways

pytestmark = pytest.mark.slow

SECONDS_MAX = 40
TODAY = date(2026, 3, 1)
HEADER = b"Vehicle_Id,Make,Model,Price\n"
ROW = b"1,Ford,Ka,5\n"
CARS = HEADER + ROW * 3
CAR = b"<car><id>1</id><make>Ford</make><model>Ka</model></car>"
OBJECT = b'{"id": "1", "make": "Ford", "model": "Ka"}'


def _csv(head: bytes, part: bytes, end: bytes = b"") -> Callable[[int], bytes]:
    return lambda count: head + part * count + end


def _numbered(head: str, part: str, end: str = "", *, between: str = "") -> Callable[[int], bytes]:
    return lambda count: (
        head + between.join(part.format(n=n) for n in range(count)) + end
    ).encode()


def _nested(
    head: str, opening: str, inside: str, closing: str, end: str = ""
) -> Callable[[int], bytes]:
    return lambda count: f"{head}{opening * count}{inside}{closing * count}{end}".encode()


def _zip_of(files: Callable[[int], Mapping[str, bytes]]) -> Callable[[int], bytes]:
    return lambda count: zipped(files(count))


def _gzip_of(content: Callable[[int], bytes]) -> Callable[[int], bytes]:
    return lambda count: gzip.compress(content(count), mtime=0)


FILES: dict[str, Callable[[int], bytes]] = {
    "csv: rows": _csv(HEADER, ROW),
    "csv: blank lines": _csv(b"", b"\n", CARS),
    "csv: blank rows": _csv(HEADER, b" , ,,\n"),
    "csv: quotes never closed": _csv(HEADER, b'1,"Ford,Ka,5\n'),
    "csv: quotes in the middle": _csv(HEADER, b'1,F"o"rd,"K"a",5\n'),
    "csv: one quote for all": _csv(HEADER + b'"', ROW),
    "csv: quotes alone": _csv(CARS, b'"'),
    "csv: backslashes": _csv(HEADER, b'1,"a\\"b,Ka,5\n'),
    "csv: one line": _csv(CARS, b"Ford "),
    "csv: one header": _csv(b"", b"Make "),
    "csv: columns": _numbered("", "c{n}", "\n" + "1," * 50, between=","),
    "csv: equal columns": _csv(b"", b"Image,", b"\n1,2,3\n"),
    "csv: cells": _csv(CARS, b"a,"),
    "csv: ragged rows": _csv(HEADER, b"1,Ford\n1,2,3,4,5,6,7,8\n"),
    "csv: titles": _csv(b"Stock of today\n", b"\n,,,\n", CARS),
    "csv: every separator": _csv(b"a,b;c|d\te\n", b"1,2;3|4\t5\n"),
    "csv: carriage returns": _csv(HEADER, b"1,Ford,Ka,5\r"),
    "csv: nulls": _csv(HEADER, b"\0" + ROW),
    "csv: marks of order": _csv(HEADER, "\ufeff".encode() + ROW),
    "csv: two encodings": _csv(HEADER, b"1,Citro\xebn,Citro\xc3\xabn,5\n"),
    "utf-16: rows": lambda count: (HEADER + ROW * count).decode().encode("utf-16"),
    "utf-16: halves": lambda count: b"\xff\xfe" + b"\x00\xd8a\x00,\x00" * count,
    "json: rows": _csv(b'{"cars": [' + OBJECT, b"," + OBJECT, b"]}"),
    "json: spaces": _csv(b'{"cars": [', b" \n", OBJECT + b"]}"),
    "json: arrays": _nested("", "[", "1", "]"),
    "json: objects": _nested("", '{{"a":'.format(), "1", "}"),
    "json: a nested row": _nested('{"cars": [{"id": "1", "a": ', '{"b": [', "1", "]}", "}]}"),
    "json: keys": _numbered('{"cars": [{', '"k{n}": 1', "}]}", between=","),
    "json: equal keys": _csv(b'{"cars": [{"a": 1', b',"k": 1', b"}]}"),
    "json: values": _csv(b'{"cars": [{"id": 1, "photos": [""', b',"a.jpg"', b"]}]}"),
    "json: lists of lists": _csv(b'{"cars": [{"id": 1, "a": [[]', b",[1,2]", b"]}]}"),
    "json: arrays of other things": _numbered(
        '{"a": 1', ',"k{n}": [{{"x": 1, "y": 2, "z": 3}}]', "}"
    ),
    "json: one text": _csv(b'[{"id": "1", "make": "', b"Ford ", b'"}]'),
    "json: escapes": _csv(b'[{"id": "1", "make": "', b"\\ud800\\u0000", b'"}]'),
    "json: digits": _csv(b'[{"id": 1', b"1", b"}]"),
    "json: decimals": _csv(b'[{"id": 1.', b"1", b"}]"),
    "json: exponent": _csv(b'[{"id": 1e', b"9", b"}]"),
    "json: one key": _csv(b'[{"', b"make", b'": 1, "b": 2}]'),
    "json: long key above others": lambda count: json.dumps(
        {"k" * count: [{f"a{n}": n for n in range(count)}]}
    ).encode(),
    "lines: rows": _csv(b"", OBJECT + b"\n"),
    "lines: broken": _csv(OBJECT + b"\n", b"{\n"),
    "lines: blank": _csv(OBJECT + b"\n", b"\n"),
    "lines: nested": _nested(OBJECT.decode() + "\n", '{"a":', "1", "}", "\n"),
    "lines: digits": _csv(b'{"id": 1', b"1", b"}\n" + OBJECT),
    "xml: rows": _csv(b"<cars>", CAR, b"</cars>"),
    "xml: comments before": _csv(b"", b"<!-- a -->", b"<cars>" + CAR + b"</cars>"),
    "xml: comments never closed": _csv(b"", b"<!-- a ", b"<cars>"),
    "xml: comments between": _csv(b"<cars>" + CAR, b"<!-- a -->", CAR + b"</cars>"),
    "xml: instructions": _csv(b"<?xml version='1.0'?>", b"<?a b?>", b"<cars>" + CAR + b"</cars>"),
    "xml: nested": _nested("<cars>", "<a>", "1", "</a>", "</cars>"),
    "xml: equal names": _nested("", "<car>", "1", "</car>"),
    "xml: never closed": _csv(b"<cars>", b"<car><a>1</a>"),
    "xml: attributes": _numbered("<cars><car", " a{n}='1'", "/></cars>"),
    "xml: equal attributes": _csv(b"<cars><car", b" a='1'", b"/></cars>"),
    "xml: namespaces": _numbered("<cars", " xmlns:p{n}='u{n}'", "><car><a>1</a></car></cars>"),
    "xml: namespaces within": _numbered("<cars>", "<a xmlns:p{n}='u{n}'>", "</cars>"),
    "xml: undeclared": _numbered("<cars>", "<car><p{n}:a>1</p{n}:a><b>1</b></car>", "</cars>"),
    "xml: names": _numbered("<cars>", "<c{n}><a>1</a><b>2</b><c>3</c></c{n}>", "</cars>"),
    "xml: names that hold rows": _numbered(
        "<a>", "<c{n}><car><b>1</b><c>2</c></car></c{n}>", "</a>"
    ),
    "xml: one name": _csv(b"<cars><car><", b"a", b">1</car></cars>"),
    "xml: elements of a row": _csv(b"<cars><car><a>1</a>", b"<b>1</b>", b"</car></cars>"),
    "xml: entities": _csv(b"<cars><car><a>", b"&amp;&x;&#1;& &#99", b"</a></car></cars>"),
    "xml: entities declared late": _csv(
        b"<!--" + b" " * 70_000 + b"--><!DOCTYPE a [<!ENTITY x 'xxxxxxxxxx'>]><cars><car b='",
        b"&x;",
        b"'><a>1</a></car></cars>",
    ),
    "xml: sections": _csv(b"<cars><car><a>", b"<![CDATA[x]]>", b"</a></car></cars>"),
    "xml: doctype": _csv(b"<!DOCTYPE cars [", b"<!ELEMENT a ANY>", b"]><cars>" + CAR + b"</cars>"),
    "xml: one text": _csv(b"<cars><car><a>", b"Ford ", b"</a></car></cars>"),
    "xml: one tag": _csv(b"<cars><car", b" ", b"><a>1</a></car></cars>"),
    "html": _csv(b"<!-- a -->\n", b"<!-- -->", b"<html>"),
    "gzip: blank lines": _gzip_of(_csv(b"", b"\n" * 100, CARS)),
    "gzip: members": lambda count: gzip.compress(b"", mtime=0) * count + gzip.compress(CARS),
    "gzip: again": lambda count: gzip.compress(gzip.compress(CARS * count)),
    "zip: parts": _zip_of(lambda count: {f"{n}.csv": CARS for n in range(count // 8)}),
    "zip: pictures": _zip_of(
        lambda count: {**{f"{n}.jpg": b"\xff\xd8\xff" for n in range(count)}, "a.csv": CARS}
    ),
    "zip: folders": _zip_of(lambda count: {**{f"{n}/": b"" for n in range(count)}, "a.csv": CARS}),
    "zip: a deep name": _zip_of(lambda count: {"a/" * count + "a.csv": CARS}),
    "zip: equal keys of a pair": _zip_of(
        lambda count: {"a.csv": CARS, "b.csv": b"Vehicle_Id,Picture\n" + b"1,a.jpg\n" * count}
    ),
    "zip: columns of a pair": _zip_of(
        lambda count: {
            "a.csv": HEADER + ROW * count,
            "b.csv": b"Vehicle_Id," + b"Picture," * 240 + b"\n" + b"1," + b"a," * 240 + b"\n",
        }
    ),
    "bytes: nulls": _csv(b"", b"\0"),
    "bytes: high": _csv(b"a,b\n", b"\xff\xfe\x80"),
}


@pytest.mark.parametrize("kind", FILES)
def test_no_file_runs_away_with_its_reader(kind: str) -> None:
    works: dict[str, Work] = {
        "rows": partial(_call, _read, FILES[kind]),
        "preview": partial(_call, _begin, FILES[kind]),
    }
    with bounded(SECONDS_MAX):
        assert runaways(works, short=64, start=512, most=4_096) == []


def _call(
    reader: Callable[[io.BytesIO], None], made: Callable[[int], bytes], count: int
) -> Callable[[], object]:
    content = made(count)

    def call() -> None:
        with suppress(UnreadableFeed):
            reader(io.BytesIO(content))

    return call


def _read(stream: io.BytesIO) -> None:
    for row in read_rows(stream):
        str(row)


def _begin(stream: io.BytesIO) -> None:
    preview(stream)


HEADERS: dict[str, str] = {
    "unknown": "Somebody's {n}",
    "almost known": "registratoin {n}",
    "numbered": "Image {n}",
    "spelt": "Price {letters}",
    "listed": "images[{n}].url",
    "nested": "a{n}.vehicle.make",
    "of photos": "a{n}.image.url",
    "of features": "a{n}.features",
    "units": "Mileage KM {n}",
    "long": "Make " * 30 + "{n}",
    "signs": "@g:{n}#2[0]",
}
COLUMNS_MAX = 1_000
"""From here on a number makes a column of its own, where below it is one place of a list."""
CELLS = ("Petrol", "https://a.example.com/1.jpg " * 20)


@pytest.mark.parametrize("cell", CELLS)
@pytest.mark.parametrize("kind", HEADERS)
def test_no_columns_run_away_with_their_mapping(kind: str, cell: str) -> None:
    works: dict[str, Work] = {
        "suggestion": partial(_suggested, HEADERS[kind], cell),
        "drift": partial(_drifted, HEADERS[kind], cell),
        "rows": partial(_mapped, HEADERS[kind], cell),
    }
    with bounded(SECONDS_MAX):
        assert runaways(works, short=16, start=50, most=COLUMNS_MAX // 4) == []


def _row(header: str, cell: str, count: int) -> dict[str, str]:
    return {header.format(n=n, letters=_letters(n)): cell for n in range(count)}


def _letters(number: int) -> str:
    return "".join(chr(ord("a") + int(digit)) for digit in str(number))


def _suggested(header: str, cell: str, count: int) -> Callable[[], object]:
    row = _row(header, cell, count)
    return lambda: suggest(tuple(row), [row] * 8)


def _drifted(header: str, cell: str, count: int) -> Callable[[], object]:
    row = _row(header, cell, count)
    confirmed = suggest(tuple(row)[::2]).mapping()

    def call() -> None:
        found = find_drift(confirmed, row)
        followed(confirmed, found)
        proposed(confirmed, found, row, [row])

    return call


def _mapped(header: str, cell: str, count: int) -> Callable[[], object]:
    row = _row(header, cell, count)
    mapping = suggest(tuple(row)).mapping()
    return lambda: read_car(ColumnMapper(mapping).apply(row)[0], today=TODAY)
