"""From saved searches to columns: what each asks, and what it is found by."""

import json
import re
from array import array
from collections.abc import Callable, Hashable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from itertools import chain, islice
from typing import Any

import numpy as np
import numpy.typing as npt

from listings.buyers.percolator.layout import ALL_OF, DAYS, KEYS, RANGES, SETS, TEXT, WORDS
from listings.buyers.percolator.token_table import TokenTable
from listings.buyers.percolator.tokens import (
    NEVER,
    NOWHERE,
    ParameterToken,
    TokenReader,
    UnreadableParameter,
)
from listings.search.criteria import Criteria
from listings.search.memory.columns import Column
from listings.search.memory.slug_index import SlugIndex

ANY = 0
"""The key of searches that name neither make nor model."""
_SEPARATOR = "], "
"""What stands between the lists of a JSON object, as PostgreSQL writes one."""
_PLAIN_TEXT = r'"[^"\\\\\x00-\x1f]*+"'
_PLAIN_LIST = re.compile(rf'("[a-z_]++"): \[({_PLAIN_TEXT}(?:, {_PLAIN_TEXT})*+)')
"""A parameter whose texts need no decoder: nothing in them is escaped."""
ROWS_AT_ONCE = 200
ODD = -1
"""Stands for a part that is not one whole parameter."""
_PLAIN = (*(f"{name}_{end}" for name in RANGES for end in ("min", "max")), *DAYS)
_AS_THEY_ARE = (*_PLAIN, *ALL_OF, *SETS, TEXT)
"""Conditions whose values are those of tokens."""


def key_of_make(id_: int) -> int:
    return 2 * id_


def key_of_model(id_: int) -> int:
    return 2 * id_ + 1


@dataclass
class Compiled:
    """Searches in columns. `asked` has, for each condition, the places of the searches and values.

    `entries` are pairs of a search's place and a key: a search without any can match nothing, as
    what it names is gone. `sets` are the interned values of conditions that name several things:
    ids of rows, and words; `places` those of `place`, on the unit sphere (3 by n). `unreadable`
    are the ids of stored searches that say what no filter says.
    """

    ids: Column
    entries: Column
    asked: Mapping[str, tuple[Column, Column]]
    sets: Mapping[str, tuple[tuple[Any, ...], ...]]
    places: npt.NDArray[np.float64]
    unreadable: tuple[int, ...]


def compile_searches(searches: Iterable[tuple[int, Criteria]], names: SlugIndex) -> Compiled:
    """Compile searches with their ids."""
    compiler = _Compiler(names)
    for id_, criteria in searches:
        compiler.add(id_, criteria.as_parameters())
    return compiler.finish()


def compile_rows(rows: Iterable[tuple[int, str]], names: SlugIndex) -> Compiled:
    """Compile searches from ids and the stored form: lists of texts by parameter, in JSON.

    It is fastest as PostgreSQL writes it (`criteria::text` of a jsonb column).
    """
    compiler, remaining = _Compiler(names), iter(rows)
    while chunk := list(islice(remaining, ROWS_AT_ONCE)):
        compiler.add_texts(chunk)
    return compiler.finish()


class _PartNumbers(dict[str, int]):
    """The numbers of parts of stored searches; one that is new is read."""

    def __init__(self, read: Callable[[str], int]) -> None:
        self._read = read

    def __missing__(self, part: str) -> int:
        number = self[part] = self._read(part)
        return number


