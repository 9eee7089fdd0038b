"""What the columns of a feed mean, as a person has confirmed it, and the rows read by that."""

import json
import re
from collections import abc
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from functools import lru_cache
from typing import Any, NamedTuple

from dealers.feeds.cells import FIELDS, dates
from dealers.feeds.cells.availability import asked, is_end_of_reservation
from dealers.feeds.columns.header_words import unprefixed
from dealers.feeds.columns.picture_sizes import has_sizes, largest
from dealers.feeds.files import header_key
from marketplace.errors import Invalid

AVAILABILITY = "availability"
"""The field whose columns may ask: what their names ask for is written to their cells."""

JOINED: abc.Mapping[str, str] = {"photos": "\n", "features": "|", AVAILABILITY: "\n"}
"""The fields that several columns state together, and what stands between them."""

RESERVED_UNTIL, PHOTOS, FEATURES = "reserved_until", "photos", "features"

_PLACE = re.compile(r"\[\d+\]")
_NUMBERED = re.compile(r"(?<=[a-z]{3})\d{1,3}$")
_CONSTANT_CHARACTERS_MAX = 200
_PLANS_MAX = 2_000

Headers = tuple[str, ...]


class InvalidMapping(Invalid):
    """A stored or posted mapping is not one."""

    code = "invalid_mapping"


@dataclass(frozen=True, slots=True)
class ColumnSource:
    """The columns a field is read from: the first that says something, or all that are joined.

    `suffix` is added to what the cell says: the unit that the header states.
    """

    headers: tuple[str, ...]
    suffix: str = ""


@dataclass(frozen=True)
class ColumnMapping:
    """What a person has confirmed: a source for each field, and constants for what no column says.

    `known` are all headers at the time, so that new ones are noticed; `guessed` are fields of a
    suggestion that cells or a similar header speak for, and no known name.
    """

    fields: abc.Mapping[str, ColumnSource]
    constants: abc.Mapping[str, str] = field(default_factory=dict)
    known: tuple[str, ...] = ()
    preset: str = "generic"
    guessed: tuple[str, ...] = ()

    def to_json(self) -> dict[str, Any]:
        return {
            "preset": self.preset,
            "fields": {
                name: {"headers": list(source.headers), "suffix": source.suffix}
                for name, source in self.fields.items()
            },
            "constants": dict(self.constants),
            "known": list(self.known),
            "guessed": list(self.guessed),
        }

    @classmethod
    def from_json(cls, stored: object) -> "ColumnMapping":
        """Return the mapping that `to_json` wrote. Raises `InvalidMapping`."""
        try:
            return _from_json(stored)
        except (KeyError, TypeError, AttributeError, ValueError) as error:
            raise InvalidMapping("This is not a mapping of columns to fields.") from error


_STATED_BY: abc.Mapping[str, tuple[str, ...]] = {
    "make": ("make", "title"),
    "model": ("model", "title"),
    "year": ("year", "first_registered_on", "vrm"),
    "mileage": ("mileage",),
}
"""What every new car must have, and the fields that can say it."""


def unstated(mapping: ColumnMapping) -> list[str]:
    """Return what a new car must have and no column or constant of a mapping says."""
    stated = mapping.fields.keys() | mapping.constants.keys()
    return [name for name, by in _STATED_BY.items() if not stated & set(by)]


class _Plan(NamedTuple):
    """What to do with rows of the same headers: (field, header), and what needs more thought."""

    plain: tuple[tuple[str, str], ...]
    several: tuple[tuple[str, Headers, str], ...]
    rest: Headers


