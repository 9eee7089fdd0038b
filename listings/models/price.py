"""What an advert has cost, and the plans by which its price falls."""

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.db.models.functions import Now

from listings.choices import PriceEnding, PriceReason
from listings.models.dealer_rows import DealerRows, ListingRows
from listings.models.listing import Listing
from listings.models.rules import PRICE_MAX


class PriceChange(models.Model):
    """One price an advert has had. A trigger writes it, so that no path can skip it."""

    listing = models.ForeignKey(
        Listing, models.CASCADE, related_name="price_changes", db_index=False
    )
    old_price = models.PositiveIntegerField(null=True)
    old_seen_until = models.DateTimeField(
        null=True, help_text="When buyers last saw the old price; empty: they never did."
    )
    new_price = models.PositiveIntegerField(null=True)
    reason = models.CharField(max_length=8, choices=PriceReason)
    actor = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.SET_NULL, null=True, related_name="+", db_index=False
    )
    changed_at = models.DateTimeField(db_default=Now())

    objects = ListingRows["PriceChange"].as_manager()

    class Meta:
        ordering = ("id",)
        indexes = (models.Index(fields=("listing", "id"), name="price_change_of_listing"),)
        constraints = (
            models.CheckConstraint(
                condition=Q(reason__in=PriceReason.values), name="price_change_reason_is_known"
            ),
        )

    def __str__(self) -> str:
        return "POA" if self.new_price is None else f"£{self.new_price:,}"


class PricePlan(models.Model):
    """How prices fall: after some days live, by a percentage or an amount, every so many days.

    A plan never takes a price below its floor. `is_default` gives it to every advert that the
    dealer publishes.
    """

    class Unit(models.TextChoices):
        PERCENT = "percent", "Per cent"
        POUNDS = "pounds", "Pounds"

    dealer = models.ForeignKey("dealers.Dealer", models.CASCADE, related_name="price_plans")
    name = models.CharField(max_length=80)
    after_days = models.PositiveSmallIntegerField(help_text="Days live before the first drop.")
    every_days = models.PositiveSmallIntegerField(help_text="Days between drops.")
    drop = models.PositiveIntegerField()
    unit = models.CharField(max_length=8, choices=Unit)
    floor = models.PositiveIntegerField(help_text="Whole pounds below which no price falls.")
    ending = models.CharField(max_length=4, choices=PriceEnding, default=PriceEnding.X95)
    is_default = models.BooleanField(default=False)
    created_at = models.DateTimeField(db_default=Now(), editable=False)

    objects = DealerRows["PricePlan"].as_manager()

    class Meta:
        ordering = ("name",)
        constraints = (
            models.UniqueConstraint(fields=("dealer", "name"), name="price_plan_name_is_unique"),
            models.UniqueConstraint(
                fields=("dealer",),
                condition=Q(is_default=True),
                name="one_default_price_plan_per_dealer",
            ),
            models.CheckConstraint(
                condition=Q(every_days__gte=1, every_days__lte=365, after_days__lte=365),
                name="price_plan_days_are_plausible",
            ),
            models.CheckConstraint(
                condition=Q(unit="percent", drop__gte=1, drop__lte=50)
                | Q(unit="pounds", drop__gte=1, drop__lte=PRICE_MAX),
                name="price_plan_drop_is_plausible",
            ),
            models.CheckConstraint(
                condition=Q(floor__gte=1, floor__lte=PRICE_MAX),
                name="price_plan_floor_is_plausible",
            ),
            models.CheckConstraint(
                condition=Q(ending__in=PriceEnding.values), name="price_plan_ending_is_known"
            ),
        )

    def __str__(self) -> str:
        return self.name


class PriceSchedule(models.Model):
    """The plan an advert is on, and when its price falls next.

    `next_drop_at` is empty while the advert is off the market: coming back sets it.
    """

    listing = models.OneToOneField(
        Listing, models.CASCADE, related_name="price_schedule", primary_key=True
    )
    plan = models.ForeignKey(PricePlan, models.CASCADE, related_name="schedules")
    next_drop_at = models.DateTimeField(
        null=True, help_text="Empty while the advert is off the market."
    )
    steps_applied = models.PositiveIntegerField(default=0)

    objects = ListingRows["PriceSchedule"].as_manager()

    class Meta:
        indexes = (models.Index(fields=("next_drop_at",), name="price_schedule_due"),)

    def __str__(self) -> str:
        return f"Listing {self.listing_id} on plan {self.plan_id}"
