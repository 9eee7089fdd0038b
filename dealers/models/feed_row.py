"""The rows of a feed's files, and what a feed remembers of each car."""

from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.db.models import F, Q
from django.db.models.functions import Now

from dealers.models.feed import StockFeed
from dealers.models.feed_run import FeedRun, FeedRunRows
from listings.models import DealerRows, Listing


class FeedRow(models.Model):
    """What has become of one row of a file, or of one car that the file lacks (without a line).

    Rows that are as they were the last time are counted in `FeedSeen`. There are too many of these
    rows for foreign keys that are checked one by one: whoever deletes a run deletes them.
    """

    class Outcome(models.TextChoices):
        CREATED = "created", "Created"
        UPDATED = "updated", "Updated"
        UNCHANGED = "unchanged", "Unchanged"
        REVIVED = "revived", "Back on sale"
        WITHDRAWN = "withdrawn", "Withdrawn"
        HELD = "held", "Held"
        REJECTED = "rejected", "Rejected"
        DUPLICATE = "duplicate", "Repeated below"

    pk = models.CompositePrimaryKey("run", "number")
    run = models.ForeignKey(
        FeedRun, models.CASCADE, related_name="rows", db_constraint=False, db_index=False
    )
    number = models.BigIntegerField(help_text="Of the row in the file, from 1; then absent cars.")
    line = models.BigIntegerField(null=True, help_text="Of the file; empty for an absent car.")
    file_name = models.CharField(max_length=200, blank=True, help_text="Inside an archive.")
    key = models.CharField(max_length=80, blank=True)
    external_id = models.CharField(max_length=64, blank=True)
    car = models.BigIntegerField(null=True)
    listing = models.ForeignKey(
        Listing, models.DO_NOTHING, null=True, related_name="+", db_constraint=False, db_index=False
    )
    outcome = models.CharField(max_length=9, choices=Outcome, blank=True)
    fields = ArrayField(models.CharField(max_length=30), default=list)
    reasons = models.JSONField(default=list)
    warnings = models.JSONField(default=list)

    objects = FeedRunRows["FeedRow"].as_manager()

    class Meta:
        ordering = ("run", "number")

    def __str__(self) -> str:
        return f"Line {self.line}" if self.line else "Not in the file"


class FeedStage(models.Model):
    """What a row says, from its reading until the run is over."""

    pk = models.CompositePrimaryKey("run", "number")
    run = models.ForeignKey(
        FeedRun, models.CASCADE, related_name="+", db_constraint=False, db_index=False
    )
    number = models.BigIntegerField()
    raw_hash = models.BinaryField()
    said = models.JSONField(help_text="A `StagedCar`, or the marks of a rejected row.")
    extra = models.JSONField(null=True, help_text="Columns of the file that are not mapped.")

    objects = FeedRunRows["FeedStage"].as_manager()

    def __str__(self) -> str:
        return f"Row {self.number}"


class FeedSeen(models.Model):
    """Some rows of a file that are as they were the last time: their numbers and their cars."""

    run = models.ForeignKey(FeedRun, models.CASCADE, related_name="+")
    first_number = models.BigIntegerField()
    numbers = ArrayField(models.BigIntegerField())
    lines = ArrayField(models.BigIntegerField())
    cars = ArrayField(models.BigIntegerField())

    objects = FeedRunRows["FeedSeen"].as_manager()

    class Meta:
        constraints = (
            models.UniqueConstraint(fields=("run", "first_number"), name="rows_are_seen_once"),
        )

    def __str__(self) -> str:
        return f"From row {self.first_number}"


class FeedCarQuerySet(DealerRows["FeedCar"]):
    dealer_path = "feed__dealer"


class FeedCar(models.Model):
    """What a feed remembers of one car.

    `key` says what the car is known by: `id:…`, `vrm:…`, `vin:…`, `advert:…` or `row:…`; a dealer
    may give one reference to several cars in turn. `vrm`, `vin` and `price` are what the file last
    said: a person may have corrected the advert since, a price plan have lowered it. `absent_since`
    is when a file first lacked the car, `gone_at` when the feed took it off sale.
    """

    feed = models.ForeignKey(StockFeed, models.CASCADE, related_name="cars", db_index=False)
    key = models.CharField(max_length=80)
    vrm = models.CharField(max_length=7, db_default="")
    vin = models.CharField(max_length=17, db_default="")
    listing = models.ForeignKey(Listing, models.CASCADE, related_name="feed_cars", db_index=False)
    raw_hash = models.BinaryField(null=True, help_text="Of the row's cells as last applied.")
    extra = models.JSONField(null=True)
    price = models.PositiveIntegerField(null=True)
    changed_run = models.BigIntegerField()
    applied_at = models.DateTimeField(db_default=Now())
    absent_since = models.DateTimeField(null=True)
    gone_at = models.DateTimeField(null=True)

    objects = FeedCarQuerySet.as_manager()

    class Meta:
        constraints = (
            models.UniqueConstraint(fields=("listing", "feed"), name="feed_knows_a_listing_once"),
        )
        indexes = (
            models.Index(F("feed"), F("key"), name="feed_car_by_key"),
            models.Index(F("feed"), F("raw_hash"), name="feed_car_by_row"),
            models.Index(
                fields=("absent_since",),
                condition=Q(absent_since__isnull=False, gone_at__isnull=True),
                name="feed_car_absent",
            ),
        )

    def __str__(self) -> str:
        return f"Car {self.pk}"
