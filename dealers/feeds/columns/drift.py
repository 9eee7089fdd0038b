"""Noticing that a feed's columns are not those that were confirmed, and following them."""

from collections import abc
from collections.abc import Iterable
from dataclasses import replace
from typing import NamedTuple

from dealers.feeds.columns.mapping import (
    JOINED,
    ColumnMapping,
    ColumnSource,
    distinct,
    group_key,
    keys_of,
)
from dealers.feeds.columns.suggestions import Samples, suggest
from dealers.feeds.files import header_key


class Drift(NamedTuple):
    """Mapped columns that are `missing`, `new` ones, and what that means for the fields.

    `moved` gives fields the column that is surely the same under another name. `lost` are fields
    that no column states any more.
    """

    missing: tuple[str, ...]
    new: tuple[str, ...]
    moved: abc.Mapping[str, ColumnSource]
    lost: tuple[str, ...]

    def __bool__(self) -> bool:
        return bool(self.missing or self.new)

    def without(self, field: str) -> "Drift":
        """Return the same drift, but for a field that is not to follow its column."""
        moved = {name: source for name, source in self.moved.items() if name != field}
        return self._replace(moved=moved, lost=(*self.lost, field))


def find_drift(mapping: ColumnMapping, headers: Iterable[str]) -> Drift:
    """Compare a confirmed mapping with the headers of a run; of nested files, of all its rows."""
    sent = distinct(headers)
    keys = keys_of(sent)
    missing = {name: _missing(source, keys) for name, source in mapping.fields.items()}
    known = keys_of(mapping.known) | keys_of(
        [header for source in mapping.fields.values() for header in source.headers]
    )
    new = tuple(header for header in sent if not {header_key(header), group_key(header)} & known)
    gone = [name for name in missing if _is_gone(name, mapping.fields[name], missing[name])]
    moved = _moved(gone, new)
    lost = tuple(
        name
        for name in gone
        if name not in moved and len(missing[name]) == len(mapping.fields[name].headers)
    )
    return Drift(tuple(header for each in missing.values() for header in each), new, moved, lost)


def followed(mapping: ColumnMapping, found: Drift) -> ColumnMapping:
    """Return the mapping with the columns that moved under their new names as well.

    The old names stay: what is nested may leave a member out of its first rows.
    """
    fields = dict(mapping.fields)
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
    taken = keys_of([each for source in fields.values() for each in source.headers])
    taken |= keys_of(mapping.known)  # columns that were left out on purpose stay so
    for name, source in suggest(sent, samples).fields.items():
        if name not in fields and not keys_of(source.headers) & taken:
            fields[name] = source
    return replace(mapping, fields=fields, known=sent)


def _moved(gone: list[str], new: tuple[str, ...]) -> dict[str, ColumnSource]:
    """Return the new columns whose names say what the columns that are gone said."""
    if not gone or not new:
        return {}
    again = suggest(new)
    sure = again.fields.keys() - set(again.unsure)
    return {name: again.fields[name] for name in gone if name in sure}


def _missing(source: ColumnSource, keys: frozenset[str]) -> list[str]:
    return [each for each in source.headers if not {header_key(each), group_key(each)} & keys]


def _is_gone(name: str, source: ColumnSource, missing: list[str]) -> bool:
    return bool(missing) and (name in JOINED or len(missing) == len(source.headers))
