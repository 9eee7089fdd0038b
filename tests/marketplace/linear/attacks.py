"""Texts on which a regular expression may run away, made out of the expression itself."""

import random
import re
from collections.abc import Iterator, Sequence
from itertools import islice, product
from typing import Any, NamedTuple

_PARSER: Any = re._parser  # the only way to a pattern's parts
_PAIRS_MAX = 80
_PREFIXES_MAX = 3
_TAILS = ("", "\n", "\x01", "!x")
_MANY = 8
_LETTERS_MAX = 12
_CATEGORIES = {
    "DIGIT": "17\u0663",
    "SPACE": " \n\t\u2003",
    "WORD": "aZ_0\u00e9",
    "NOT_DIGIT": "a ,",
    "NOT_SPACE": "a1,",
    "NOT_WORD": " ,-",
}
_ANY = "a 1\u00e9"


class Attack(NamedTuple):
    """`pump` is repeated between a beginning that leads to it and an end that fails."""

    prefix: str
    pump: str
    tail: str

    def text(self, length: int) -> str:
        return f"{self.prefix}{self.pump * (length // len(self.pump))}{self.tail}"


def attacks_on(pattern: re.Pattern[Any]) -> list[Attack]:
    """Return attacks by every atom, word, repeated part and near miss, and by pairs of them."""
    parts = _Parts()
    tree = _PARSER.parse(pattern.pattern, pattern.flags & ~re.DEBUG)
    whole = parts.samples_of(list(tree), "")
    single = dict.fromkeys([*parts.letters, *parts.words, *parts.bodies, *whole, *parts.near()])
    pairs = [first + second for first, second in product(single, repeat=2) if first != second]
    most = _PAIRS_MAX if parts.bodies else 0  # without a repeat nothing is looked at twice
    chosen = random.Random(1).sample(pairs, min(len(pairs), most))  # noqa: S311
    prefixes = list(islice(dict.fromkeys(["", *parts.prefixes]), _PREFIXES_MAX))
    pumps = [pump for pump in [*single, *chosen] if pump]
    return [Attack(*each) for each in product(prefixes, pumps, _TAILS)]


class _Parts:
    """What a pattern is made of, as short texts."""

    def __init__(self) -> None:
        self.letters: dict[str, None] = {}
        self.words: dict[str, None] = {}
        self.bodies: dict[str, None] = {}
        self.prefixes: dict[str, None] = {}

    def near(self) -> Iterator[str]:
        for text in [*self.words, *self.bodies]:
            yield text[:-1]
            yield text[1:]

    def samples_of(self, items: Sequence[Any], before: str) -> list[str]:
        """Return some texts that match a sequence; `before` is a text that leads to it."""
        variants = [before]
        word = ""
        for operator, argument in items:
            name = str(operator)
            word = word + chr(argument) if name == "LITERAL" else ""
            if len(word) > 1:
                self.words.pop(word[:-1], None)
                self.words[word] = None
            found = self._samples(name, argument, variants[0])
            if found:
                count = max(len(variants), len(found))
                variants = [
                    variants[n % len(variants)] + found[n % len(found)]
                    for n in range(min(count, 4))
                ]
        return [text.removeprefix(before) for text in variants]

    def _samples(self, name: str, argument: Any, before: str) -> list[str]:
        match name:
            case "LITERAL" | "NOT_LITERAL" | "ANY" | "IN" | "CATEGORY" | "RANGE":
                letters = _letters(name, argument)
                self.letters.update(dict.fromkeys(letters))
                return list(letters)
            case "MAX_REPEAT" | "MIN_REPEAT" | "POSSESSIVE_REPEAT":
                least, most, body = argument
                return self._repeated(least, most, body, before)
            case "SUBPATTERN":
                return self.samples_of(argument[3], before)
            case "ATOMIC_GROUP":
                return self.samples_of(argument, before)
            case "BRANCH":
                return [text for each in argument[1] for text in self.samples_of(each, before)]
            case "ASSERT" | "ASSERT_NOT":
                self.samples_of(argument[1], before)
        return []

    def _repeated(self, least: int, most: int, body: Any, before: str) -> list[str]:
        samples = self.samples_of(body, before)
        if most > _MANY:
            self.bodies.update(dict.fromkeys(samples))
            self.prefixes[before] = None
        return [text * max(1, min(least, 64)) for text in samples]


def _letters(name: str, argument: Any) -> str:
    match name:
        case "LITERAL":
            return chr(argument)
        case "NOT_LITERAL":
            return "".join(letter for letter in _ANY if ord(letter) != argument)
        case "RANGE":
            return chr(argument[0]) + chr(argument[1])
        case "CATEGORY":
            return _CATEGORIES[str(argument).removeprefix("CATEGORY_")]
    return _ANY if name == "ANY" else _of_a_set(argument)


def _of_a_set(argument: Any) -> str:
    if str(argument[0][0]) != "NEGATE":
        return "".join(_members(argument))[:_LETTERS_MAX]
    excluded = re.compile("[" + re.escape("".join(_members(argument[1:]))) + "]")
    return "".join(letter for letter in _ANY + "\n<\"'" if not excluded.match(letter))


def _members(argument: Sequence[Any]) -> Iterator[str]:
    for operator, each in argument:
        yield _letters(str(operator), each)
