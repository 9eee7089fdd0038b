"""Slips of the keyboard put right, by what a buyer's words can hold."""

from collections.abc import Sequence
from itertools import zip_longest

from listings.language.query.tokens import name_key
from listings.language.query.vocabulary import Vocabulary
from listings.language.tokens import Token
from listings.search.places.named_places import PLACE_WORDS


def corrected(tokens: Sequence[Token], vocabulary: Vocabulary) -> list[Token]:
    """Return the tokens with the words that are meant.

    An ordinary word stays what it is, unless it is a slip of the first word of a name whose second
    word follows: "rang rover".
    """
    return [
        token._replace(key=_meant(token.key, following, vocabulary))
        if token.key.isalpha()
        else token
        for token, following in zip_longest(tokens, tokens[1:])
    ]


def _meant(word: str, following: Token | None, vocabulary: Vocabulary) -> str:
    spelling = vocabulary.spelling
    if word in PLACE_WORDS or _is_plural(word, vocabulary):
        return word
    if meant := spelling.meant(word):
        return meant
    rest = name_key(following) if following else None
    if not rest:
        return word
    named = [near for _, near in spelling.near(word) if near + rest in vocabulary.models]
    return named[0] if named else word


def _is_plural(word: str, vocabulary: Vocabulary) -> bool:
    return word[-1] == "s" and (word[:-1] in vocabulary.models or word[:-1] in vocabulary.makes)
