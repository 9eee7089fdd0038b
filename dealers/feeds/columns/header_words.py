"""Names of columns as sets of words: "date_mot_expires" is "MOT Expiry Date"."""

import re
import tomllib
from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from functools import lru_cache
from pathlib import Path

Words = frozenset[str]

_SHARED_BY = 0.8
_SHARED_MIN = 5
_PLACE = re.compile(r"\[\d+\]")
_STEP = re.compile(r"[./]|\[\]")
_HUMP = re.compile(r"(?<=[a-z0-9])(?=[A-Z])|(?<=[A-Z])(?=[A-Z][a-z])")
_CUT = re.compile(r"[^\w]+|_+")

_VOCABULARY = tomllib.loads((Path(__file__).parent / "vocabulary.toml").read_text(encoding="utf-8"))
_SAME: dict[str, str] = {
    each: word for word, said in _VOCABULARY["same"].items() for each in said.split()
}
_EMPTY = {
    field: frozenset(_SAME.get(each, each) for each in said.split())
    for field, said in _VOCABULARY["empty"].items()
}
_NOWHERE = _EMPTY.pop("anywhere")
_LAST = frozenset(_VOCABULARY["steps"]["last"].split())
_OF_PHOTOS = frozenset(_VOCABULARY["steps"]["of_photos"].split())
_OF_EQUIPMENT = frozenset(_VOCABULARY["steps"]["equipment"].split())
_BESIDE_FEATURES = frozenset(_VOCABULARY["steps"]["beside_features"].split())


@lru_cache(maxsize=65_536)
def words_of(name: str) -> Words:
    """Return the words of a name, each as the one that stands for it, without plurals."""
    parted = _HUMP.sub(" ", name.replace("£", " gbp "))
    return frozenset(_word(each) for each in _CUT.split(parted.casefold()) if each)


def steps_of(header: str) -> list[str]:
    """Return the sections of a nested name, and the name in them: "make" and "name"."""
    return [step for each in _STEP.split(_PLACE.sub("[]", header)) if (step := each.strip(" @"))]


def without_last(steps: Sequence[str]) -> list[str]:
    """Return steps without those at the end that only hold a value."""
    kept = list(steps)
    while len(kept) > 1 and kept[-1].casefold().replace("_", "") in _LAST:
        kept.pop()
    return kept


def is_list(step: str) -> bool:
    """Whether a step names a list of photos or of features."""
    return not words_of(step).isdisjoint(_OF_EQUIPMENT | {"image", "medium", "media"})


def is_held_by(field: str, last: str) -> bool:
    """Whether a step holds a value of each of a list's entries: `url` of photos."""
    if field == "features":  # sections of equipment have names of their own
        return words_of(last).isdisjoint(_BESIDE_FEATURES)
    return last.casefold() in _OF_PHOTOS


def bare_of(words: Words, field: str) -> Words:
    """Return words without those that say nothing beside a field; a reference needs them all."""
    return words if field == "stock_ref" else words - _NOWHERE - _EMPTY.get(field, frozenset())


def unprefixed(headers: Sequence[str]) -> Mapping[str, str]:
    """Return headers without the words that nearly all of them begin with."""
    shared = ""
    while True:
        counts = Counter(_beginnings(headers, shared))
        prefix, count = counts.most_common(1)[0] if counts else ("", 0)
        if count < max(_SHARED_MIN, len(headers) * _SHARED_BY):
            break
        shared = prefix
    return {header: header.removeprefix(shared) for header in headers}


def _beginnings(headers: Sequence[str], shared: str) -> Iterable[str]:
    """Yield of each header that begins so the beginning that is a word longer."""
    for header in headers:
        end = header.find("_", len(shared)) + 1
        if header.startswith(shared) and 0 < end < len(header):
            yield header[:end]


def _word(each: str) -> str:
    word = _SAME.get(each, each)
    if len(word) > 3 and word.endswith("s") and not word.endswith(("ss", "us")):
        word = _SAME.get(word[:-1], word[:-1])
    return word
