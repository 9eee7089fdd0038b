"""What the headers of well-known feeds mean: one TOML file beside this one for each preset.

`fields` maps fields to headers, the likeliest first; case, spaces and punctuation do not matter.
Headers under `suffixed` state a unit, or ask a question, that their cells leave unsaid. A feed
with some of a preset's `signs`, or headers that begin with its `prefix`, is read by it; behind a
preset stand the headers of `generic.toml`. A file with a mistake stops the start.
"""

import tomllib
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from itertools import repeat
from pathlib import Path
from typing import Any, NamedTuple

from dealers.feeds.cells import FIELDS
from dealers.feeds.columns.header_words import Words, bare_of, words_of
from dealers.feeds.columns.mapping import keys_of
from dealers.feeds.files import header_key

GENERIC = "generic"
GENERIC_RANK = 100
"""The ranks of generic headers begin here where a preset has headers of its own."""
SIGNS_MIN = 4
_NEW_OR_USED = frozenset({"state"})
"""Words that state nothing of a sale in any order: "state of vehicle"."""


class InvalidPreset(Exception):
    """A file is no preset; the message says which, and why."""


class HeaderMeaning(NamedTuple):
    """The field a header stands for, what its cells leave unsaid, and how likely it is: 0 first."""

    field: str
    suffix: str
    rank: int


@dataclass(frozen=True)
class ColumnPreset:
    """A kind of feed; `signs` and the keys of `meanings` are normalised headers.

    `by_words` has for each field what is meant by a header of so many words, in any order.
    """

    name: str
    signs: frozenset[str]
    prefix: str
    meanings: Mapping[str, HeaderMeaning]
    by_words: Mapping[str, Mapping[Words, HeaderMeaning]]

    def meaning_of(self, words: Words) -> HeaderMeaning | None:
        """Return what a header of these words means, if that is one field."""
        found = self.meanings_of(words)
        return found[0] if len(found) == 1 else None

    def meanings_of(self, words: Words) -> list[HeaderMeaning]:
        """Return what a header of these words may mean: one meaning for each field."""
        return [
            meaning
            for field, known in self.by_words.items()
            if (meaning := known.get(bare_of(words, field)))
        ]


def preset_of(headers: Sequence[str]) -> ColumnPreset:
    """Return the preset that a prefix or most signs speak for, the generic one where few do."""
    keys = keys_of(headers) | _ends_of(headers)
    for preset in PRESETS.values():
        if preset.prefix and sum(map(str.startswith, headers, repeat(preset.prefix))) >= SIGNS_MIN:
            return preset
    best = max(PRESETS.values(), key=lambda preset: len(preset.signs & keys))
    return best if len(best.signs & keys) >= SIGNS_MIN else PRESETS[GENERIC]


def _ends_of(headers: Sequence[str]) -> frozenset[str]:
    """Return what nested headers are called where they stand: `item.brand.name` is `brand.name`."""
    nested = [header.split(".") for header in headers if "." in header]
    return keys_of([".".join(steps[-count:]) for steps in nested for count in (1, 2)])


def read_presets(folder: Path) -> dict[str, ColumnPreset]:
    """Return the presets of a folder by name; raises `InvalidPreset`."""
    own = {path.stem: _read(path) for path in sorted(folder.glob("*.toml"))}
    if GENERIC not in own:
        raise InvalidPreset(f"There is no {GENERIC}.toml.")
    generic = own[GENERIC]
    later = {
        key: each._replace(rank=each.rank + GENERIC_RANK) for key, each in generic.meanings.items()
    }
    for name, preset in own.items():
        if name != GENERIC:
            meanings = {**later, **preset.meanings}
            own[name] = replace(preset, meanings=meanings, by_words=generic.by_words)
    return own


def _read(path: Path) -> ColumnPreset:
    try:
        members = tomllib.loads(path.read_text(encoding="utf-8"))
        return _preset(path.stem, members)
    except (InvalidPreset, AttributeError, TypeError, ValueError) as error:
        raise InvalidPreset(f"{path.name}: {error}") from error


def _preset(name: str, members: Mapping[str, Any]) -> ColumnPreset:
    signs = [header_key(sign) for sign in members.get("signs", ())]
    unknown = members.keys() - {"signs", "prefix", "fields", "suffixed"}
    if unknown:
        raise InvalidPreset(f"{', '.join(sorted(unknown))} means nothing here")
    if (name != GENERIC and len(signs) < SIGNS_MIN) or len(set(signs)) < len(signs):
        raise InvalidPreset(f"a preset has {SIGNS_MIN} different signs, at least")
    meanings: dict[str, HeaderMeaning] = {}
    by_words: dict[str, dict[Words, HeaderMeaning]] = {}
    for header, meaning in _headers(members):
        if meaning.field not in FIELDS:
            raise InvalidPreset(f"{meaning.field} is no field of an advert")
        other = meanings.setdefault(header_key(header), meaning)
        if other is not meaning:
            raise InvalidPreset(f"{header} stands for {other.field} and for {meaning.field}")
        words = bare_of(words_of(header), meaning.field)
        if words and words != _NEW_OR_USED:
            by_words.setdefault(meaning.field, {}).setdefault(words, meaning)
    return ColumnPreset(name, frozenset(signs), members.get("prefix", ""), meanings, by_words)


def _headers(members: Mapping[str, Any]) -> Iterator[tuple[str, HeaderMeaning]]:
    """Yield each header that a file lists with what it means."""
    suffixed = members.get("suffixed", {})
    rows = [(field, "", headers) for field, headers in members.get("fields", {}).items()]
    rows += [
        (field, f" {suffix}", headers)
        for field, by_suffix in suffixed.items()
        for suffix, headers in by_suffix.items()
    ]
    for field, suffix, headers in rows:
        if isinstance(headers, str) or not all(isinstance(each, str) for each in headers):
            raise InvalidPreset(f"the headers of {field} are no list of texts")
        for rank, header in enumerate(headers):
            yield header, HeaderMeaning(field, suffix, rank)


PRESETS: Mapping[str, ColumnPreset] = read_presets(Path(__file__).parent)
