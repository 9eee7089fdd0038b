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
    RESERVED_UNTIL,
    ColumnMapping,
    ColumnSource,
    distinct,
    group_key,
    without_places,
)
from dealers.feeds.columns.presets import (
    GENERIC,
    GENERIC_RANK,
    ColumnPreset,
    HeaderMeaning,
    preset_of,
)
from dealers.feeds.columns.title_columns import variant_column
from dealers.feeds.files import header_key

_Chosen = dict[str, list[tuple[HeaderMeaning, str]]]


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
_UNITS_OF_POWER = frozenset(["bhp", "hp", "horsepower", "ps", "kw"])
_MEASURED = frozenset({"mileage", "price", "power_bhp"})
"""Fields whose columns may state them in another measure: without VAT, in kilometres."""
_WHOLLY_JOINED = frozenset({"features", AVAILABILITY})
"""Fields that take every column that is surely one of theirs, whatever else names them."""
_AT_THE_END, _BEHIND_A_WORD, _IN_ANY_ORDER = 500, 1_000, 1_500
"""What a name that is only so like a known one is put behind, by its rank."""
_OWN_TIERS = frozenset(rank // GENERIC_RANK for rank in (0, _AT_THE_END, _BEHIND_A_WORD))
_TWICE = """
stock_ref make model derivative year fuel transmission body_type colour engine_cc doors seats owners
"""
_STATED_TWICE = frozenset(_TWICE.split())
"""Fields for which a preset's columns stand in for one another, row by row, where one is empty."""
_SIMILAR = 0.88
_SIMILAR_LOOKED_FOR = 300  # columns: more are not told from one another by their spelling
# Beside one of these, a "model" may be a variant of it.
_RANGES = frozenset(["range", "modelrange", "rangename", "modelfamily"])


def suggest(headers: Sequence[str], samples: Samples = ()) -> ColumnSuggestion:
    """Return what the columns seem to mean, by their names first and their cells second."""
    preset = preset_of(headers)
    chosen, unsure = _chosen(preset, headers, samples)
    fields = {name: _source(name, found, preset) for name, found in chosen.items()}
    if _is_measured_by_name(fields.get("power_bhp")):
        fields.pop("power_unit", None)
    rest = _unused(headers, fields)
    models = [each for _, each in chosen.get("model", ()) if header_key(each) not in _RANGES]
    if variant := variant_column(fields, models, rest, samples):
        name, header = variant
        fields = {name: each for name, each in fields.items() if header not in each.headers}
        fields[name] = ColumnSource((header,))
        unsure.add(name)
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


def _chosen(
    preset: ColumnPreset, headers: Sequence[str], samples: Samples
) -> tuple[_Chosen, set[str]]:
    """Return the columns whose names speak for a field, and the fields that a likeness gave.

    Columns of our own files are what their names say, however odd a dealer's cells are.
    """
    chosen: _Chosen = {}
    unsure: set[str] = set()
    bare, sections = unprefixed(headers), _empty_sections(headers, samples)
    is_own = any(meaning.field == "advert" for meaning in preset.meanings.values())
    for find in (_by_name, _by_part, _by_words, _by_similarity):
        taken = {header for found in chosen.values() for _, header in found} | sections
        is_likeness = find is _by_similarity
        closed = set(chosen) if is_likeness else chosen.keys() - _WHOLLY_JOINED
        looked_at = headers[:_SIMILAR_LOOKED_FOR] if is_likeness else headers
        for header in looked_at:
            meaning = None if header in taken else find(preset, bare[header])
            if meaning is None or (find is not _by_name and meaning.field in closed):
                continue
            if not is_own and not is_credible(meaning.field, header, samples):
                continue
            chosen.setdefault(meaning.field, []).append((meaning, header))
            if is_likeness:
                unsure.add(meaning.field)
    return chosen, unsure


def _by_name(preset: ColumnPreset, header: str) -> HeaderMeaning | None:
    meaning = preset.meanings.get(header_key(header))
    if question_of(header) and not (meaning and meaning.field == RESERVED_UNTIL):
        return HeaderMeaning(AVAILABILITY, "", 0)
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
            return _behind(meanings[key], _AT_THE_END)
    for word in _BEFORE_A_NAME:
        key = header_key(header).removeprefix(word)
        if key != header_key(header) and key in meanings and key not in _TOO_GENERAL:
            return _behind(meanings[key], _BEHIND_A_WORD)
    return None


def _behind(meaning: HeaderMeaning, rank: int) -> HeaderMeaning:
    """Return a meaning that is likelier than others of its kind, and than none of those before."""
    return meaning._replace(rank=meaning.rank + rank)


def _is_of_a_part(preset: ColumnPreset, meaning: HeaderMeaning, steps: Sequence[str]) -> bool:
    """Whether a name is that of a part, and not of the car: the maker of a colour, of an engine."""
    sections = {each.field for each in preset.meanings_of(words_of(steps[-2]))}
    if meaning.field == "title" and sections & {"make", "model"}:
        return True
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
            return _behind(meaning, _AT_THE_END) if is_entry else None
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
            return None if is_other else _behind(meaning, _IN_ANY_ORDER)
    return None


def _by_similarity(preset: ColumnPreset, header: str) -> HeaderMeaning | None:
    sent = header_key(header)
    if sum(map(str.isalpha, sent)) < 5:
        return None
    long_enough = [key for key in preset.meanings if len(key) >= 5]
    found = difflib.get_close_matches(sent, long_enough, 1, _SIMILAR)
    return preset.meanings[found[0]] if found else None


def _source(
    name: str, found: list[tuple[HeaderMeaning, str]], preset: ColumnPreset
) -> ColumnSource:
    """Return the likeliest column; all of them where they are joined; a preset's in its order."""
    ordered = sorted(found, key=lambda each: _likelihood(name, each[0]))
    if name == AVAILABILITY:
        return ColumnSource(distinct(_without_codes([header for _, header in ordered])))
    if name in JOINED:
        headers = [header for _, header in ordered]
        return ColumnSource(distinct(_once_an_entry(headers) if name == "features" else headers))
    first, header = ordered[0]
    alike = [each for meaning, each in ordered if _tier(meaning) == _tier(first)]
    is_reduced = name == "price" and {"saleprice"} & set(map(header_key, alike))
    is_of_a_preset = preset.name != GENERIC and name in _STATED_TWICE
    is_coalesced = _tier(first) in _OWN_TIERS and (is_reduced or is_of_a_preset)
    headers = alike if is_coalesced and not first.suffix else [header]
    return ColumnSource(distinct(headers), first.suffix)


def _is_measured_by_name(source: ColumnSource | None) -> bool:
    """Whether a header says its unit, so that a column of units is that of another."""
    return source is not None and not _UNITS_OF_POWER.isdisjoint(words_of(source.headers[0]))


def _tier(meaning: HeaderMeaning) -> int:
    return meaning.rank // GENERIC_RANK


def _likelihood(name: str, meaning: HeaderMeaning) -> tuple[int, bool, int]:
    """Return the order of a field's columns: of those found alike, what needs no addition first."""
    is_added = bool(meaning.suffix) and name in _MEASURED
    return _tier(meaning), is_added, meaning.rank


def _once_an_entry(headers: Sequence[str]) -> list[str]:
    """Return headers without a second name of a list's entries: `features[].name`, `.code`."""
    by_list: dict[str, str] = {}
    for header in headers:
        entries, of_a_list, _ = without_places(header).rpartition("[]")
        by_list.setdefault(f"{entries}[]" if of_a_list else header, header)
    return list(by_list.values())


def _without_codes(headers: list[str]) -> list[str]:
    """Return headers without the codes of what others of them say in words."""
    words = {header: words_of(header) for header in headers}
    return [
        header
        for header in headers
        if "code" not in words[header]
        or not any(
            "code" not in each and words[header] - {"code"} <= each for each in words.values()
        )
    ]


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
