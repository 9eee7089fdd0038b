"""The trims that adverts of each make and model name, joined as typed words are."""

from collections.abc import Mapping

from listings.language.lexicon import table
from listings.search.suggest.keys import words
from listings.search.suggest.suggestions import SearchSuggestion

_OF_ALL = "any"
_TRIMS: Mapping[str, Mapping[str, frozenset[str]]] = {
    make: {
        model: frozenset("".join(words(trim)) for trim in trims) for model, trims in lists.items()
    }
    for make, lists in table("trims").items()
}
_ANY = frozenset(trim for lists in _TRIMS.values() for trims in lists.values() for trim in trims)
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
    return any(trim.startswith(typed) for trims in _TRIMS.get(make, {}).values() for trim in trims)


def has_model_trim(named: SearchSuggestion, typed: str) -> bool:
    """Whether a model is sold with just this trim, or its whole make is."""
    lists = _TRIMS.get(named.make, {})
    return any(typed in lists.get(name or "", ()) for name in (_OF_ALL, named.model))


def is_own_trim(named: SearchSuggestion, typed: str) -> bool:
    """Whether a trim is one of this model and not of all its make: "GTD"."""
    return named.model is not None and typed in _TRIMS.get(named.make, {}).get(named.model, ())
