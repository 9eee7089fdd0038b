"""JSON: one document with an array of objects, or one object on each line.

Nested values are the cells of one row: `mileage.value`, `image[0].url`.
"""

import io
import json
import re
from collections.abc import Iterator
from typing import Any

import ijson

from dealers.feeds.files.json_text import BEHIND_MAX, JsonMender, malformed_json, text_after_end
from dealers.feeds.files.limits import (
    COLUMNS_MAX,
    DEPTH_MAX,
    HEADER_CHARACTERS_MAX,
    LINE_CHARACTERS_MAX,
    VALUE_BYTES_MAX,
)
from dealers.feeds.files.rows import BlankRows, Fault, SourceRow, UnreadableFeed, storable
from dealers.feeds.files.shapes import Path, Shape, names_rows

_CHUNK = 64 * 1024
_BEHIND = "trailing garbage"
# schema.org's enumerations are addresses: "https://schema.org/InStock".
_SCHEMA_ORG = ("https://schema.org/", "http://schema.org/")
_WORDS = re.compile(r"(?<=[a-z])(?=[A-Z])")
_STRUCTURE = frozenset(["map_key", "start_map", "end_map", "start_array", "end_array"])
Event = tuple[str, Any]
Value = object
"""What JSON holds: dict, list, str, bool, None, or a number of any type."""


def document_rows(text: io.TextIOWrapper, sample: str, remarks: list[str]) -> Iterator[SourceRow]:
    """Yield the objects of the array that holds the cars, numbered from 1; add to the remarks."""
    path = _shape(sample).rows()
    builder = _Builder(() if path is None else path)
    for number, row in enumerate(builder.rows(_events(text, remarks)), start=1):
        cells = _flattened(row)
        if any(map(str.strip, cells.values())):
            yield SourceRow(number, cells)


def line_rows(text: io.TextIOWrapper) -> Iterator[SourceRow]:
    """Yield an object for each line; a line that is none is a fault of its own."""
    number, found = 0, False
    blank = BlankRows()
    while line := text.readline(LINE_CHARACTERS_MAX):
        number += 1
        if len(line) == LINE_CHARACTERS_MAX:
            raise UnreadableFeed("too_large", "A line is too long for a row.", line=number)
        if not line.strip():
            blank.add(number)
            continue
        blank.end()
        row = _parsed(line)
        if row is not None:
            found = True
            yield SourceRow(number, _flattened(row))
        elif not found:
            raise UnreadableFeed("malformed", "This line is not valid JSON.", line=number)
        elif not line.endswith(("\n", "\r")):
            message = "The file breaks off before its end."
            raise UnreadableFeed("truncated", message, line=number)
        else:
            yield SourceRow(number, {}, Fault.UNREADABLE)


def is_lines(sample: str) -> bool:
    """Whether the first line is an object of its own, and not a document with the rows inside."""
    first, newline, rest = sample.lstrip().partition("\n")
    row = _parsed(first)
    if row is None:
        return False
    if newline and rest.lstrip().startswith("{"):
        return True
    return not _holds_rows(row, 0)


def _holds_rows(document: dict[str, Any], depth: int) -> bool:
    """Whether an object has an array of cars inside, rather than being a car itself."""
    own = sum(not isinstance(value, dict | list) for value in document.values())
    for name, value in document.items():
        if isinstance(value, dict) and depth < DEPTH_MAX and _holds_rows(value, depth + 1):
            return True
        first = value[0] if isinstance(value, list) and value else None
        if isinstance(first, dict) and (names_rows(name) or len(first) > max(own, 2)):
            return True
    return False


def _parsed(line: str) -> dict[str, Any] | None:
    try:
        row = json.loads(
            line.strip("\ufeff\x00 \t\r\n\x1e,"),
            parse_float=str,
            parse_int=str,
            parse_constant=str,
        )
    except (ValueError, RecursionError):
        return None
    return row if isinstance(row, dict) else None


def _events(text: io.TextIOBase, remarks: list[str]) -> Iterator[Event]:
    """Yield the document's events; raises `UnreadableFeed` where it is no JSON, or a bomb."""
    events: Any = ijson.sendable_list()
    parser = ijson.basic_parse_coro(events)
    mender, piece = JsonMender(), ""
    silent, line = 0, 1
    try:
        while True:
            chunk = text.read(_CHUNK)
            line += piece.count("\n")
            piece = mender.mended(chunk, is_last=not chunk)
            if piece:  # an empty one would end the document
                parser.send(piece.encode("utf-8", "replace"))
            silent = 0 if events else silent + len(chunk)
            if silent > VALUE_BYTES_MAX:
                raise UnreadableFeed("too_large", "A value is too long for a car.")
            yield from events
            del events[:]
            if not chunk:
                break
        parser.close()
    except SystemError as error:  # ijson's, of an integer of more digits than Python reads
        events.clear()  # the last one holds no value at all: whoever looks at it crashes
        raise UnreadableFeed("malformed", "A number has thousands of digits.") from error
    except (ijson.JSONError, ValueError, ArithmeticError) as error:
        yield from events
        if _BEHIND not in str(error):
            raise malformed_json(str(error), piece, line) from error
        rest = mender.rest() + text.read(BEHIND_MAX)
        remarks.append(text_after_end(str(error), piece, line, rest))
        return
    yield from events


