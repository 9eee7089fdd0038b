"""The log of what happened to adverts: who, what, why, and what was there before."""

from typing import Any

from django.conf import settings
from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.db.models.functions import Now

from listings.choices import Source, Status
from listings.models.dealer_rows import ListingRows
from listings.models.listing import Listing

FOLLOWS_STATUS = frozenset(
    {"published_at", "expires_at", "confirmed_at", "reserved_until", "reserved_by", "sold_at"}
)

PRICE_PLAN = "price_plan"
"""Under what events tell the price plan of an advert: before with its clock, and after."""


class ChangeSet(models.Model):
    """One call that wrote adverts; its events hold what each of them was before.

    `origin` names what the call was part of, such as `feed_run:17`; it is empty for a call that
    stands alone. Events go only with their advert, and a change set outlives them.
    """

    source = models.CharField(max_length=6, choices=Source, null=True)
    actor = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.SET_NULL, null=True, related_name="+", db_index=False
    )
    reason = models.CharField(max_length=500, blank=True)
    origin = models.CharField(max_length=40, blank=True, db_default="")
    created_at = models.DateTimeField(db_default=Now())

    class Meta:
        indexes = (
            models.Index(
                fields=("origin", "id"), condition=~models.Q(origin=""), name="change_set_of_origin"
            ),
        )

    def __str__(self) -> str:
        return self.origin or f"Change set {self.pk}"


class ListingEvent(models.Model):
    """One change of an advert. Rows are only ever added."""

    class Kind(models.TextChoices):
        CREATED = "created", "Created"
        EDITED = "edited", "Edited"
        PUBLISHED = "published", "Published"
        RENEWED = "renewed", "Renewed"
        RESERVED = "reserved", "Reserved"
        RELEASED = "released", "Released"
        SOLD = "sold", "Sold"
        WITHDRAWN = "withdrawn", "Withdrawn"
        EXPIRED = "expired", "Expired"
        REJECTED = "rejected", "Rejected"
        REOPENED = "reopened", "Reopened"
        PLANNED = "planned", "Price plan set"
        UNPLANNED = "unplanned", "Price plan stopped"
        UNLOCKED = "unlocked", "Fields unlocked"
        UNDONE = "undone", "Undone"

    listing = models.ForeignKey(
        Listing,
        models.CASCADE,
        related_name="events",
        db_index=False,
        editable=False,
        verbose_name="advert",
    )
    kind = models.CharField(max_length=10, choices=Kind)
    from_status = models.CharField(max_length=10, choices=Status, null=True)
    to_status = models.CharField(max_length=10, choices=Status)
    actor = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.SET_NULL, null=True, related_name="+", db_index=False
    )
    reason = models.CharField(max_length=500, blank=True)
    source = models.CharField(
        max_length=6, choices=Source, null=True, help_text="Who wrote; empty where it is not kept."
    )
    changes = models.JSONField(
        null=True, help_text="What was written, each field with its value before and after."
    )
    locked = ArrayField(
        models.CharField(max_length=30),
        null=True,
        help_text="Fields that feeds leave alone since this write, and did not before.",
    )
    happened_at = models.DateTimeField(db_default=Now())
    change_set = models.ForeignKey(
        ChangeSet,
        models.SET_NULL,
        null=True,
        related_name="events",
        db_index=False,
        db_constraint=False,  # written by the statement that writes the change set
        help_text="The call that wrote this; empty where it is not kept.",
    )

    objects = ListingRows["ListingEvent"].as_manager()

    class Meta:
        verbose_name = "event of an advert"
        verbose_name_plural = "events of adverts"
        ordering = ("-id",)
        indexes = (
            models.Index(fields=("listing", "id"), name="event_of_listing"),
            models.Index(
                fields=("change_set",),
                condition=models.Q(change_set__isnull=False),
                name="event_of_change_set",
            ),
        )
        constraints = (
            models.CheckConstraint(
                condition=models.Q(to_status__in=Status.values), name="event_status_is_known"
            ),
        )

    def __str__(self) -> str:
        return self.get_kind_display()

    @property
    def edits(self) -> dict[str, list[Any]]:
        """What was written of the car, before and after, without what follows from the status.

        Of a price plan the reason says which it is.
        """
        changes: dict[str, list[Any]] = self.changes or {}
        beside = FOLLOWS_STATUS | {PRICE_PLAN}
        return {name: pair for name, pair in changes.items() if name not in beside}
