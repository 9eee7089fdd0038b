"""What somebody asks about everything that was left with an e-mail address."""

from collections.abc import Mapping
from typing import Any, ClassVar

from django.conf import settings
from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.db.models.functions import Now

from listings.models.buyer import BuyerRecord
from listings.models.dealer_rows import RecordRows


class PrivacyRequest(models.Model):
    """A wish to see, take along or erase all; its record names the address for as long as it takes.

    `sought` are the address and numbers that are looked for in texts of others, `swept` is the last
    table where they were.
    """

    record = models.OneToOneField(BuyerRecord, models.CASCADE, related_name="privacy_request")
    mailed_at = models.DateTimeField(null=True, help_text="When the link was handed over.")
    erasing_since = models.DateTimeField(null=True)
    sought = ArrayField(models.CharField(max_length=254), default=list)
    swept = models.CharField(max_length=100, blank=True)

    objects = RecordRows["PrivacyRequest"].as_manager()

    erased: ClassVar[Mapping[str, Any]] = {"sought": []}

    def __str__(self) -> str:
        return f"Privacy request {self.pk}"


class NamedText(models.Model):
    """Where somebody who erased all may be named in what others left; staff decide on it.

    The name itself is not kept: others have it too, and whoever decides reads the text.
    """

    class TextPlace(models.TextChoices):
        MESSAGE = "message", "Answer or note about an enquiry"
        ENQUIRY = "enquiry", "Enquiry"
        RESERVATION_NOTE = "reservation_note", "Note of a reservation"
        RESERVATION_REASON = "reservation_reason", "Reason of a reservation"
        REPORT = "report", "Report of an advert"

    class TextDecision(models.TextChoices):
        OPEN = "open", "To be looked at"
        ERASED = "erased", "Taken out"
        LEFT = "left", "Left as it is"

    place = models.CharField(max_length=20, choices=TextPlace)
    row_id = models.BigIntegerField()
    decision = models.CharField(
        max_length=6, choices=TextDecision, default=TextDecision.OPEN, db_default="open"
    )
    found_at = models.DateTimeField(db_default=Now())
    decided_at = models.DateTimeField(null=True)
    decided_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.SET_NULL, null=True, related_name="+", db_index=False
    )

    class Meta:
        ordering = ("-id",)
        constraints = (
            models.UniqueConstraint(
                fields=("place", "row_id"),
                condition=models.Q(decision="open"),
                name="text_waits_once_for_a_decision",
            ),
        )

    def __str__(self) -> str:
        return f"{self.get_place_display()} {self.row_id}"
