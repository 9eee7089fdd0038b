"""Keys that names are found by: sorted, so that those with one beginning stand together."""

import re
from bisect import bisect_left
from collections.abc import Iterable, Iterator
from typing import NamedTuple

from listings.language.tokens import fold

SLIP_LENGTH_MIN = 4
_LETTERS = "abcdefghijklmnopqrstuvwxyz0123456789"
_LAST = "\U0010ffff"
# A plus and a hash tell models apart: Ka and Ka+, smart #1.
_WORD = re.compile(r"[^\W_]+[+#]*|#[^\W_]+")


class Key(NamedTuple):
    """A joined text, what it leads to, and whether it begins inside the name."""

    text: str
    target: int
    is_inner: bool


class Keys:
    """Answers which keys begin with a text."""

    def __init__(self, keys: Iterable[Key]) -> None:
        self._keys = sorted(set(keys))
        self._texts = [key.text for key in self._keys]

    def starting(self, text: str) -> list[Key]:
        first = bisect_left(self._texts, text)
        return self._keys[first : bisect_left(self._texts, text + _LAST, first)]

    def has(self, text: str) -> bool:
        """Return whether a key begins with the text."""
        place = bisect_left(self._texts, text)
        return place < len(self._texts) and self._texts[place].startswith(text)

    def slips(self, text: str) -> set[str]:
        """Return the beginnings of keys that are one slip away from a text.

        A slip is a letter left out, added or changed, or two neighbours swapped; short texts have
        none, for too much is one slip away from them.
        """
        if len(text) < SLIP_LENGTH_MIN:
            return set()
        found: set[str] = set()
        for place in range(len(text) + 1):
            head, tail = text[:place], text[place:]
            if not self.has(head):
                break
            found.update(filter(self.has, _changed(head, tail)))
        return found - {text}


def words(text: str) -> list[str]:
    """Return the words of a text in lower case, without accents and punctuation."""
    return _WORD.findall(fold(text).lower())


def keys_of(name: list[str], target: int) -> Iterator[Key]:
    """Yield the keys of a name: joined from each of its words to its end."""
    for place in range(len(name)):
        yield Key("".join(name[place:]), target, is_inner=place > 0)


def _changed(head: str, tail: str) -> Iterator[str]:
    if tail:
        yield head + tail[1:]
    if len(tail) > 1:
        yield head + tail[1] + tail[0] + tail[2:]
    for letter in _LETTERS:
        yield head + letter + tail
        if tail:
            yield head + letter + tail[1:]
