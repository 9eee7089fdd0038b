"""What buyers wish for: which adverts have it, in SQL, and what of it is equipment."""

from collections.abc import Mapping, Sequence
from functools import cache, reduce
from operator import add
from typing import Any

from django.contrib.postgres.search import SearchQueryField
from django.db.models import BooleanField, Case, F, Func, IntegerField, Q, Value, When
from django.db.models.functions import Cast
from django.db.models.lookups import Exact

from listings.choices import Equipment
from listings.language.lexicon import Speaker, values
from listings.language.tokens import title_words
from listings.models import ListingWords
from listings.models.titles import has_words

HAVING_SQL = (
    f"COPY (SELECT listing_id FROM {ListingWords._meta.db_table} WHERE words @@ %s::tsquery)"  # noqa: S608 - a name of ours
    " TO STDOUT (FORMAT binary)"
)


def wishes_met(phrases: Sequence[str]) -> Any:
    """Return how many of some phrases an advert has.

    It has one whose words are all in its title, or side by side in its features or description,
    and one that names equipment which its texts say the car has.
    """
    return reduce(
        add,
        (
            Case(When(_has(phrase), then=1), default=0, output_field=IntegerField())
            for phrase in phrases
        ),
    )


def as_query(phrase: str) -> str:
    """Return a phrase as PostgreSQL looks for it; its words have only a-z and 0-9."""
    return "<->".join(phrase.split())


def named_equipment(phrase: str) -> str | None:
    """Return the equipment that a phrase names as buyers do."""
    return _equipment().get(phrase)


@cache
def _equipment() -> Mapping[str, str]:
    named = values("equipment", Speaker.BUYER)
    return {" ".join(title_words(phrase)): value for phrase, value in named}


def has_bits(column: str, bits: int) -> Q:
    """Return the condition that a column has every one of some bits."""
    return Q(Exact(F(column).bitand(bits), bits))


def _has(phrase: str) -> Q:
    query = Cast(Value(as_query(phrase)), SearchQueryField())
    in_texts = Func(
        F("words__words"),
        query,
        template="%(expressions)s",
        arg_joiner=" @@ ",
        output_field=BooleanField(),
    )
    has = Q(has_words("title", phrase.split())) | Q(in_texts)
    named = named_equipment(phrase)
    return has if named is None else has | has_bits("equipment", Equipment.bits([named]))
