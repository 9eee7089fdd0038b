"""Slips of the keyboard: the word that was meant, where only one can be."""

import re
import threading
from collections import Counter, defaultdict
from collections.abc import Iterable, Mapping, Sequence
from functools import cached_property, lru_cache
from importlib.resources import files
from math import log10

from symspellpy import SymSpell, Verbosity
from symspellpy.editdistance import DistanceAlgorithm, EditDistance

from listings.language.once import once

_LENGTH_MIN, _LONG, _LENGTH_MAX = 4, 8, 16
_FIRST_LETTER, _SHUFFLED = 6, 6
_SLIPS_MAX = 2
_VOWELS = frozenset("aeiouy")
_DICTIONARY = "frequency_dictionary_en_82_765.txt"
_ORDINARY_MIN = 250_000
"""How often a word must stand in the 10^12 words that Google counted to be an ordinary one."""
_FILLER_MIN = 250_000_000
# Spellings of one sound, in the order in which they are looked for, and then what is hardly heard.
_SPELLED = (
    (re.compile("ph"), "f"),
    (re.compile("sci|sch(?=[aeiou])"), "s"),
    (re.compile("qu?|ck|c(?![eiyh])"), "k"),
    (re.compile("c(?!h)|z"), "s"),
    (re.compile("x"), "ks"),
    (re.compile("(?<=[gk])w|w(?![aeiou])|(?<!^)(?<![cst])h"), ""),
    (re.compile(r"(.)\1+"), r"\1"),
    (re.compile("(?<=..)u?e$"), ""),
)
_HARDLY_HEARD = (
    (re.compile("(?<!^)(?:[aeo]r|a)$"), "A"),  # "Tesler"
    (re.compile("(?<!^)(?:ie|i|y)$"), "I"),
    (re.compile("(?<!^)o$"), "O"),
    (re.compile("(?<!^)u$"), "U"),
    (re.compile("(?<!^)[aeiouy]"), ""),
)
_LETTERS_OF_A_SLIP = 3
OTHERWISE_HEARD = 10
"""Further away than any word that sounds like the one that is written."""
_DISTANCE = EditDistance(DistanceAlgorithm.DAMERAU_OSA)
# What compares two words keeps the costs of its last two, so that threads would read each other's.
_COMPARING = threading.Lock()


class Spelling:
    """Words, and what a slip in one of them may have meant.

    One slip (a letter left out, added, changed, or two swapped) is forgiven; two in words of eight
    letters or more, and where six or more letters are only in another order, with at most one left
    out. The first letter counts as certain in words of six or less, unless it is left out or
    swapped with the second one, and in words of four always; in shorter words nothing is forgiven.
    Whoever writes a name by its sound ("kashkai") means the one that sounds so before any other.
    An ordinary English word is no slip.
    """

    def __init__(self, words: Iterable[str]) -> None:
        self.words = frozenset(words)

    def prepare(self) -> None:
        """Make what words are looked up in, and read the words of English."""
        with _COMPARING:
            _ = self._near, self._by_sound
        _words_from(_ORDINARY_MIN), _words_from(_FILLER_MIN)

    @cached_property
    def _near(self) -> SymSpell:
        near = SymSpell(max_dictionary_edit_distance=_SLIPS_MAX, prefix_length=_LENGTH_MAX // 2)
        for word in self._meanable:
            near.create_dictionary_entry(word, 1)
        return near

    @cached_property
    def _by_sound(self) -> Mapping[str, list[str]]:
        found: defaultdict[str, list[str]] = defaultdict(list)
        for word in self._meanable:
            found[_heard(_heard(word, _SPELLED), _HARDLY_HEARD)].append(word)
        return found

    @cached_property
    def _meanable(self) -> list[str]:
        return [
            word
            for word in self.words
            if _LENGTH_MIN <= len(word) <= _LENGTH_MAX
            and word.isalpha()
            and not _VOWELS.isdisjoint(word)  # "ptrl" is a short form
        ]

    def meant(self, word: str, *, may_be_ordinary: bool = False) -> str | None:
        """Return the one word that is nearest, or None where none or several are.

        `may_be_ordinary`: the place tells that it is none ("Renault Megan").
        """
        if word in self.words:
            return word
        near = self.near(word) if may_be_ordinary or not is_ordinary(word) else []
        nearest = [term for distance, term in near if distance == near[0][0]]
        return nearest[0] if len(nearest) == 1 else None

    def near(self, word: str) -> list[tuple[int, str]]:
        """Return the words that this can be a slip of, each with how far it is; the nearest first.

        Those that sound alike come before the others.
        """
        if not _LENGTH_MIN <= len(word) <= _LENGTH_MAX or not word.isascii():
            return []
        with _COMPARING:
            found = {
                each.term: each.distance + OTHERWISE_HEARD * (each.distance > 0)
                for each in self._near.lookup(word, Verbosity.ALL, _SLIPS_MAX)
                if each.distance <= _forgiven(word, each.term)
            }
            if not any(sorted(term) == sorted(word) for term in found):  # letters swapped
                found |= self._alike(word)
        return sorted((distance, term) for term, distance in found.items())

    def _alike(self, word: str) -> dict[str, int]:
        """Return the words that sound like one, with how far they are."""
        spelled, slips = _heard(word, _SPELLED), max(1, len(word) // _LETTERS_OF_A_SLIP)
        found = {}
        for term in self._by_sound.get(_heard(spelled, _HARDLY_HEARD), ()):
            distance = _DISTANCE.compare(spelled, _heard(term, _SPELLED), slips)
            if distance >= 0:
                found[term] = distance + 1
        return found


def _heard(word: str, spellings: Sequence[tuple[re.Pattern[str], str]]) -> str:
    for spelled, heard in spellings:
        word = spelled.sub(heard, word)
    return word


@lru_cache(maxsize=8)
def spelling_of(words: frozenset[str]) -> Spelling:
    """Return the same as before where the words are, so that a catalogue read anew costs little."""
    return Spelling(words)


def is_ordinary(word: str) -> bool:
    """Whether a word is one of everyday English, whatever else it looks like."""
    return word in _words_from(_ORDINARY_MIN)


def is_filler(word: str) -> bool:
    """Whether a word is one of those that every text is full of: "would", "people"."""
    return word in _words_from(_FILLER_MIN)


@once
def word_frequencies() -> Mapping[str, float]:
    """Return the words of English, each with the logarithm of how often it is counted."""
    text = files("symspellpy").joinpath(_DICTIONARY).read_text(encoding="utf-8-sig")
    return {word: log10(int(count)) for word, count in map(str.split, text.splitlines())}


@once
def _words_from(least: int) -> frozenset[str]:
    """Return the words of English that are counted so often at least."""
    known = word_frequencies().items()
    return frozenset(word for word, frequency in known if frequency >= log10(least))


def _forgiven(word: str, candidate: str) -> int:
    shorter = min(len(word), len(candidate))
    if word[0] != candidate[0] and shorter <= _FIRST_LETTER and candidate[1:] != word:
        return 1 if word[:2] == candidate[1::-1] and shorter > _LENGTH_MIN else 0
    if word[0] != candidate[0] and shorter <= _LENGTH_MIN:
        return 0
    return _SLIPS_MAX if shorter >= _LONG or _is_shuffled(word, candidate) else 1


def _is_shuffled(word: str, candidate: str) -> bool:
    """Whether a word has the letters of another in another order, all but one at most."""
    if len(word) < _SHUFFLED or word[0] != candidate[0]:
        return False
    lacking = Counter(candidate) - Counter(word)
    return lacking.total() <= 1 and not Counter(word) - Counter(candidate)
