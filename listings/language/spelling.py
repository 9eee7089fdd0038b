"""Slips of the keyboard: the word that was meant, where only one can be."""

from collections import Counter
from collections.abc import Iterable
from functools import cache, cached_property
from importlib.resources import files

from symspellpy import SymSpell, Verbosity

_LENGTH_MIN, _LONG, _LENGTH_MAX = 4, 8, 16
_FIRST_LETTER, _SHUFFLED = 6, 6
_SLIPS_MAX = 2
_VOWELS = frozenset("aeiouy")
_DICTIONARY = "frequency_dictionary_en_82_765.txt"
_ORDINARY_MIN = 250_000
"""How often a word must stand in the 10^12 words that Google counted to be an ordinary one."""
_FILLER_MIN = 250_000_000


class Spelling:
    """Words, and what a slip in one of them may have meant.

    One slip (a letter left out, added, changed, or two swapped) is forgiven; two in words of eight
    letters or more, and where six or more letters are only in another order, with at most one left
    out. The first letter counts as certain in words of six or less, unless it is left out or
    swapped with the second one, and in words of four always; in shorter words nothing is forgiven.
    An ordinary English word is no slip.
    """

    def __init__(self, words: Iterable[str]) -> None:
        self.words = frozenset(words)

    @cached_property
    def _near(self) -> SymSpell:
        near = SymSpell(max_dictionary_edit_distance=_SLIPS_MAX, prefix_length=_LENGTH_MAX // 2)
        for word in self.words:
            is_short_form = _VOWELS.isdisjoint(word)  # "ptrl"
            if _LENGTH_MIN <= len(word) <= _LENGTH_MAX and word.isalpha() and not is_short_form:
                near.create_dictionary_entry(word, 1)
        return near

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
        """Return the words that this can be a slip of, with the slips in it; the fewest first."""
        if not _LENGTH_MIN <= len(word) <= _LENGTH_MAX or not word.isascii():
            return []
        return sorted(
            (each.distance, each.term)
            for each in self._near.lookup(word, Verbosity.ALL, _SLIPS_MAX)
            if each.distance <= _forgiven(word, each.term)
        )


def is_ordinary(word: str) -> bool:
    """Whether a word is one of everyday English, whatever else it looks like."""
    return word in _ordinary_words()


def is_filler(word: str) -> bool:
    """Whether a word is one of those that every text is full of: "would", "people"."""
    return word in _fillers()


@cache
def _ordinary_words() -> frozenset[str]:
    return _counted(_ORDINARY_MIN)


@cache
def _fillers() -> frozenset[str]:
    return _counted(_FILLER_MIN)


def _counted(least: int) -> frozenset[str]:
    """Return the words of English that are counted so often at least."""
    lines = files("symspellpy").joinpath(_DICTIONARY).read_text(encoding="utf-8").splitlines()
    rows = (line.removeprefix("\ufeff").split(" ") for line in lines)
    return frozenset(word for word, count in rows if int(count) >= least)


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
