"""What buyers wish for, in SQL: the words of the title, and those of features and description."""

from collections.abc import Sequence
from functools import reduce
from operator import add
from typing import Any

from django.contrib.postgres.search import SearchQueryField
from django.db.models import BooleanField, Case, F, Func, IntegerField, Q, Value, When
from django.db.models.functions import Cast

from listings.models import ListingWords
from listings.models.titles import has_words

HAVING_SQL = (
    f"COPY (SELECT listing_id FROM {ListingWords._meta.db_table} WHERE words @@ %s::tsquery)"  # noqa: S608 - a name of ours
    " TO STDOUT (FORMAT binary)"
)


def wishes_met(phrases: Sequence[str]) -> Any:
    """Return how many of some phrases an advert has.

    It has one whose words are all in its title, or side by side in its features or description.
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


def _has(phrase: str) -> Q:
    query = Cast(Value(as_query(phrase)), SearchQueryField())
    in_texts = Func(
        F("words__words"),
        query,
        template="%(expressions)s",
        arg_joiner=" @@ ",
        output_field=BooleanField(),
    )
    return Q(has_words("title", phrase.split())) | Q(in_texts)
