"""Guessing what the columns of a new feed mean, for a person to confirm once."""

import difflib
from collections import abc
from collections.abc import Sequence
from dataclasses import dataclass

from dealers.feeds.cells.availability import question_of
from dealers.feeds.columns.cell_evidence import Samples, guessed, is_credible
from dealers.feeds.columns.header_words import (
    is_held_by,
    is_list,
    steps_of,
    unprefixed,
    without_last,
    words_of,
)
from dealers.feeds.columns.mapping import (
    AVAILABILITY,
    JOINED,
    ColumnMapping,
    ColumnSource,
    distinct,
    group_key,
    without_places,
)
from dealers.feeds.columns.presets import GENERIC_RANK, ColumnPreset, HeaderMeaning, preset_of
from dealers.feeds.files import header_key


@dataclass(frozen=True)
class ColumnSuggestion:
    """`unsure` names the fields guessed from the cells, or from a header that is only similar."""

    preset: str
    fields: abc.Mapping[str, ColumnSource]
    unmapped: tuple[str, ...]
    unsure: tuple[str, ...]
    headers: tuple[str, ...]

    def mapping(self, constants: abc.Mapping[str, str] | None = None) -> ColumnMapping:
        given = dict(constants or {})
        return ColumnMapping(self.fields, given, self.headers, self.preset, self.unsure)


# Sections of nested files that speak of something else than the car.
_OTHER_SECTIONS = """
advertiser dealer seller finance address contact metrics owner interior trade purchase cost monthly
insurance warranty tax tyre tyres wheel wheels video videos valuation auction boot tank
"""
_BESIDE_THE_CAR = frozenset(_OTHER_SECTIONS.split())
# Names that mean something only where they stand.
_TOO_GENERAL = frozenset(
    [
        *("id", "name", "url", "value", "type", "state", "text", "ref", "reference", "status"),
        *("media", "key"),
    ]
)
_BEFORE_A_NAME = ("vehicle", "car", "veh", "used", "stock", "advert", "ad", "dms", "item")
_NAMES = frozenset({"make", "model", "title"})
_WHOLLY_JOINED = frozenset({"features", AVAILABILITY})
"""Fields that take every column that is surely one of theirs, whatever else names them."""
_SIMILAR = 0.88
_SIMILAR_LOOKED_FOR = 300  # columns: more are not told from one another by their spelling
# Beside one of these, a "model" may be a variant of it.
_RANGES = frozenset(["range", "modelrange", "rangename", "modelfamily"])


def suggest(headers: Sequence[str], samples: Samples = ()) -> ColumnSuggestion:
    """Return what the columns seem to mean, by their names first and their cells second."""
    preset = preset_of(headers)
    chosen: dict[str, list[tuple[HeaderMeaning, str]]] = {}
    unsure: set[str] = set()
    bare, sections = unprefixed(headers), _empty_sections(headers, samples)
    for find in (_by_name, _by_part, _by_words, _by_similarity):
        taken = {header for found in chosen.values() for _, header in found} | sections
        is_likeness = find is _by_similarity
        closed = set(chosen) if is_likeness else chosen.keys() - _WHOLLY_JOINED
        looked_at = headers[:_SIMILAR_LOOKED_FOR] if is_likeness else headers
        for header in looked_at:
            meaning = None if header in taken else find(preset, bare[header])
            if meaning is None or (find is not _by_name and meaning.field in closed):
                continue
            if not is_credible(meaning.field, header, samples):
                continue
            chosen.setdefault(meaning.field, []).append((meaning, header))
            if is_likeness:
                unsure.add(meaning.field)
    fields = {name: _source(name, found) for name, found in chosen.items()}
    rest = _unused(headers, fields)
    for name, header in guessed(rest, samples, fields.keys()).items():
        fields[name] = ColumnSource((without_places(header),))
        unsure.add(name)
    unmapped = _unused(headers, fields)
    if "model" in fields and _RANGES & set(map(header_key, unmapped)):
        unsure.add("model")
    return ColumnSuggestion(
        preset.name, fields, distinct(unmapped), tuple(sorted(unsure)), distinct(headers)
    )


def _by_name(preset: ColumnPreset, header: str) -> HeaderMeaning | None:
    if question_of(header):
        return HeaderMeaning(AVAILABILITY, "", 0)
    meaning = preset.meanings.get(header_key(header))
    if meaning is None and (numbered := preset.meanings.get(group_key(header))):
        return numbered if numbered.field in JOINED else None
    return meaning


