"""The words of what adverts say beside their titles, for those who wish for something."""

from django.contrib.postgres.indexes import GinIndex
from django.contrib.postgres.search import SearchVectorField
from django.db import models
from django.db.backends.base.base import BaseDatabaseWrapper
from django.db.models.lookups import Lookup
from django.db.models.sql.compiler import SQLCompiler

from listings.models.dealer_rows import ListingRows
from listings.models.listing import Listing


class WordsField(SearchVectorField):
    """Words with their places. They are our own: no dictionary of PostgreSQL's has cut them."""


@WordsField.register_lookup
class HasPhrase(Lookup):
    """Whether words stand side by side; they have only a-z and 0-9."""

    lookup_name = "phrase"
    prepare_rhs = False

    def as_sql(
        self, compiler: SQLCompiler, connection: BaseDatabaseWrapper
    ) -> tuple[str, tuple[str | int, ...]]:
        column, parameters = self.process_lhs(compiler, connection)
        return f"{column} @@ %s::tsquery", (*parameters, as_query(self.rhs))


class ListingWords(models.Model):
    """The words of an advert's features and description.

    Beside the advert's row, so that writing adverts does not wait for it: a job that follows the
    changes fills it (`listings.word_index`). `digest` tells which texts the words are of.

    A word leads to many rows, of which only the keys are wanted. PostgreSQL keeps the words out of
    their way (`toast_tuple_target`) if a row comes with more than 2 kB; the blanks see to that, and
    are compressed to nothing.
    """

    listing = models.OneToOneField(
        Listing, models.CASCADE, primary_key=True, related_name="words", db_constraint=False
    )
    words = WordsField()
    digest = models.BigIntegerField()
    blanks = models.TextField(db_default=" " * 2_100, editable=False)

    objects = ListingRows["ListingWords"].as_manager()

    class Meta:
        verbose_name = "words of an advert"
        verbose_name_plural = "words of adverts"
        indexes = (GinIndex(fields=["words"], name="listing_by_words_of_texts"),)

    def __str__(self) -> str:
        return f"Words of advert {self.listing_id}"


def as_query(phrase: str) -> str:
    """Return a phrase as PostgreSQL looks for it."""
    return "<->".join(phrase.split())
