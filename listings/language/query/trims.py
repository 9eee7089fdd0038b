"""Trims that narrow a search, where their make or model is named: "Golf GTI"."""

from collections.abc import Iterable, Iterator, Sequence
from typing import NamedTuple

from listings.language.lexicon import table
from listings.language.matcher import Phrases
from listings.language.once import once
from listings.language.query.entity import Entity
from listings.language.query.name_reader import is_counting
from listings.language.query.vocabulary import NamedModel
from listings.language.tokens import Token, title_words

_TABLE = "trims"
_OF_ALL, _BESIDE = "any", "beside"


class Trim(NamedTuple):
    """Words of a title; `is_certain` where they mean the trim wherever they stand."""

    words: tuple[str, ...]
    is_certain: bool


def read_trim(
    tokens: Sequence[Token], at: int, named: Iterable[NamedModel], *, is_beside: bool
) -> Entity | None:
    """Return the longest trim here of one of the models.

    A model's slug is empty where only its make is named. `is_beside`: a model or a trim of it
    stands right before, so that ordinary words are trims too.
    """
    found = [
        Entity(first=at, last=end, field="text", values=trim.words)
        for model in named
        for trim, end in _trims(model).every(tokens, at)
        if (trim.is_certain or is_beside) and not _is_counting(tokens, at, end)
    ]
    return max(found, key=lambda entity: entity.last, default=None)


def _is_counting(tokens: Sequence[Token], at: int, end: int) -> bool:
    """Whether the last token counts what follows: "Carrera 4 seats"."""
    return end - at > 1 and tokens[end - 1].key.isdecimal() and is_counting(tokens, end - 1)


@once
def _trims(model: NamedModel) -> Phrases[Trim]:
    ordinary = {name.lower() for name in table(_TABLE)[_BESIDE][_OF_ALL]}
    return Phrases(
        (name, Trim(tuple(title_words(name)), " " in name or name.lower() not in ordinary))
        for name in _names(model)
    )


def _names(model: NamedModel) -> Iterator[str]:
    for slug, names in table(_TABLE).get(model.make, {}).items():
        if slug in (_OF_ALL, model.slug) or not model.slug:
            yield from names
