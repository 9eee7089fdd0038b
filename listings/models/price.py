"""What an advert has cost, and the plans by which its price falls."""

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.db.models.functions import Now

from listings.choices import PlanKind, PriceEnding, PriceReason
from listings.models.dealer_rows import DealerRows, ListingRows
from listings.models.listing import Listing
from listings.models.rules import PRICE_MAX


class PriceChange(models.Model):
    """One price an advert has had. A trigger writes it, so that no path can skip it."""

    listing = models.ForeignKey(
        Listing, models.CASCADE, related_name="price_changes", db_index=False, verbose_name="advert"
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
    value = models.PositiveIntegerField(
        null=True, help_text="Of a plan that follows the market: the value that it followed."
    )
    rule = models.CharField(
        max_length=20, blank=True, db_default="", help_text="The rule of that value."
    )

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
    """How prices change by themselves, by their age or as the market does.

    By age a price falls after some days live, by a percentage or an amount, every so many days. A
    price that follows the market stays at some per cent of its advert's value, and moves at most so
    far a week; only where it may does it rise. No plan takes a price below its floor. `is_default`
    gives it to every advert that the dealer publishes.
    """

    class Unit(models.TextChoices):
        PERCENT = "percent", "Per cent"
        POUNDS = "pounds", "Pounds"

    dealer = models.ForeignKey("dealers.Dealer", models.CASCADE, related_name="price_plans")
    kind = models.CharField(
        max_length=6, choices=PlanKind, default=PlanKind.AGE, db_default=PlanKind.AGE
    )
    name = models.CharField(max_length=80)
    after_days = models.PositiveSmallIntegerField("days live before the first change")
    every_days = models.PositiveSmallIntegerField("days between changes")
    drop = models.PositiveIntegerField(null=True, blank=True)
    unit = models.CharField(max_length=8, choices=Unit, null=True, blank=True)
    value_percent = models.PositiveSmallIntegerField(
        "share of the value (%)",
        null=True,
        blank=True,
        help_text="Where a price stays, in per cent of its advert's value.",
    )
    percent_max = models.PositiveSmallIntegerField(
        "furthest in a week (%)",
        null=True,
        blank=True,
        help_text="How far a price moves in a week at most, in per cent of it.",
    )
    pounds_max = models.PositiveIntegerField(
        "furthest in a week (£)",
        null=True,
        blank=True,
        help_text="How far a price moves in a week at most, in whole pounds.",
    )
    may_rise = models.BooleanField(
        default=False, db_default=False, help_text="Whether it follows a value that rises."
    )
    floor = models.PositiveIntegerField(help_text="Whole pounds below which no price falls.")
    ending = models.CharField(max_length=4, choices=PriceEnding, default=PriceEnding.X95)
    is_default = models.BooleanField(
        "plan for new adverts",
        default=False,
        help_text="What you publish goes on it by itself.",
    )
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
            models.CheckConstraint(
                condition=Q(
                    kind="age",
                    drop__isnull=False,
                    unit__isnull=False,
                    value_percent__isnull=True,
                    percent_max__isnull=True,
                    pounds_max__isnull=True,
                    may_rise=False,
                )
                | Q(
                    kind="market",
                    drop__isnull=True,
                    unit__isnull=True,
                    value_percent__isnull=False,
                    percent_max__isnull=False,
                    pounds_max__isnull=False,
                    every_days=7,
                ),
                name="price_plan_has_the_terms_of_its_kind",
            ),
            models.CheckConstraint(
                condition=Q(
                    value_percent__gte=50,
                    value_percent__lte=150,
                    percent_max__gte=1,
                    percent_max__lte=50,
                    pounds_max__gte=1,
                    pounds_max__lte=PRICE_MAX,
                ),
                name="price_plan_follows_plausibly",
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
