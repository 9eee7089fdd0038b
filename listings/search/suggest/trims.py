"""The trims that adverts of each make name, joined as typed words are."""

from collections.abc import Mapping

from listings.language.lexicon import table
from listings.search.suggest.keys import words

_TRIMS: Mapping[str, frozenset[str]] = {
    make: frozenset("".join(words(trim)) for trims in lists.values() for trim in trims)
    for make, lists in table("trims").items()
}
_ANY = frozenset(trim for trims in _TRIMS.values() for trim in trims)
TRIM_WORDS = frozenset(
    word
    for lists in table("trims").values()
    for trims in lists.values()
    for trim in trims
    for word in words(trim)
)


def is_trim(typed: str) -> bool:
    """Whether some make has this trim."""
    return typed in _ANY


def has_trim(make: str, typed: str) -> bool:
    """Whether a make, by its slug, has this trim or one that begins so."""
    return any(trim.startswith(typed) for trim in _TRIMS.get(make, ()))
