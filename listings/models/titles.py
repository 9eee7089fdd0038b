"""The words of an advert's title, as its index has them."""

from collections.abc import Sequence

from django.contrib.postgres.fields import ArrayField
from django.contrib.postgres.fields.array import ArrayContains  # type: ignore[attr-defined]  # not in the stubs
from django.db.models import F, Func, TextField, Value
from django.db.models.lookups import Lookup

WORDS = ArrayField(TextField())


class TitleWords(Func):
    """`listing_title_words`: lower case, without accents, cut at all but letters and digits."""

    function = "listing_title_words"
    output_field = WORDS


def has_words(column: str, words: Sequence[str]) -> Lookup:
    """Return the condition that every word occurs, as a whole, in a column."""
    lookup: Lookup = ArrayContains(TitleWords(F(column)), Value(list(words), output_field=WORDS))
    return lookup
