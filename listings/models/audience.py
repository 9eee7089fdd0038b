"""How often adverts were seen, and what buyers and jobs say against them."""

from collections.abc import Mapping
from typing import Any, ClassVar

from django.conf import settings
from django.db import models
from django.db.models.functions import Now

from listings.models.buyer import BuyerRecord
from listings.models.dealer_rows import ListingRows
from listings.models.listing import Listing


class AdvertDay(models.Model):
    """One day of one advert at one kind of place: sums, and nothing about any reader.

    Days older than `settings.ADVERT_DAYS_KEPT` are packed into the first of their month.
    """

    class Place(models.TextChoices):
        PAGES = "pages", "Our pages"
        BLOCK = "block", "The block on other sites"
        API = "api", "Front ends of others"

    listing = models.ForeignKey(Listing, models.CASCADE, related_name="days", db_index=False)
    day = models.DateField(help_text="London's; of packed days the first of the month.")
    place = models.CharField(max_length=5, choices=Place)
    seen = models.PositiveIntegerField(default=0, help_text="In results and lists.")
    opened = models.PositiveIntegerField(default=0, help_text="Its page or its details.")
    phoned = models.PositiveIntegerField(default=0, help_text="The telephone number was asked for.")
    enquired = models.PositiveIntegerField(default=0, help_text="Enquiries that were sent.")

    objects = ListingRows["AdvertDay"].as_manager()

    class Meta:
        constraints = (
            models.UniqueConstraint(
                fields=("listing", "day", "place"), name="advert_has_one_row_a_day_and_place"
            ),
        )
        indexes = (models.Index(fields=("day",), name="advert_day_to_pack"),)

    def __str__(self) -> str:
        return f"{self.listing_id} on {self.day}"


class AdvertReport(models.Model):
    """What somebody says against an advert, for the marketplace's staff alone."""

    class ReportReason(models.TextChoices):
        SOLD = "sold", "The car is sold"
        PRICE = "price", "The price is not what is asked"
        NOT_THEIRS = "not_theirs", "The car is not this dealer's"
        MISLEADING = "misleading", "It says what is not so"
        FRAUD = "fraud", "It is a fraud"
        OTHER = "other", "Something else"

    class Decision(models.TextChoices):
        OPEN = "open", "To be looked at"
        DISMISSED = "dismissed", "Dismissed"
        TAKEN_DOWN = "taken_down", "The advert was taken down"

    record = models.OneToOneField(BuyerRecord, models.CASCADE, related_name="report")
    listing = models.ForeignKey(Listing, models.CASCADE, related_name="reports")
    reason = models.CharField(max_length=10, choices=ReportReason)
    text = models.TextField(blank=True)
    decision = models.CharField(max_length=10, choices=Decision, default=Decision.OPEN)
    decided_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.SET_NULL, null=True, related_name="+", db_index=False
    )
    decided_at = models.DateTimeField(null=True)
    created_at = models.DateTimeField(db_default=Now())

    objects = ListingRows["AdvertReport"].as_manager()

    erased: ClassVar[Mapping[str, Any]] = {"text": ""}

    class Meta:
        ordering = ("-id",)
        indexes = (
            models.Index(
                fields=("id",), condition=models.Q(decision="open"), name="report_to_look_at"
            ),
        )

    def __str__(self) -> str:
        return f"{self.get_reason_display()}: {self.listing_id}"


class AdvertSignal(models.Model):
    """What looks wrong about a live advert beside all others; found by a job, judged by staff."""

    class Suspicion(models.TextChoices):
        SAME_MARK = "same_mark", "Another dealer's live car has its mark or VIN"
        SAME_PHOTO = "same_photo", "Another dealer's live car has its photo"
        LOW_PRICE = "low_price", "Far below the usual price"
        REPORTED = "reported", "Reported several times"

    listing = models.ForeignKey(Listing, models.CASCADE, related_name="signals")
    suspicion = models.CharField(max_length=10, choices=Suspicion)
    other = models.ForeignKey(Listing, models.CASCADE, null=True, related_name="+", db_index=False)
    detail = models.CharField(max_length=200, blank=True)
    found_at = models.DateTimeField(db_default=Now())
    dismissed_at = models.DateTimeField(null=True)
    dismissed_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.SET_NULL, null=True, related_name="+", db_index=False
    )

    objects = ListingRows["AdvertSignal"].as_manager()

    class Meta:
        ordering = ("-id",)
        constraints = (
            models.UniqueConstraint(
                fields=("listing", "suspicion"), name="advert_has_a_signal_once"
            ),
        )

    def __str__(self) -> str:
        return self.get_suspicion_display()
