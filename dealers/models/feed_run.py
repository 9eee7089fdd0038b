"""One file of a feed, from its arrival to its end."""

from typing import Self, TypeVar

from django.conf import settings
from django.contrib.auth.models import AnonymousUser, PermissionsMixin
from django.core.files.storage import Storage, storages
from django.db import models
from django.db.models import Q
from django.db.models.functions import Now

from dealers.models.feed import StockFeed
from listings.models import DealerRows

Row = TypeVar("Row", bound=models.Model)


def feed_files() -> Storage:
    """Return the storage of dealers' files, which is not that of photos: nobody is served them."""
    return storages["feeds"]


class FeedRunQuerySet(DealerRows["FeedRun"]):
    dealer_path = "feed__dealer"

    def visible_to(self, user: PermissionsMixin | AnonymousUser) -> Self:
        """Runs of the dealers this person works for; all of them for staff."""
        return self.filter(feed__in=StockFeed.objects.visible_to(user))

    def unfinished(self) -> Self:
        """Runs that a worker has yet to finish."""
        return self.filter(state__in=FeedRun.UNFINISHED)


class FeedRun(models.Model):
    """One file of a feed, from its arrival to its end.

    `recipe` is the `ImportConfig` of its arrival; `position` is how far the present step
    has come. A run that a person must decide on is held, with `hold_code` and the reason.
    """

    class State(models.TextChoices):
        RECEIVED = "received", "Received"
        READING = "reading", "Being read"
        HELD = "held", "Held for a person"
        APPLYING = "applying", "Being applied"
        DONE = "done", "Done"
        FAILED = "failed", "Failed"
        DROPPED = "dropped", "Dropped"

    class Step(models.TextChoices):
        """What is applied first: marks that cars give up must be free before new cars take them."""

        KNOWN = "known", "Cars we know"
        NEW = "new", "New cars"
        SEEN = "seen", "Unchanged cars"
        ABSENT = "absent", "Cars the file lacks"

    UNFINISHED = (State.RECEIVED, State.READING, State.APPLYING)

    feed = models.ForeignKey(StockFeed, models.CASCADE, related_name="runs")
    state = models.CharField(max_length=8, choices=State, default=State.RECEIVED)
    step = models.CharField(max_length=6, choices=Step, blank=True)
    position = models.BigIntegerField(default=0)
    attempts = models.PositiveSmallIntegerField(
        default=0, help_text="Since the position last moved."
    )
    dry_run = models.BooleanField(default=False)
    actor = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.SET_NULL, null=True, related_name="+"
    )
    recipe = models.JSONField(default=dict)

    file = models.FileField(upload_to="%Y/%m/%d/", storage=feed_files, max_length=300, blank=True)
    file_name = models.CharField(max_length=200, blank=True)
    file_hash = models.CharField("SHA-256 of the file", max_length=64, blank=True)
    file_bytes = models.BigIntegerField(default=0)
    source_at = models.DateTimeField(help_text="When the stock was as the file says.")
    received_at = models.DateTimeField(db_default=Now())
    started_at = models.DateTimeField(null=True)
    touched_at = models.DateTimeField(null=True, help_text="When a worker last got on with it.")
    finished_at = models.DateTimeField(null=True)

    failure = models.CharField(max_length=500, blank=True)
    hold_code = models.CharField(max_length=30, blank=True)
    hold_reason = models.CharField(max_length=500, blank=True)
    approved_at = models.DateTimeField(null=True)
    decided_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.SET_NULL, null=True, related_name="+"
    )
    told_at = models.DateTimeField(null=True, help_text="When the dealer was told of a bad end.")
    mailed_at = models.DateTimeField(null=True, help_text="When the mail about it went out.")
    findings = models.JSONField(default=list, help_text="What is odd about the file as a whole.")

    has_rows = models.BooleanField(default=True, help_text="The report's rows are kept.")
    row_count = models.PositiveIntegerField(default=0, help_text="Rows in the file.")
    car_count = models.PositiveIntegerField(default=0, help_text="Cars that the file has.")
    created_count = models.PositiveIntegerField(default=0)
    updated_count = models.PositiveIntegerField(default=0)
    unchanged_count = models.PositiveIntegerField(default=0)
    revived_count = models.PositiveIntegerField(default=0)
    withdrawn_count = models.PositiveIntegerField(default=0)
    held_count = models.PositiveIntegerField(default=0)
    rejected_count = models.PositiveIntegerField(default=0)
    duplicate_count = models.PositiveIntegerField(default=0)
    warning_count = models.PositiveIntegerField(default=0)

    objects = FeedRunQuerySet.as_manager()

    class Meta:
        ordering = ("-id",)
        constraints = (
            models.UniqueConstraint(
                fields=("feed",),
                condition=Q(state__in=("reading", "applying")),
                name="one_run_at_a_time_per_feed",
            ),
        )
        indexes = (
            models.Index(fields=("feed", "id"), name="run_of_feed"),
            models.Index(
                fields=("state", "touched_at"),
                condition=Q(state__in=("received", "reading", "applying", "held")),
                name="run_unfinished",
            ),
        )

    def __str__(self) -> str:
        return f"Run {self.pk}"


class FeedRunRows(DealerRows[Row]):
    """Rows that belong to a run."""

    dealer_path = "run__feed__dealer"


class FeedPreview(models.Model):
    """The beginning of a run's file, kept by the worker that read it, for people to look at.

    `columns` are pairs of a header and what some of its cells say, in order. `proposed` is the
    mapping that a file with other columns than the confirmed ones suggests.
    """

    run = models.OneToOneField(FeedRun, models.CASCADE, primary_key=True, related_name="preview")
    columns = models.JSONField(default=list)
    proposed = models.JSONField(null=True)

    objects = FeedRunRows["FeedPreview"].as_manager()

    def __str__(self) -> str:
        return f"Preview of run {self.run_id}"
