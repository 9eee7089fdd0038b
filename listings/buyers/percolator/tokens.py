"""What one parameter of a saved search asks: a kind and a number.

Many searches have the same parameter, so each is read once. Everything is made from the search's
table of fields: a kind of field that nothing here reads is refused as soon as a reader is made.
"""

from collections.abc import Callable, Hashable, Mapping
from functools import partial
from typing import Any, NamedTuple, TypeAlias

from listings.buyers.percolator.layout import ALL_OF, BEYOND, BIT_FIELDS, KEYS
from listings.search.criteria import FIELDS
from listings.search.distance import chord_of
from listings.search.fields import (
    AllOf,
    Choice,
    Days,
    FilterField,
    Flag,
    Numbers,
    Origin,
    Radius,
    RangeField,
    RatedAs,
    Slugs,
    Wishes,
    Words,
)
from listings.search.memory.slug_index import SlugIndex
from listings.search.places.sphere import Vector, vector

NOWHERE = 0
_TRUTHS = {"true": True, "false": False}
Values: TypeAlias = tuple[Any, ...]


class ParameterToken(NamedTuple):
    """A kind of question, by its parameter's name, and what is asked."""

    kind: str
    value: int


Reader: TypeAlias = Callable[[Values], ParameterToken]
NOTHING = ParameterToken("nothing", 0)
"""What does not narrow: wishes, and what is empty."""
NEVER = ParameterToken("never", 0)
"""What no advert can meet, as all that it names is gone."""


class UnreadableParameter(ValueError):
    """A stored search has a parameter that is none, or whose value is none."""


class Interned:
    """Numbers for equal things, from 1."""

    def __init__(self) -> None:
        self._numbers: dict[Hashable, int] = {}

    def number(self, thing: Hashable) -> int:
        return self._numbers.setdefault(thing, len(self._numbers) + 1)

    def things(self) -> tuple[Any, ...]:
        return tuple(self._numbers)


class TokenReader:
    """Reads parameters by the table of fields.

    `places` are those that tokens name, from 1, on the unit sphere.
    """

    def __init__(self, names: SlugIndex) -> None:
        self._names = names
        self._sets = {name: Interned() for name in FIELDS}
        self.places: list[Vector] = []
        self._readers: dict[str, Reader] = {}
        for name, field in FIELDS.items():
            if isinstance(field, RangeField):
                for end in (f"{name}_min", f"{name}_max"):
                    self._readers[end] = partial(_number, end)
            else:
                self._readers[name] = partial(self._reader_of(field), name)

    def read(self, name: str, values: Values) -> ParameterToken:
        """Return what a parameter asks; raises `UnreadableParameter`."""
        try:
            return self._readers[name](values) if values else NOTHING
        except (KeyError, ValueError, TypeError) as error:
            raise UnreadableParameter(name) from error

    def things(self, name: str) -> tuple[tuple[Any, ...], ...]:
        """Return the several things that tokens of a parameter name, in the order of numbers."""
        return self._sets[name].things()

    def _reader_of(self, field: FilterField) -> Callable[[str, Values], ParameterToken]:
        by_kind: dict[type[FilterField], Callable[[str, Values], ParameterToken]] = {
            Days: _number,
            AllOf: _bits_of_all,
            Choice: _rejected,
            RatedAs: _rejected,
            Numbers: _rejected_numbers,
            Flag: _rejected_truths,
            Slugs: self._slugs,
            Words: self._words,
            Wishes: _no_condition,
            Origin: self._place,
            Radius: _chord,
        }
        return by_kind[type(field)]

    def _slugs(self, name: str, values: Values) -> ParameterToken:
        """Return the ids of rows; of makes and models, which belong together, the slugs."""
        if name in KEYS:
            return self._words(name, values)
        known: Mapping[str, int] = getattr(self._names, f"{name}s")
        ids = tuple(sorted({known[slug] for slug in values if slug in known}))
        return ParameterToken(name, self._sets[name].number(ids)) if ids else NEVER

    def _words(self, name: str, values: Values) -> ParameterToken:
        return ParameterToken(name, self._sets[name].number(tuple(sorted(set(map(str, values))))))

    def _place(self, name: str, values: Values) -> ParameterToken:
        try:
            point = self._names.locate(str(values[0]))
        except ValueError:
            return ParameterToken(name, NOWHERE)
        self.places.append(vector(point.latitude, point.longitude))
        return ParameterToken(name, len(self.places))


def _number(name: str, values: Values) -> ParameterToken:
    return ParameterToken(name, max(-BEYOND + 1, min(BEYOND - 1, int(values[0]))))


def _chord(name: str, values: Values) -> ParameterToken:
    return ParameterToken(name, chord_of(int(values[0])))


def _no_condition(name: str, values: Values) -> ParameterToken:
    return NOTHING


def _rejected(name: str, values: Values) -> ParameterToken:
    """Return the bits of all that is none of these values, as far as those are known."""
    field = BIT_FIELDS[name]
    known = [value for value in values if value in field.positions]
    return ParameterToken(name, field.rejected(known)) if known else NEVER


def _rejected_numbers(name: str, values: Values) -> ParameterToken:
    absent = FIELDS[name].absent
    return _rejected(name, tuple(each if each == absent else int(each) for each in values))


def _rejected_truths(name: str, values: Values) -> ParameterToken:
    return _rejected(name, tuple(_TRUTHS[str(value).lower()] for value in values))


def _bits_of_all(name: str, values: Values) -> ParameterToken:
    choices = ALL_OF[name].choices.values
    known = {value for value in values if value in choices}
    return (
        ParameterToken(name, sum(1 << choices.index(value) for value in known)) if known else NEVER
    )
