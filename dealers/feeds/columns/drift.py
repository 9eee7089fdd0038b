"""Noticing that a feed's columns are not those that were confirmed, and following them."""

from collections import abc
from collections.abc import Iterable
from dataclasses import replace
from typing import NamedTuple

from dealers.feeds.columns.cell_evidence import Samples
from dealers.feeds.columns.mapping import (
    AVAILABILITY,
    JOINED,
    ColumnMapping,
    ColumnSource,
    distinct,
    group_key,
    keys_of,
)
from dealers.feeds.columns.suggestions import suggest
from dealers.feeds.files import header_key


class Drift(NamedTuple):
    """Mapped columns that are `missing`, `new` ones, and what that means for the fields.

    `moved` gives fields the column that is surely the same under another name, `added` gives fields
    that no column stated one that surely does. `lost` are fields that no column states any more.
    """

    missing: tuple[str, ...]
    new: tuple[str, ...]
    moved: abc.Mapping[str, ColumnSource]
    lost: tuple[str, ...]
    added: abc.Mapping[str, ColumnSource]

    def __bool__(self) -> bool:
        return bool(self.missing or self.new)

    def without(self, field: str) -> "Drift":
        """Return the same drift, but for a field that is not to follow its column."""
        moved = {name: source for name, source in self.moved.items() if name != field}
        return self._replace(moved=moved, lost=(*self.lost, field))


def find_drift(mapping: ColumnMapping, headers: Iterable[str], samples: Samples = ()) -> Drift:
    """Compare a confirmed mapping with the headers of a run; of nested files, of all its rows."""
    sent = distinct(headers)
    keys = keys_of(sent)
    missing = {name: _missing(source, keys) for name, source in mapping.fields.items()}
    known = keys_of(mapping.known) | keys_of(
        [header for source in mapping.fields.values() for header in source.headers]
    )
    new = tuple(header for header in sent if not {header_key(header), group_key(header)} & known)
    gone = [name for name in missing if _is_gone(name, mapping.fields[name], missing[name])]
    sure = _sure(new, samples)
    moved = {name: sure[name] for name in gone if name in sure}
    lost = tuple(
        name
        for name in gone
        if name not in moved and len(missing[name]) == len(mapping.fields[name].headers)
    )
    added = {name: source for name, source in sure.items() if _is_open(name, mapping, moved)}
    missed = tuple(header for each in missing.values() for header in each)
    return Drift(missed, new, moved, lost, added)


def followed(mapping: ColumnMapping, found: Drift) -> ColumnMapping:
    """Return the mapping with the columns that moved under their new names as well, and the added.

    The old names stay: what is nested may leave a member out of its first rows.
    """
    fields = _with_added(mapping.fields, found)
    for name, source in found.moved.items():
        old = fields[name]
        has_both = name in JOINED or source.suffix == old.suffix
        fields[name] = (
            ColumnSource((*old.headers, *source.headers), old.suffix) if has_both else source
        )
    return replace(mapping, fields=fields)


def proposed(
    mapping: ColumnMapping, found: Drift, headers: Iterable[str], samples: Samples = ()
) -> ColumnMapping:
    """Return what a person may confirm after a drift: what still holds, and guesses for the rest.

    What the person chose before, constants and all, is kept where its columns are.
    """
    sent = distinct(headers)
    gone = keys_of(found.missing)
    fields = {name: each for name, each in mapping.fields.items() if name not in found.lost}
    for name, source in found.moved.items():
        kept = [each for each in fields[name].headers if header_key(each) not in gone]
        fields[name] = ColumnSource((*kept, *source.headers), source.suffix)
    fields = _with_added(fields, found)
    taken = keys_of([each for source in fields.values() for each in source.headers])
    taken |= keys_of(mapping.known)  # columns that were left out on purpose stay so
    again = suggest(sent, samples)
    guessed = []
    for name, source in again.fields.items():
        if name not in fields and not keys_of(source.headers) & taken:
            fields[name] = source
            guessed += [name] if name in again.unsure else []
    return replace(mapping, fields=fields, known=sent, guessed=tuple(guessed))


def _sure(new: tuple[str, ...], samples: Samples) -> dict[str, ColumnSource]:
    """Return the new columns whose names say what they are, by our fields."""
    if not new:
        return {}
    found = suggest(new, samples)
    return {name: source for name, source in found.fields.items() if name not in found.unsure}


def _is_open(name: str, mapping: ColumnMapping, moved: abc.Mapping[str, ColumnSource]) -> bool:
    """Whether a new column may fill a field: one that has none, and that no car is known by.

    Whether a car is on sale is read from all columns that say so.
    """
    if name in (*moved, "stock_ref"):
        return False
    return name == AVAILABILITY or name not in (*mapping.fields, *mapping.constants)


def _with_added(fields: abc.Mapping[str, ColumnSource], found: Drift) -> dict[str, ColumnSource]:
    joined = dict(fields)
    for name, source in found.added.items():
        before = fields.get(name, ColumnSource(()))
        headers = tuple(dict.fromkeys((*before.headers, *source.headers)))
        joined[name] = ColumnSource(headers, source.suffix)
    return joined


def _missing(source: ColumnSource, keys: frozenset[str]) -> list[str]:
    return [each for each in source.headers if not {header_key(each), group_key(each)} & keys]


def _is_gone(name: str, source: ColumnSource, missing: list[str]) -> bool:
    return bool(missing) and (name in JOINED or len(missing) == len(source.headers))
