"""Guessing what the columns of a new feed mean, for a person to confirm once."""

import difflib
import re
from collections import abc
from collections.abc import Callable, Collection, Sequence
from dataclasses import dataclass

from dealers.feeds.cells import availability, choices, dates, identity, numbers, photos
from dealers.feeds.cells.availability import asked, question_of
from dealers.feeds.cells.cell import (
    BLANK,
    CELL_MAX,
    PHOTOS_CELL_MAX,
    UNSAID,
    Read,
    read_address,
    unreadable,
)
from dealers.feeds.columns.header_words import (
    is_held_by,
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

Samples = Sequence[abc.Mapping[str, str]]


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
    ["id", "name", "url", "value", "type", "state", "text", "ref", "reference", "status", "media"]
)
_BEFORE_A_NAME = ("vehicle", "car", "veh", "used", "stock", "advert", "ad", "dms", "item")
_OF_A_PART, _BEHIND_A_WORD = 1_000, 2_000  # ranks
_WHOLLY_JOINED = frozenset({"features", AVAILABILITY})
"""Fields that take every column that is surely one of theirs, whatever else names them."""
_SIMILAR = 0.88
_SIMILAR_LOOKED_FOR = 300  # columns: more are not told from one another by their spelling
# Beside one of these, a "model" may be a variant of it.
_RANGES = frozenset(["range", "modelrange", "rangename", "modelfamily"])
_SAMPLES_MIN = 5
_SHARE_MIN = 0.8
_CREDIBLE_SHARE_MIN = 0.34
_PICTURE = re.compile(
    r"\.(?:jpe?g|png|webp|avif|heic|gif|bmp)(?:$|[?#/&|])|[/_.-](?:image|photo|picture|img|pic)s?[/_.?-]",
    re.IGNORECASE,
)
_YEAR = re.compile(r"\s*(?:19[5-9]|20[0-4])\d(?:\D.{0,9})?")


def suggest(headers: Sequence[str], samples: Samples = ()) -> ColumnSuggestion:
    """Return what the columns seem to mean, by their names first and their cells second."""
    preset = preset_of(headers)
    chosen: dict[str, list[tuple[HeaderMeaning, str]]] = {}
    unsure: set[str] = set()
    bare = unprefixed(headers)
    for find in (_by_name, _by_part, _by_words, _by_similarity):
        taken = {header for found in chosen.values() for _, header in found}
        closed = chosen.keys() - _WHOLLY_JOINED
        looked_at = headers[:_SIMILAR_LOOKED_FOR] if find is _by_similarity else headers
        for header in looked_at:
            meaning = None if header in taken else find(preset, bare[header])
            if meaning is None or (find is not _by_name and meaning.field in closed):
                continue
            if not _is_credible(meaning.field, header, samples):
                continue
            chosen.setdefault(meaning.field, []).append((meaning, header))
            if find is _by_similarity:
                unsure.add(meaning.field)
    fields = {name: _source(name, found) for name, found in chosen.items()}
    rest = _unused(headers, fields)
    for name, header in _guessed(rest, samples, fields.keys()).items():
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
            return meanings[key]._replace(rank=_OF_A_PART + meanings[key].rank)
    if header.endswith("]") and (listed := meanings.get(steps[0])) and listed.field == "features":
        return listed._replace(rank=_OF_A_PART + listed.rank)
    for word in _BEFORE_A_NAME:
        key = header_key(header).removeprefix(word)
        if key != header_key(header) and key in meanings and key not in _TOO_GENERAL:
            return meanings[key]._replace(rank=_BEHIND_A_WORD + meanings[key].rank)
    return None


def _in_list(preset: ColumnPreset, steps: Sequence[str]) -> HeaderMeaning | None:
    """Return photos or features where a step names a list of them and the rest hold its entries."""
    for place, step in enumerate(steps[:-1], 1):
        meaning = preset.meaning_of(words_of(step))
        if meaning and meaning.field in ("photos", "features"):
            is_entry = all(
                is_held_by(meaning.field, each) or words_of(each) == words_of(step)
                for each in steps[place:]
            )
            return meaning._replace(rank=500) if is_entry else None
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
            return meaning._replace(rank=700)
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


def _reads_photos(text: str) -> Read:
    """Only what looks like a picture is one: the address of a page is an address as well."""
    urls = photos.read_photos(text[:PHOTOS_CELL_MAX]).urls
    return Read(text) if urls and all(map(_PICTURE.search, urls)) else BLANK


def _has_addresses(text: str) -> Read:
    urls = photos.read_photos(text[:PHOTOS_CELL_MAX]).urls
    return Read(text) if urls else unreadable("photos", "an address of a picture")


def _reads_long_year(text: str) -> Read:
    """Only four digits are a year for certain: 17 may be anything."""
    return dates.read_year(text) if _YEAR.fullmatch(text) else BLANK


_BY_CELLS: abc.Mapping[str, Callable[[str], Read]] = {
    "vin": identity.read_vin,
    "vrm": identity.read_vrm,
    "photos": _reads_photos,
    "fuel": choices.read_fuel,
    "transmission": choices.read_transmission,
    "body_type": choices.read_body,
    "colour": choices.read_colour,
    "year": _reads_long_year,
}
_CHECKED: abc.Mapping[str, Callable[[str], Read]] = {
    "vrm": identity.read_vrm,
    "vin": identity.read_vin,
    "mileage": numbers.read_mileage,
    "engine_cc": numbers.read_engine,
    "write_off": choices.read_write_off,
    "availability": availability.read_availability,
    "body_type": choices.read_body,
    "mot_expires_on": dates.read_date,
    "first_registered_on": dates.read_date,
    "doors": numbers.read_doors,
    "electric_range_miles": numbers.read_electric_range,
    "photos": _has_addresses,
}
"""Fields whose usual headers mean something else as well: "Reg" the year, "Category" cars."""


def _is_credible(field: str, header: str, samples: Samples) -> bool:
    """Whether the cells do not speak against a column's meaning what its header says."""
    reader = _CHECKED.get(field)
    said = [text for row in samples if (text := row.get(header, "")).strip()]
    if field == AVAILABILITY:
        said = [asked(text, header) for text in said]
    if reader is None or len(said) < _SAMPLES_MIN:
        return True
    reads = [_read(reader, text) for text in said]
    return sum(not read.code.startswith("unreadable") for read in reads) >= (
        len(reads) * _CREDIBLE_SHARE_MIN
    )


def _guessed(headers: Sequence[str], samples: Samples, taken: Collection[str]) -> dict[str, str]:
    """Return headers for fields that no header names, by what nearly all of their cells are."""
    found: dict[str, str] = {}
    for header in headers:
        said = [text for row in samples if (text := row.get(header, "")).strip()]
        if len(said) < _SAMPLES_MIN:
            continue
        for field, reader in _BY_CELLS.items():
            if field in taken or field in found:
                continue
            if sum(_read(reader, text).value is not UNSAID for text in said) >= (
                len(said) * _SHARE_MIN
            ):
                found[field] = header
                break
    return found


def _read(reader: Callable[[str], Read], text: str) -> Read:
    """Read a cell as one of a row: what is longer than its field can be is nothing of its kind."""
    if reader in (_reads_photos, _has_addresses):
        return reader(text)
    return read_address(text, reader) if len(text) <= CELL_MAX else unreadable("cell", "a value")
