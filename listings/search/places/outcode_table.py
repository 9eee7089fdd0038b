"""A table of outcodes, read from CSV and written to the database: all of it or nothing."""

import csv
import dataclasses
import math
import re
from collections.abc import Iterable, Mapping
from typing import TypeAlias

from django.db import transaction

from listings.models import Outcode
from listings.models.outcode import OUTCODE_SHAPE
from marketplace.errors import Invalid

COLUMNS: Mapping[str, tuple[str, ...]] = {
    "code": ("postcode", "outcode", "district", "code"),
    "latitude": ("latitude", "lat"),
    "longitude": ("longitude", "long", "lng", "lon"),
    "town": ("town", "name"),
}
OPTIONAL = {"town"}
TOWN_LENGTH = 120

TableRow: TypeAlias = Mapping[str | None, str | None]


@dataclasses.dataclass(frozen=True)
class OutcodeCounts:
    """How many outcodes were new, and how many changed."""

    added: int
    changed: int
    unchanged: int


def load(lines: Iterable[str]) -> OutcodeCounts:
    """Add the outcodes of a CSV table with a heading, and change those that differ.

    Column names may be in any order and case. Raises `Invalid`, with each bad line named in
    `fields`, and then writes nothing.
    """
    rows = _read(lines)
    with transaction.atomic():
        known = {row.code: row for row in Outcode.objects.select_for_update().order_by("pk")}
        different = [row for row in rows if _values(row) != _values(known.get(row.code))]
        Outcode.objects.bulk_create(
            different,
            batch_size=1_000,
            update_conflicts=True,
            unique_fields=["code"],
            update_fields=["latitude", "longitude", "town"],
        )
    added = sum(row.code not in known for row in different)
    return OutcodeCounts(added, len(different) - added, len(rows) - len(different))


def _read(lines: Iterable[str]) -> list[Outcode]:
    table = csv.DictReader(lines)
    found: dict[str, Outcode] = {}
    refused: dict[str, list[str]] = {}
    try:
        columns = _columns(table.fieldnames or ())
        for line in table:
            try:
                row = _outcode(line, columns)
                if row.code in found:
                    raise ValueError(f"{row.code} is there twice.")
                found[row.code] = row
            except ValueError as error:
                refused[f"line {table.line_num}"] = [str(error)]
    except csv.Error as error:
        refused[f"line {table.line_num}"] = [f"This is not CSV: {error}."]
    if refused:
        raise Invalid(f"{len(refused)} lines cannot be read; nothing was loaded.", fields=refused)
    if not found:
        raise Invalid("The table has no rows.")
    return list(found.values())


def _columns(headings: Iterable[str]) -> dict[str, str]:
    """Return the heading of each column that is needed."""
    given = {heading.strip().casefold(): heading for heading in reversed(list(headings))}
    columns = {
        column: given[name]
        for column, names in COLUMNS.items()
        for name in reversed(names)
        if name in given
    }
    missing = [column for column in COLUMNS if column not in columns and column not in OPTIONAL]
    if missing:
        wanted = "; ".join(" or ".join(COLUMNS[column]) for column in missing)
        raise Invalid(f"The first line must name the columns; missing: {wanted}.")
    return columns


def _outcode(line: TableRow, columns: Mapping[str, str]) -> Outcode:
    text = {column: (line.get(heading) or "").strip() for column, heading in columns.items()}
    code = text["code"].upper()
    if not re.fullmatch(OUTCODE_SHAPE.strip("^$"), code):
        raise ValueError(f"{text['code'][:20]!r} is not an outcode such as LS1.")
    return Outcode(
        code=code,
        latitude=_degrees("latitude", text["latitude"], 90),
        longitude=_degrees("longitude", text["longitude"], 180),
        town=text.get("town", "")[:TOWN_LENGTH],
    )


def _degrees(name: str, text: str, limit: int) -> float:
    try:
        value = float(text)
    except ValueError:
        value = math.nan
    if not abs(value) <= limit:  # so that NaN is refused too
        raise ValueError(f"{name} must be from -{limit} to {limit} degrees, not {text[:20]!r}.")
    return value


def _values(row: Outcode | None) -> tuple[float, float, str] | None:
    return None if row is None else (row.latitude, row.longitude, row.town)
