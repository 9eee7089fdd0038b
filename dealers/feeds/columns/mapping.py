"""What a mapping is made of."""

import re
from collections import abc
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from functools import lru_cache
from typing import Any

from dealers.feeds.cells import FIELDS
from dealers.feeds.files import header_key
from marketplace.errors import Invalid

JOINED: abc.Mapping[str, str] = {"photos": "\n", "features": "|"}
"""The fields that several columns state together, and what stands between them."""

_PLACE = re.compile(r"\[\d+\]")
_NUMBERED = re.compile(r"(?<=[a-z]{3})\d{1,3}$")
_CONSTANT_CHARACTERS_MAX = 200


class InvalidMapping(Invalid):
    """A stored or posted mapping is not one."""

    code = "invalid_mapping"


@dataclass(frozen=True, slots=True)
class ColumnSource:
    """The columns a field is read from: the first that says something, or all that are joined.

    `suffix` is added to what the cell says: the unit, or the question, that the header states.
    """

    headers: tuple[str, ...]
    suffix: str = ""


@dataclass(frozen=True)
class ColumnMapping:
    """What a person has confirmed: a source for each field, and constants for what no column says.

    `known` are all headers at the time, so that new ones are noticed.
    """

    fields: abc.Mapping[str, ColumnSource]
    constants: abc.Mapping[str, str] = field(default_factory=dict)
    known: tuple[str, ...] = ()
    preset: str = "generic"

    def to_json(self) -> dict[str, Any]:
        return {
            "preset": self.preset,
            "fields": {
                name: {"headers": list(source.headers), "suffix": source.suffix}
                for name, source in self.fields.items()
            },
            "constants": dict(self.constants),
            "known": list(self.known),
        }

    @classmethod
    def from_json(cls, stored: object) -> "ColumnMapping":
        """Return the mapping that `to_json` wrote. Raises `InvalidMapping`."""
        try:
            return _from_json(stored)
        except (KeyError, TypeError, AttributeError, ValueError) as error:
            raise InvalidMapping("This is not a mapping of columns to fields.") from error


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
    return ColumnMapping(fields, constants, known, str(stored.get("preset", "generic")))


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
