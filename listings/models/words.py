"""The words of what adverts say beside their titles, for those who wish for something."""

from django.contrib.postgres.indexes import GinIndex
from django.contrib.postgres.search import SearchVectorField
from django.db import models

from listings.models.listing import Listing


class ListingWords(models.Model):
    """The words of an advert's features and description, with their places.

    Beside the advert's row, so that writing adverts does not wait for it: a job that follows the
    changes fills it (`listings.word_index`). `digest` tells which texts the words are of.
    """

    listing = models.OneToOneField(
        Listing, models.CASCADE, primary_key=True, related_name="words", db_constraint=False
    )
    words = SearchVectorField()
    digest = models.BigIntegerField()

    class Meta:
        indexes = (GinIndex(fields=["words"], name="listing_by_words_of_texts"),)

    def __str__(self) -> str:
        return f"Words of advert {self.listing_id}"
