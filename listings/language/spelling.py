"""Slips of the keyboard: the word that was meant, where only one can be."""

from collections import Counter, defaultdict
from collections.abc import Iterator
from functools import cached_property

_LENGTH_MIN, _LONG, _LENGTH_MAX = 4, 8, 16
_FIRST_LETTER, _SHUFFLED = 6, 6


class Spelling:
    """Words and what they look like with letters left out, so that a slip is a few look-ups.

    One slip (a letter left out, added, changed, or two swapped) is forgiven; two in words of eight
    letters or more, and where six or more letters are only in another order, with at most one left
    out. The first letter counts as certain in words of six or less, unless it is left out or
    swapped with the second one, and in words of four always; in shorter words nothing is forgiven.
    """

    def __init__(self, words: frozenset[str]) -> None:
        self.words = words

    @cached_property
    def _shortened(self) -> dict[str, tuple[str, ...]]:
        found: defaultdict[str, list[str]] = defaultdict(list)
        for word in self.words:
            if _LENGTH_MIN <= len(word) <= _LENGTH_MAX and word.isalpha():
                for short in _without_letters(word):
                    found[short].append(word)
        return {short: tuple(words) for short, words in found.items()}

    def meant(self, word: str) -> str | None:
        """Return the one word that is nearest, or None where none or several are."""
        if not _LENGTH_MIN <= len(word) <= _LENGTH_MAX or not word.isascii():
            return None
        near = {
            candidate
            for short in _without_letters(word)
            for candidate in self._shortened.get(short, ())
        }
        best: dict[int, list[str]] = defaultdict(list)
        for candidate in near:
            slips = _slips(word, candidate)
            if slips <= _forgiven(word, candidate):
                best[slips].append(candidate)
        nearest = best[min(best)] if best else []
        return nearest[0] if len(nearest) == 1 else None


def _forgiven(word: str, candidate: str) -> int:
    shorter = min(len(word), len(candidate))
    if word[0] != candidate[0] and shorter <= _FIRST_LETTER and candidate[1:] != word:
        return 1 if word[:2] == candidate[1::-1] and shorter > _LENGTH_MIN else 0
    if word[0] != candidate[0] and shorter <= _LENGTH_MIN:
        return 0
    return 2 if shorter >= _LONG or _is_shuffled(word, candidate) else 1


def _is_shuffled(word: str, candidate: str) -> bool:
    """Whether a word has the letters of another in another order, all but one at most."""
    if len(word) < _SHUFFLED or word[0] != candidate[0]:
        return False
    lacking = Counter(candidate) - Counter(word)
    return lacking.total() <= 1 and not Counter(word) - Counter(candidate)


def _without_letters(word: str) -> Iterator[str]:
    yield word
    once = {word[:place] + word[place + 1 :] for place in range(len(word))}
    yield from once
    if len(word) >= _SHUFFLED:
        yield from {
            short[:place] + short[place + 1 :] for short in once for place in range(len(short))
        }


def _slips(left: str, right: str) -> int:
    """The optimal string alignment distance."""
    before: list[int] = []
    row = list(range(len(right) + 1))
    for i, letter in enumerate(left, 1):
        before, last, row = row, before, [i]
        for j, other in enumerate(right, 1):
            cost = min(before[j] + 1, row[j - 1] + 1, before[j - 1] + (letter != other))
            if i > 1 and j > 1 and letter == right[j - 2] and left[i - 2] == other:
                cost = min(cost, last[j - 2] + 1)
            row.append(cost)
    return row[-1]