class ColumnMapper:
    """Turns rows into texts by our fields; build one for a run.

    Headers are found whatever their case and punctuation. A constant stands where its field has
    no column, or where the cell is empty.
    """

    def __init__(self, mapping: ColumnMapping) -> None:
        self._fields = dict(mapping.fields)
        self._bare = unprefixed(mapping.known)
        self._constants = dict(mapping.constants)
        self._plans: dict[Headers, _Plan] = {}

    def apply(self, cells: abc.Mapping[str, str]) -> tuple[dict[str, str], dict[str, str]]:
        """Return a row's texts by our fields, and the columns that no field has, as sent."""
        headers = tuple(cells)
        plan = self._plans.get(headers)
        if plan is None:
            if len(self._plans) >= _PLANS_MAX:
                self._plans.clear()
            plan = self._plans[headers] = self._plan(headers)
        ours = {name: cells[header] for name, header in plan.plain}
        for name, named, suffix in plan.several:
            if name == PHOTOS and has_sizes(named):
                named = largest(named, cells)  # noqa: PLW2901 - of this row alone
            said = {header: cells[header] for header in named}
            if name == AVAILABILITY:
                said = self._asked(said, ours)
            if name == FEATURES and len(named) > 1 and all(each.endswith("]") for each in named):
                ours[name] = json.dumps([text for text in said.values() if text.strip()])
            else:
                ours[name] = _joined(name, list(said.values()), suffix)
        for name, constant in self._constants.items():
            if not ours.get(name, "").strip():
                ours[name] = constant
        return ours, {header: cells[header] for header in plan.rest}

    def _asked(self, said: dict[str, str], ours: dict[str, str]) -> dict[str, str]:
        """Return the cells of a state with what their columns ask; the end of one is no state."""
        kept: dict[str, str] = {}
        for header, text in said.items():
            name = self._bare.get(header, header)
            if is_end_of_reservation(name) and isinstance(dates.read_end(text).value, datetime):
                ours.setdefault(RESERVED_UNTIL, text)
            else:
                kept[header] = asked(text, name)
        return kept

    def _plan(self, headers: Headers) -> _Plan:
        by_key: dict[str, str] = {}
        groups: dict[str, list[str]] = {}
        for header in headers:
            by_key.setdefault(header_key(header), header)
            groups.setdefault(group_key(header), []).append(header)
        plain: list[tuple[str, str]] = []
        several: list[tuple[str, Headers, str]] = []
        for name, source in self._fields.items():
            named = _named(name, source, by_key, groups)
            if len(named) == 1 and not source.suffix and name != AVAILABILITY:
                plain.append((name, named[0]))
            elif named:
                several.append((name, named, source.suffix))
        used = {header for _, header in plain}
        used |= {header for _, named, _ in several for header in named}
        rest = tuple(header for header in headers if header not in used)
        return _Plan(tuple(plain), tuple(several), rest)


def group_key(header: str) -> str:
    """Return a header's key without its number: `Image 12`, `image[11].url`."""
    return _without_number(header_key(header))


def without_places(header: str) -> str:
    return _PLACE.sub("[]", header)


def distinct(headers: Iterable[str]) -> tuple[str, ...]:
    """Return headers in order, each list and each numbered row of columns once."""
    named: dict[str, str] = {}
    for header in headers:
        named.setdefault(group_key(header), without_places(header))
    return tuple(named.values())


@lru_cache(maxsize=65_536)
def _without_number(key: str) -> str:
    return _NUMBERED.sub("", key)


def _from_json(stored: Any) -> ColumnMapping:
    fields = {
        str(name): ColumnSource(tuple(map(str, source["headers"])), str(source.get("suffix", "")))
        for name, source in stored["fields"].items()
    }
    constants = {str(name): str(text) for name, text in stored.get("constants", {}).items()}
    unknown = (fields.keys() | constants.keys()) - set(FIELDS)
    if unknown:
        message = f"Not fields of an advert: {', '.join(sorted(unknown))}."
        raise InvalidMapping(message, fields={name: ["Unknown field."] for name in unknown})
    _refuse_twice(fields)
    if any(len(text) > _CONSTANT_CHARACTERS_MAX for text in constants.values()):
        raise InvalidMapping("A constant is too long.")
    known = tuple(map(str, stored.get("known", ())))
    guessed = tuple(map(str, stored.get("guessed", ())))
    return ColumnMapping(fields, constants, known, str(stored.get("preset", "generic")), guessed)


def _refuse_twice(fields: abc.Mapping[str, ColumnSource]) -> None:
    owners: dict[str, str] = {}
    for name, source in fields.items():
        for header in source.headers:
            owner = owners.setdefault(header_key(header), name)
            if owner != name:
                message = f"The column “{header}” is mapped to {owner} and {name}."
                raise InvalidMapping(message, fields={name: [message]})


def keys_of(headers: Sequence[str]) -> frozenset[str]:
    return frozenset(key for header in headers for key in (header_key(header), group_key(header)))


def _named(
    name: str,
    source: ColumnSource,
    by_key: abc.Mapping[str, str],
    groups: abc.Mapping[str, list[str]],
) -> Headers:
    if name in JOINED:
        found = [each for header in source.headers for each in groups.get(group_key(header), ())]
    else:
        keys = map(header_key, source.headers)
        found = [by_key[key] for key in keys if key in by_key]
    return tuple(dict.fromkeys(found))


def _joined(name: str, texts: list[str], suffix: str) -> str:
    said = [text for text in texts if text.strip()]
    if not said:
        return ""
    if name in JOINED:
        return JOINED[name].join(said)
    first = next(
        (text for text in said if text.strip(" 0.£")), said[0]
    )  # a nought is not filled in
    return first + suffix
