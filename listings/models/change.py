"""What the change feed remembers beside the adverts themselves."""

from django.db import models
from django.db.models import Q
from django.db.models.functions import Now

from listings.models.fields import TransactionIdField


class ListingTombstone(models.Model):
    """An advert that had been published and was deleted. A trigger writes it."""

    listing_id = models.BigIntegerField()
    revision = TransactionIdField()
    deleted_at = models.DateTimeField(db_default=Now())

    class Meta:
        verbose_name = "removed advert"
        indexes = (
            models.Index(fields=("revision", "listing_id"), name="tombstone_changed_since"),
            models.Index(fields=("deleted_at",), name="tombstone_oldest"),
        )

    def __str__(self) -> str:
        return f"Advert {self.listing_id}"


class ChangesFollower(models.Model):
    """How far a job of ours has followed the changes; without a row it begins with the stock."""

    name = models.CharField(primary_key=True, max_length=30)
    position = models.JSONField()

    def __str__(self) -> str:
        return self.name


class ChangeFeed(models.Model):
    """The one row about the feed as a whole; without it, nothing has happened to the feed yet.

    `epoch` is set anew to make every mirror start over; `pruned_to` is the highest revision of
    the tombstones that were removed.
    """

    id = models.PositiveSmallIntegerField(primary_key=True, default=1)
    epoch = models.UUIDField(null=True)
    pruned_to = TransactionIdField()

    class Meta:
        constraints = (models.CheckConstraint(condition=Q(id=1), name="there_is_one_change_feed"),)

    def __str__(self) -> str:
        return "Change feed"
