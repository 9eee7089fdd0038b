"""How a dealer's stock arrives as files: how, in which shape, and what it means."""

from typing import Self

from django.conf import settings
from django.contrib.auth.models import AnonymousUser, PermissionsMixin
from django.db import models
from django.db.models import Q
from django.db.models.functions import Now

from dealers.models.dealer import Branch, Dealer
from listings.models import DealerRows


class StockFeedQuerySet(DealerRows["StockFeed"]):
    def visible_to(self, user: PermissionsMixin | AnonymousUser) -> Self:
        """Feeds of the dealers this person works for; all of them for staff."""
        return self.filter(dealer__in=Dealer.objects.visible_to(user))

    def due(self) -> Self:
        """Feeds whose address is to be asked now."""
        return self.filter(
            channel=StockFeed.Channel.URL, paused_at=None, next_poll_at__lte=Now()
        ).filter(dealer__is_active=True)


class StockFeed(models.Model):
    """One way in which a dealer's stock arrives: how, in which shape, and what it means.

    `mapping` is a `ColumnMapping` as JSON and counts once somebody has confirmed
    it; `suggested_mapping` is what the last file looked like until then. `last_source_at` is the
    moment of the newest file applied: an older one is refused.
    """

    class Channel(models.TextChoices):
        UPLOAD = "upload", "Uploaded"
        URL = "url", "Fetched from an address"

    class Mode(models.TextChoices):
        FULL = "full", "The whole stock"
        DELTA = "delta", "Only what changed"

    class Blanks(models.TextChoices):
        KEEP = "keep", "Keep what the advert says"
        CLEAR = "clear", "Clear the field"

    dealer = models.ForeignKey(Dealer, models.CASCADE, related_name="feeds")
    name = models.CharField(max_length=80)
    channel = models.CharField(max_length=6, choices=Channel, default=Channel.UPLOAD)
    url = models.URLField("address", max_length=2000, blank=True)
    every_minutes = models.PositiveIntegerField(default=60, help_text="Between two fetches.")
    next_poll_at = models.DateTimeField(null=True, editable=False)
    etag = models.CharField(max_length=500, blank=True, editable=False)
    last_modified = models.CharField(max_length=100, blank=True, editable=False)

    format = models.CharField(
        max_length=12, blank=True, help_text="Empty: seen from the file itself."
    )
    mapping = models.JSONField(null=True, blank=True)
    suggested_mapping = models.JSONField(null=True, blank=True, editable=False)
    mapping_confirmed_at = models.DateTimeField(null=True, editable=False)
    mapping_confirmed_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.SET_NULL, null=True, related_name="+", editable=False
    )
    mode = models.CharField(max_length=5, choices=Mode, default=Mode.FULL)
    blanks = models.CharField("a blank cell", max_length=5, choices=Blanks, default=Blanks.KEEP)
    branch = models.ForeignKey(
        Branch,
        models.PROTECT,
        related_name="feeds",
        help_text="Where cars stand when the file does not say.",
    )
    branch_refs = models.JSONField(
        default=dict,
        blank=True,
        help_text="The file's words for branches, with their ids.",
    )
    publishes = models.BooleanField(default=True, help_text="Otherwise new cars stay drafts.")

    paused_at = models.DateTimeField(null=True, editable=False)
    pause_reason = models.CharField(max_length=500, blank=True, editable=False)
    mailed_pause_at = models.DateTimeField(
        null=True, editable=False, help_text="The pause that a mail went out about, by its time."
    )
    failure_count = models.PositiveIntegerField(
        default=0, editable=False, help_text="Failures since the last success."
    )
    last_source_at = models.DateTimeField(null=True, editable=False)
    created_at = models.DateTimeField(db_default=Now(), editable=False)

    objects = StockFeedQuerySet.as_manager()

    class Meta:
        ordering = ("dealer", "name")
        constraints = (
            models.UniqueConstraint(fields=("dealer", "name"), name="feed_name_is_unique"),
            models.CheckConstraint(
                condition=~Q(channel="url") | ~Q(url=""), name="fetched_feed_has_an_address"
            ),
            models.CheckConstraint(
                condition=Q(every_minutes__gte=5, every_minutes__lte=10_080),
                name="feed_is_fetched_from_every_5_minutes_to_weekly",
            ),
            models.CheckConstraint(condition=Q(mode__in=("full", "delta")), name="feed_mode_known"),
            models.CheckConstraint(
                condition=Q(blanks__in=("keep", "clear")), name="feed_blanks_known"
            ),
        )
        indexes = (
            models.Index(
                fields=("next_poll_at",),
                condition=Q(channel="url", paused_at__isnull=True),
                name="feed_next_to_fetch",
            ),
        )

    def __str__(self) -> str:
        return self.name
