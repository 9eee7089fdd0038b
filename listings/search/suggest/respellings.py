"""What else the words that somebody has typed may be: numerals, sounds and slips."""

from collections.abc import Iterator, Sequence
from functools import lru_cache
from itertools import islice, product
from typing import NamedTuple

from listings.language.spelling import OTHERWISE_HEARD, is_ordinary, spelling_of
from listings.search.suggest.keys import Key, Keys
from listings.search.suggest.trims import TRIM_WORDS

CANDIDATES_MAX, RESPELLINGS_MAX = 5, 16
_SLIPPED_MIN = 4
_NUMERALS = {"1": "i", "2": "ii", "3": "iii", "4": "iv"}
_NUMERALS |= {numeral: digit for digit, numeral in _NUMERALS.items()}
_NUMERALS |= {"one": "1", "two": "2", "three": "3", "four": "4", "five": "5", "six": "6"}


class Respelled(NamedTuple):
    """Other words for those typed; `is_bold` if one of everyday English was changed."""

    words: list[str]
    is_bold: bool


class Respelling:
    """Knows the words of all names, and what a word that is none of them can be."""

    def __init__(self, known: frozenset[str]) -> None:
        self.known = known | TRIM_WORDS
        self._spelling, self._names = spelling_of(self.known), spelling_of(known)
        self._beginnings = Keys(Key(word, 0, is_inner=False) for word in known)

    def otherwise(self, typed: Sequence[str]) -> Iterator[list[str]]:
        """Yield the words without an article ("a 3 series"), with other numerals, and those that
        sound like them.
        """
        if typed[0] == "a" and len(typed) > 1:
            yield list(typed[1:])
        for rewritten in (map(_numeral, typed), map(self._heard, typed)):
            other = list(rewritten)
            if other != typed:
                yield other

    def slipped(self, typed: Sequence[str]) -> Iterator[Respelled]:
        """Yield what the words may be where one or several of them hold slips, the likeliest first.

        A known word stays what it is.
        """
        choices = [[word] if word in self.known else self._near(word) for word in typed]
        for meant in islice(product(*choices), RESPELLINGS_MAX):
            changed = [word for word, other in zip(typed, meant, strict=True) if word != other]
            if changed:
                yield Respelled(list(meant), any(map(is_ordinary, changed)))

    def is_protected(self, typed: Sequence[str], meant: str) -> bool:
        """Whether another spelling of the joined words changes one that is right or has digits.

        A letter or a digit too many ("x55") may go.
        """
        joined = "".join(typed)
        same = next(
            (at for at, pair in enumerate(zip(joined, meant, strict=False)) if pair[0] != pair[1]),
            min(len(joined), len(meant)),
        )
        end = 0
        for word in typed:
            end += len(word)
            if same < end or (same == end and len(meant) > len(joined)):
                is_doubled = len(meant) < len(joined) and joined[same] == joined[same - 1]
                has_digit = any(map(str.isdecimal, word))
                is_short = len(word) < _SLIPPED_MIN and is_ordinary(word)
                return word in self.known or is_short or (has_digit and not is_doubled)
        return False

    def _heard(self, word: str) -> str:
        """Return the name that is written as it sounds: "Tesler", "Kashkai"."""
        if word in self.known or is_ordinary(word):
            return word
        near = [each for each in self._names.near(word) if each[0] < OTHERWISE_HEARD]
        alike = [term for distance, term in near if distance == near[0][0]]
        return alike[0] if len(alike) == 1 else word

    def _near(self, word: str) -> list[str]:
        near = [meant for _, meant in self._spelling.near(word)]
        for beginning in sorted(() if is_ordinary(word) else self._beginnings.slips(word)):
            near += [key.text for key in self._beginnings.starting(beginning)]
        return [*dict.fromkeys(near[:CANDIDATES_MAX]), word]


def _numeral(word: str) -> str:
    return _NUMERALS.get(word, word)


@lru_cache(maxsize=1)
def respelling(known: frozenset[str]) -> Respelling:
    """Return the same as before where the words are, so that an index costs little."""
    return Respelling(known)
