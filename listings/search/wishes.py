"""What buyers wish for: which adverts have it, in SQL, and what of it is equipment."""

from collections.abc import Mapping, Sequence
from functools import reduce
from operator import add
from typing import Any

from django.db.models import Case, F, FilteredRelation, IntegerField, Q, When
from django.db.models.lookups import Exact

from listings.choices import Equipment
from listings.language.lexicon import Speaker, values
from listings.language.once import once
from listings.language.tokens import title_words
from listings.models import ListingWords
from listings.models.listing import ListingQuerySet
from listings.models.titles import has_words

HAVING_SQL = (
    f"COPY (SELECT listing_id FROM {ListingWords._meta.db_table} WHERE words @@ %s::tsquery)"  # noqa: S608 - a name of ours
    " TO STDOUT (FORMAT binary)"
)


def with_wishes_met(rows: ListingQuerySet, phrases: Sequence[str]) -> ListingQuerySet:
    """Annotate adverts with how many of some phrases each has, as `wishes_met`.

    It has one whose words are all in its title, or side by side in its features or description,
    and one that names equipment which its texts say the car has.
    """
    names = {f"wish_{number}": phrase for number, phrase in enumerate(phrases)}
    found: dict[str, Any] = {
        name: FilteredRelation("words", condition=Q(words__words__phrase=phrase))
        for name, phrase in names.items()
    }
    met = [
        Case(When(_has(name, phrase), then=1), default=0, output_field=IntegerField())
        for name, phrase in names.items()
    ]
    return rows.annotate(**found).annotate(wishes_met=reduce(add, met))


def named_equipment(phrase: str) -> str | None:
    """Return the equipment that a phrase names as buyers do."""
    return _equipment().get(phrase)


@once
def _equipment() -> Mapping[str, str]:
    named = values("equipment", Speaker.BUYER)
    return {" ".join(title_words(phrase)): value for phrase, value in named}


def has_bits(column: str, bits: int) -> Q:
    """Return the condition that a column has every one of some bits."""
    return Q(Exact(F(column).bitand(bits), bits))


def _has(name: str, phrase: str) -> Q:
    has = Q(**{f"{name}__digest__isnull": False})
    if (named := named_equipment(phrase)) is not None:
        has |= has_bits("equipment", Equipment.bits([named]))
    return has | Q(has_words("title", phrase.split()))  # last, as it costs most