def _by_part(preset: ColumnPreset, header: str) -> HeaderMeaning | None:
    """Return what the end of a nested name means, or a name after a word such as "Vehicle"."""
    meanings, whole = preset.meanings, steps_of(header)
    steps = [header_key(step) for step in whole]
    if _BESIDE_THE_CAR & set(steps[:-1]):
        return None
    listed = _in_list(preset, whole)
    if listed is not None:
        return listed
    for ending in (steps[-3:], steps[-2:], steps[-1:]):
        key = "".join(ending)
        if len(ending) < len(steps) and key in meanings and key not in _TOO_GENERAL:
            if _is_of_a_part(preset, meanings[key], whole):
                return None
            return _behind(meanings[key], 500)
    for word in _BEFORE_A_NAME:
        key = header_key(header).removeprefix(word)
        if key != header_key(header) and key in meanings and key not in _TOO_GENERAL:
            return _behind(meanings[key], 1_000)
    return None


def _behind(meaning: HeaderMeaning, rank: int) -> HeaderMeaning:
    """Return a meaning that is likelier than others of its kind, and than none of those before."""
    return meaning._replace(rank=meaning.rank + rank)


def _is_of_a_part(preset: ColumnPreset, meaning: HeaderMeaning, steps: Sequence[str]) -> bool:
    """Whether a name is that of a part, and not of the car: the maker of a colour, of an engine."""
    sections = {each.field for each in preset.meanings_of(words_of(steps[-2]))}
    return meaning.field in _NAMES and bool(sections) and not sections & (_NAMES | JOINED.keys())


def _in_list(preset: ColumnPreset, steps: Sequence[str]) -> HeaderMeaning | None:
    """Return photos or features where a step names a list of them and the rest hold its entries."""
    for place, step in enumerate(steps[:-1], 1):
        meaning = preset.meaning_of(words_of(step)) if is_list(step) else None
        if meaning and meaning.field in ("photos", "features"):
            is_entry = all(
                is_held_by(meaning.field, each) or words_of(each) == words_of(step)
                for each in steps[place:]
            )
            return _behind(meaning, 500) if is_entry else None
    return None


def _by_words(preset: ColumnPreset, header: str) -> HeaderMeaning | None:
    """Return what the words of a name mean in any order, or those of the end of a nested one."""
    steps = without_last(steps_of(header))
    if _BESIDE_THE_CAR & set(map(header_key, steps[:-1])):
        return None
    for size in range(min(3, len(steps)), 0, -1):
        words = words_of(" ".join(steps[-size:]))
        meaning = None if words <= _TOO_GENERAL else preset.meaning_of(words)
        if meaning is not None:
            is_other = size < len(steps) and _is_of_a_part(preset, meaning, steps)
            return None if is_other else _behind(meaning, 1_500)
    return None


def _by_similarity(preset: ColumnPreset, header: str) -> HeaderMeaning | None:
    sent = header_key(header)
    if sum(map(str.isalpha, sent)) < 5:
        return None
    long_enough = [key for key in preset.meanings if len(key) >= 5]
    found = difflib.get_close_matches(sent, long_enough, 1, _SIMILAR)
    return preset.meanings[found[0]] if found else None


def _source(name: str, found: list[tuple[HeaderMeaning, str]]) -> ColumnSource:
    """Return the likeliest column; all of them where they are joined; a preset's in its order."""
    ordered = sorted(found, key=lambda each: each[0].rank)
    if name in JOINED:
        return ColumnSource(distinct(header for _, header in ordered))
    first, header = ordered[0]
    headers = [header for meaning, header in ordered if meaning.rank < GENERIC_RANK] or [header]
    coalesced = (
        name == "price" and not first.suffix and {"saleprice"} & set(map(header_key, headers))
    )
    return ColumnSource(distinct(headers if coalesced else headers[:1]), first.suffix)


def _unused(headers: Sequence[str], fields: abc.Mapping[str, ColumnSource]) -> list[str]:
    keys = {header_key(each) for name in fields.keys() - JOINED for each in fields[name].headers}
    groups = {group_key(each) for name in fields.keys() & JOINED for each in fields[name].headers}
    return [
        header
        for header in headers
        if header_key(header) not in keys and group_key(header) not in groups
    ]


def _empty_sections(headers: Sequence[str], samples: Samples) -> set[str]:
    """Return columns that are empty as others hold what they consist of: "media", "media.url"."""
    if not samples:
        return set()
    sections = {header.rpartition(".")[0] for header in headers} & set(headers)
    return {each for each in sections if not any(row.get(each, "").strip() for row in samples)}
