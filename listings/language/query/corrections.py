"""Slips of the keyboard put right, by what a buyer's words can hold."""

from collections.abc import Callable, Sequence
from itertools import zip_longest

from listings.language.query.phrases import KEYWORDS
from listings.language.query.tokens import name_key
from listings.language.query.vocabulary import Vocabulary
from listings.language.tokens import Token
from listings.search.places.named_places import PLACE_WORDS


def corrected(tokens: Sequence[Token], vocabulary: Vocabulary) -> list[Token]:
    """Return the tokens with the words that are meant.

    An ordinary word stays what it is, unless it is a slip of the first word of a name whose second
    word follows ("rang rover"), or stands behind a make that has such a model ("seat lion").
    """
    found: list[Token] = []
    for token, following in zip_longest(tokens, tokens[1:]):
        before = found[-1].key if found else ""
        is_word = token.key.isalpha()
        meant = _meant(token.key, before, following, vocabulary) if is_word else token.key
        found.append(token._replace(key=meant))
    return found


def _meant(word: str, before: str, following: Token | None, vocabulary: Vocabulary) -> str:
    if word in PLACE_WORDS or _is_plural(word, vocabulary):
        return word
    if before in vocabulary.makes and (model := _of_make(word, before, vocabulary)):
        return model
    if meant := vocabulary.spelling.meant(word):
        return meant
    rest = name_key(following) if following else None
    named = _named(word, lambda near: near + rest, vocabulary) if rest else None
    return named or word


def _of_make(word: str, make: str, vocabulary: Vocabulary) -> str | None:
    """Return the model of a make that a word behind it is a slip of, though it is English or the
    name of another make's model: "Hyundai Tuscan".
    """
    is_known = word in vocabulary.spelling.words and word not in vocabulary.models
    is_known |= KEYWORDS.begins(word) or vocabulary.is_name(make + word)
    return None if is_known else _named(word, lambda near: make + near, vocabulary)


def _named(word: str, join: Callable[[str], str], vocabulary: Vocabulary) -> str | None:
    """Return the word that makes a name with its neighbour, of several the nearest."""
    near = (term for _, term in vocabulary.spelling.near(word))
    return next((term for term in near if vocabulary.is_name(join(term))), None)


def _is_plural(word: str, vocabulary: Vocabulary) -> bool:
    return word[-1] == "s" and vocabulary.is_name(word[:-1])