def _shape(sample: str) -> Shape:
    shape = Shape(of_arrays=True)
    place = _Place()
    rows: list[Path] = []
    try:
        for kind, value in _events(io.StringIO(sample), []):
            if kind == "start_map" and place.steps[-1:] == ["[]"]:
                rows.append(tuple(place.steps))
                shape.counts[rows[-1]] += 1
            elif rows and kind not in _STRUCTURE:
                shape.add_leaf(rows[-1:], ".".join(place.steps[len(rows[-1]) :]))
            place.follow(kind, value)
            if kind == "end_map" and rows and rows[-1] == tuple(place.steps):
                rows.pop()
    except UnreadableFeed:
        pass  # the sample ends somewhere; what is wrong with the file, its reader will say
    return shape


class _Place:
    """Where in a document its events are: the keys, and "[]" for being inside an array."""

    def __init__(self) -> None:
        self.steps: list[str] = []

    def follow(self, kind: str, value: Any) -> None:
        if kind == "map_key":
            self.steps[-1] = value[:HEADER_CHARACTERS_MAX]
        elif kind == "start_map":
            self.steps.append("")
        elif kind == "start_array":
            self.steps.append("[]")
        elif kind in _STRUCTURE:
            self.steps.pop()
        if len(self.steps) > DEPTH_MAX * 2:
            raise UnreadableFeed("too_deep", "The objects are nested too deeply.")


class _Builder:
    """Builds the objects at one path out of events, and nothing else."""

    def __init__(self, row_path: Path) -> None:
        self._row_path = list(row_path)
        self._place = _Place()
        self._open: list[Any] = []
        self._size = 0

    def rows(self, events: Iterator[Event]) -> Iterator[dict[str, Any]]:
        for kind, value in events:
            if kind in ("start_map", "start_array"):
                self._start(kind)
            elif kind not in _STRUCTURE and self._open:
                self._add(value)
            self._place.follow(kind, value)
            if kind in ("end_map", "end_array") and self._open:
                ended = self._open.pop()
                if not self._open:
                    yield ended

    def _start(self, kind: str) -> None:
        container: Any = {} if kind == "start_map" else []
        if self._open:
            self._add(container)
            self._open.append(container)
        elif kind == "start_map" and self._place.steps == self._row_path:
            self._open.append(container)
            self._size = 0

    def _add(self, value: Any) -> None:
        self._size += len(value) if isinstance(value, str) else 16
        if self._size > VALUE_BYTES_MAX:
            raise UnreadableFeed("too_large", "An object is too large for a car.")
        container = self._open[-1]
        if isinstance(container, dict):
            container[self._place.steps[-1]] = value
        else:
            container.append(value)


def _flattened(row: dict[str, Value]) -> dict[str, str]:
    """Return the scalars of a nested object by their paths, numbers as they print.

    Raises `UnreadableFeed` for what is nested too deeply. Columns past `COLUMNS_MAX` are dropped.
    """
    cells: dict[str, str] = {}
    for path, value in _leaves("", row, 0):
        if len(cells) == COLUMNS_MAX:
            break
        cells[path] = _text(value)
    return cells


def _leaves(path: str, value: Value, depth: int) -> Iterator[tuple[str, Value]]:
    if depth > DEPTH_MAX:
        raise UnreadableFeed("too_deep", "The objects are nested too deeply.")
    if isinstance(value, dict):
        for key, inner in value.items():
            name = storable(str(key)[:HEADER_CHARACTERS_MAX])
            yield from _leaves(_cut(f"{path}.{name}" if path else name), inner, depth + 1)
    elif isinstance(value, list):
        for index, inner in enumerate(value):
            yield from _leaves(_cut(f"{path}[{index}]"), inner, depth + 1)
    else:
        yield path, value


def _cut(path: str) -> str:
    return path[:HEADER_CHARACTERS_MAX]


def _text(value: Value) -> str:
    if value is None:
        return ""
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, str) and value.startswith(_SCHEMA_ORG):
        return _WORDS.sub(" ", value.rpartition("/")[2])
    try:
        return storable(str(value))
    except ValueError:  # an integer of more digits than Python prints
        return ""