class _Compiler:
    """Takes searches one by one, as the numbers of their tokens."""

    def __init__(self, names: SlugIndex) -> None:
        self._names = names
        self._reader = TokenReader(names)
        self._ids = array("q")
        self._sizes = array("i")
        self._numbers = array("i")
        self._known: dict[Hashable, int] = {}
        self._parts = _PartNumbers(self._read_part)
        self._tokens: list[ParameterToken] = []
        self._unreadable: list[int] = []

    def add(self, id_: int, flat: Mapping[str, Any]) -> None:
        """Take a search in the flat form of `Criteria`, or that with lists of texts."""
        tokens = [(name, _values(value)) for name, value in flat.items()]
        try:
            numbers = [self._number(each) for each in tokens]
        except (UnreadableParameter, TypeError):  # a list in a list has no number
            self._unreadable.append(id_)
            numbers = [self._enter(NEVER)]
        self._ids.append(id_)
        self._sizes.append(len(numbers))
        self._numbers.extend(numbers)

    def add_texts(self, rows: Sequence[tuple[int, str]]) -> None:
        """Take searches in their stored form.

        A part of the text that was read before is the same parameter again. A search with a part
        that is not one whole parameter is read as a whole.
        """
        bodies = [text[1:-2] for _, text in rows]
        numbers = [*map(self._parts.__getitem__, _SEPARATOR.join(bodies).split(_SEPARATOR))]
        if ODD in numbers:
            self._add_each(rows)
            return
        self._ids.extend([id_ for id_, _ in rows])
        self._sizes.extend([1 + body.count(_SEPARATOR) for body in bodies])
        self._numbers.extend(numbers)

    def _add_each(self, rows: Sequence[tuple[int, str]]) -> None:
        for id_, text in rows:
            numbers = [self._parts[part] for part in text[1:-2].split(_SEPARATOR)]
            if ODD in numbers:
                self.add(id_, _object(text))
                continue
            self._ids.append(id_)
            self._sizes.append(len(numbers))
            self._numbers.extend(numbers)

    def _read_part(self, part: str) -> int:
        """Return the number of a part of a stored search; `ODD` where it is no whole parameter."""
        parameter = _parameter(part)
        if parameter is None:
            return ODD
        try:
            return self._number(parameter)
        except (UnreadableParameter, TypeError):
            return ODD

    def _number(self, parameter: tuple[str, tuple[Any, ...]]) -> int:
        number = self._known.get(parameter)
        if number is None:
            number = self._known[parameter] = self._enter(self._reader.read(*parameter))
        return number

    def _enter(self, token: ParameterToken) -> int:
        self._tokens.append(token)
        return len(self._tokens) - 1

    def finish(self) -> Compiled:
        table = TokenTable(self._tokens, self._numbers, self._sizes)
        place, metres, is_nowhere = _around(table)
        asked = {name: table.condition(name) for name in _AS_THEY_ARE}
        asked |= {word: table.word(word, fields) for word, fields in WORDS.items()}
        asked |= {"place": place, "metres": metres}
        is_nowhere[table.of(NEVER.kind)[0]] = True
        return Compiled(
            ids=np.array(self._ids, dtype=np.int64),
            entries=self._entries(table, np.flatnonzero(~is_nowhere)),
            asked={name: each for name, each in asked.items() if len(each[0])},
            sets={name: things for name in (*SETS, TEXT) if (things := self._reader.things(name))},
            places=np.array(self._reader.places, dtype=np.float64).reshape(-1, 3).T.copy(),
            unreadable=tuple(self._unreadable),
        )

    def _entries(self, table: TokenTable, searches: Column) -> Column:
        """Return the keys of some searches, each with the search's place."""
        named = [table.by_search(name)[searches] for name in KEYS]
        pairs, pair_of = np.unique(named[0] << 32 | named[1], return_inverse=True)
        slugs = {name: ((), *self._reader.things(name)) for name in KEYS}
        keys = [
            self._keys(slugs["make"][pair >> 32], slugs["model"][pair & 0xFFFF_FFFF])
            for pair in pairs.tolist()
        ]
        counts = np.fromiter(map(len, keys), dtype=np.int64, count=len(keys))
        starts = np.cumsum(counts) - counts
        of_search = counts[pair_of]
        rows = np.repeat(searches, of_search)
        first = np.repeat(starts[pair_of] - (np.cumsum(of_search) - of_search), of_search)
        flat = np.fromiter(chain.from_iterable(keys), dtype=np.int64, count=int(counts.sum()))
        return np.stack([rows, flat[first + np.arange(len(rows))]], axis=1)

    def _keys(self, makes: Sequence[str], models: Sequence[str]) -> list[int]:
        if not makes and not models:
            return [ANY]
        known = {self._names.makes[slug] for slug in makes if slug in self._names.makes}
        if not models:
            return [key_of_make(id_) for id_ in sorted(known)]
        of_makes = (self._names.models.get(slug, {}).items() for slug in models)
        found = {id_ for each in of_makes for make, id_ in each if not makes or make in known}
        return [key_of_model(id_) for id_ in sorted(found)]


def _around(
    table: TokenTable,
) -> tuple[tuple[Column, Column], tuple[Column, Column], npt.NDArray[np.bool_]]:
    """Return where searches look and how far, and which of all look nowhere."""
    origin = table.by_search("near")
    rows, metres = table.of("within_miles")
    is_somewhere = origin[rows] != NOWHERE
    is_nowhere = np.zeros(table.searches, dtype=np.bool_)
    is_nowhere[rows[~is_somewhere]] = True
    rows = rows[is_somewhere]
    places = (origin[rows] - 1).astype(np.int32)
    return (rows, places), (rows, metres[is_somewhere].astype(np.int32)), is_nowhere


def _values(value: Any) -> tuple[Any, ...]:
    return tuple(value) if isinstance(value, list | tuple) else (value,)


def _parameter(part: str) -> tuple[str, tuple[Any, ...]] | None:
    """Return the one parameter that a part of a stored search is; None where it is none."""
    if plain := _PLAIN_LIST.fullmatch(part):
        return plain[1][1:-1], tuple(plain[2][1:-1].split('", "'))
    found = _object("{" + part + "]}")
    if len(found) != 1:
        return None
    ((name, values),) = found.items()
    return name, _values(values)


def _object(text: str) -> dict[str, Any]:
    """Return a JSON object; one that no search is where the text is none."""
    try:
        found = json.loads(text)
    except ValueError:
        found = None
    return found if isinstance(found, dict) else {"": text}
