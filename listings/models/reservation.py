"""A car that is held for a buyer, and how a car was sold."""

from collections.abc import Mapping
from datetime import timedelta
from typing import Any, ClassVar, Self

from django.conf import settings
from django.core.validators import MinValueValidator
from django.db import models
from django.db.models.functions import Now

from listings.choices import Status
from listings.models.buyer import BuyerRecord
from listings.models.dealer_rows import ListingRows, RecordRows
from listings.models.listing import Listing


class ReservationRows(RecordRows["Reservation"]):
    def active(self) -> Self:
        """Return those that keep others from asking."""
        return self.filter(standing__in=Reservation.ACTIVE)


class Reservation(models.Model):
    """What somebody asked, or was promised, about a car; one at a time is active for an advert.

    While it is held, the advert is reserved as `listings.adverts` reserves adverts. Nobody is
    mailed whom the dealer entered.
    """

    class Standing(models.TextChoices):
        ASKED = "asked", "Asked for"
        HELD = "held", "Held"
        DECLINED = "declined", "Declined"
        CANCELLED = "cancelled", "Cancelled by the buyer"
        LAPSED = "lapsed", "Lapsed"
        SOLD = "sold", "Ended: the car is sold"
        ENDED = "ended", "Ended by the dealer"

    class DepositState(models.TextChoices):
        ASKED = "asked", "Asked for"
        PAID = "paid", "Paid"
        RETURNED = "returned", "Given back"

    ACTIVE: ClassVar = (Standing.ASKED, Standing.HELD)

    record = models.OneToOneField(BuyerRecord, models.CASCADE, related_name="reservation")
    listing = models.ForeignKey(
        Listing, models.SET_NULL, null=True, related_name="reservations", db_index=False
    )
    title = models.CharField(max_length=250, help_text="The car, as it was called at the time.")
    standing = models.CharField(max_length=9, choices=Standing)
    is_by_dealer = models.BooleanField(default=False, help_text="Entered in the dealer's panel.")
    held_until = models.DateTimeField(null=True)
    answer_by = models.DateTimeField(null=True, help_text="When an unanswered request lapses.")
    note = models.TextField(blank=True, help_text="For the dealer's own people.")
    reason = models.CharField(max_length=300, blank=True, help_text="Told to the buyer.")
    decided_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.SET_NULL, null=True, related_name="+", db_index=False
    )
    decided_at = models.DateTimeField(null=True)
    ended_at = models.DateTimeField(null=True)
    changed_at = models.DateTimeField(db_default=Now())
    mails = models.PositiveSmallIntegerField(
        default=0, help_text="Counts the changes that somebody is told of by mail."
    )
    mailed = models.PositiveSmallIntegerField(default=0, help_text="Of them, to the buyer.")
    noticed = models.PositiveSmallIntegerField(default=0, help_text="Of them, to the dealer.")
    deposit = models.CharField(max_length=8, choices=DepositState, blank=True)

    objects = ReservationRows.as_manager()

    erased: ClassVar[Mapping[str, Any]] = {"note": "", "reason": ""}

    class Meta:
        ordering = ("-id",)
        constraints = (
            models.UniqueConstraint(
                fields=("listing",),
                condition=models.Q(standing__in=("asked", "held")),
                name="one_active_reservation_of_a_car",
            ),
            models.CheckConstraint(
                condition=~models.Q(standing="held") | models.Q(held_until__isnull=False),
                name="held_reservation_has_an_end",
            ),
        )

    def __str__(self) -> str:
        return f"{self.get_standing_display()}: {self.title}"


class SaleRows(ListingRows["Sale"]):
    def holding(self) -> Self:
        """Return those of adverts that are still sold, by this sale."""
        return self.filter(listing__status=Status.SOLD, listing__sold_at=models.F("sold_at"))


class Sale(models.Model):
    """How a car was sold, as its dealer says; it counts while the advert has this `sold_at`.

    An advert that returns, or whose sale is undone, has another, and so no sale.
    """

    class BuyerKind(models.TextChoices):
        RETAIL = "retail", "Private buyer"
        BUSINESS = "business", "Business"
        TRADE = "trade", "Trade"
        AUCTION = "auction", "Auction"

    class SaleChannel(models.TextChoices):
        MARKETPLACE = "marketplace", "This marketplace"
        OWN_SITE = "own_site", "Own website"
        OTHER_SITE = "other_site", "Another website"
        PHONE = "phone", "Telephone"
        WALK_IN = "walk_in", "Came by"
        OTHER = "other", "Other"

    listing = models.OneToOneField(Listing, models.CASCADE, related_name="sale")
    sold_at = models.DateTimeField(help_text="As the advert has it.")
    sold_on = models.DateField(help_text="The day it was sold.")
    price = models.PositiveIntegerField(
        null=True, validators=[MinValueValidator(1)], help_text="Whole pounds that were paid."
    )
    buyer = models.CharField(max_length=8, choices=BuyerKind, blank=True)
    channel = models.CharField(max_length=11, choices=SaleChannel, blank=True)
    recorded_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.SET_NULL, null=True, related_name="+", db_index=False
    )
    recorded_at = models.DateTimeField(db_default=Now())

    objects = SaleRows.as_manager()

    def __str__(self) -> str:
        return f"Sold on {self.sold_on}"


TERM_MAX = timedelta(days=14)
"""As long as a car may be held: a forecourt is no store."""
