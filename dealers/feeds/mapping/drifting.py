"""Noticing that a feed's columns are not those that were confirmed."""

from collections import abc
from collections.abc import Iterable
from typing import NamedTuple

from dealers.feeds.mapping.names import JOINED, Mapping, Source, distinct, group_key, keys_of
from dealers.feeds.mapping.suggesting import suggest
from dealers.feeds.readers import header_key


class Drift(NamedTuple):
    """Mapped columns that are `missing`, `new` ones, and where a missing one may have `moved`.

    `moved` maps fields to new headers that seem to be the same column under another name.
    """

    missing: tuple[str, ...]
    new: tuple[str, ...]
    moved: abc.Mapping[str, str]

    def __bool__(self) -> bool:
        return bool(self.missing or self.new)


def drift(mapping: Mapping, headers: Iterable[str]) -> Drift:
    """Compare a confirmed mapping with the headers of a run; of nested files, of all its rows."""
    sent = distinct(headers)
    keys = keys_of(sent)
    missing = {name: _missing(source, keys) for name, source in mapping.fields.items()}
    known = keys_of(mapping.known) | keys_of(
        [header for source in mapping.fields.values() for header in source.headers]
    )
    new = tuple(header for header in sent if not {header_key(header), group_key(header)} & known)
    lost = [name for name in missing if _is_lost(name, mapping.fields[name], missing[name])]
    again = suggest(new).fields if lost and new else {}
    moved = {name: again[name].headers[0] for name in lost if name in again}
    return Drift(tuple(header for each in missing.values() for header in each), new, moved)


def _missing(source: Source, keys: frozenset[str]) -> list[str]:
    return [each for each in source.headers if not {header_key(each), group_key(each)} & keys]


def _is_lost(name: str, source: Source, missing: list[str]) -> bool:
    return bool(missing) and (name in JOINED or len(missing) == len(source.headers))
