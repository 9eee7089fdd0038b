"""The log of what happened to an advert: who, what, why."""

from django.conf import settings
from django.db import models
from django.db.models.functions import Now

from listings.choices import Source, Status
from listings.models.listing import Listing


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

    listing = models.ForeignKey(
        Listing, models.CASCADE, related_name="events", db_index=False, editable=False
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
        null=True, help_text="Edited fields, each with its value before and after."
    )
    happened_at = models.DateTimeField(db_default=Now())

    class Meta:
        ordering = ("-id",)
        indexes = (models.Index(fields=("listing", "id"), name="event_of_listing"),)
        constraints = (
            models.CheckConstraint(
                condition=models.Q(to_status__in=Status.values), name="event_status_is_known"
            ),
        )

    def __str__(self) -> str:
        return self.get_kind_display()
