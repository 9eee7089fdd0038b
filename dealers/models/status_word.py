"""Words of a feed's status that nobody knew, and what a person has said that they mean."""

from typing import Self

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.db.models.functions import Now

from dealers.models.feed import StockFeed
from listings.models import DealerRows


class FeedStatusWordQuerySet(DealerRows["FeedStatusWord"]):
    dealer_path = "feed__dealer"

    def waiting(self) -> Self:
        """Words that nobody has explained yet."""
        return self.filter(meaning="")


class FeedStatusWord(models.Model):
    """A word of a feed's status: asked about once, and remembered by `key`.

    `said` is the word as the file had it, with what its column asks, if that asks anything.
    """

    class Meaning(models.TextChoices):
        AVAILABLE = "available", "On sale"
        RESERVED = "reserved", "Reserved"
        OFF_SALE = "off_sale", "Not on sale, and not sold"
        SOLD = "sold", "Sold"

    feed = models.ForeignKey(StockFeed, models.CASCADE, related_name="status_words", db_index=False)
    key = models.CharField(max_length=250)
    said = models.CharField(max_length=250)
    meaning = models.CharField(max_length=9, choices=Meaning, blank=True)
    asked_at = models.DateTimeField(db_default=Now())
    answered_at = models.DateTimeField(null=True)
    answered_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.SET_NULL, null=True, related_name="+"
    )

    objects = FeedStatusWordQuerySet.as_manager()

    class Meta:
        ordering = ("feed", "pk")
        constraints = (
            models.UniqueConstraint(fields=("feed", "key"), name="feed_asks_of_a_word_once"),
            models.CheckConstraint(
                condition=Q(meaning__in=("", "available", "reserved", "off_sale", "sold")),
                name="meaning_of_a_status_word_known",
            ),
        )

    def __str__(self) -> str:
        return self.said
