"""What each week was like on the market, as the nightly job found it."""

from datetime import date
from typing import Self

from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.db.models import Q

from listings.models.catalogue import Make, Model


class MarketWeekQuerySet(models.QuerySet["MarketWeek"]):
    """Every reader's way to the weeks of one part of the market."""

    def of_whole(self) -> Self:
        return self.filter(make=None, model=None, segment=None)

    def of_make(self, make_id: int) -> Self:
        return self.filter(make=make_id)

    def of_model(self, model_id: int) -> Self:
        return self.filter(model=model_id)

    def with_segment_level(self) -> Self:
        """Return the whole's rows and the segments', as far as they have a level."""
        return self.filter(make=None, model=None, level__isnull=False)

    def with_kinds(self) -> Self:
        return self.of_whole().filter(kinds__isnull=False)

    def in_order(self, since: date) -> list["MarketWeek"]:
        """Return those that began on a day or later, oldest first."""
        return list(self.filter(week__gte=since).order_by("week"))


class MarketWeek(models.Model):
    """A week of a part of the market: of a make, a model, a segment, or of the whole (none).

    Segments are codes of `listings.pricing.value.market_index`; they have levels alone. The counts
    are those of the night when the week was last looked at. What is told of them leaves out
    what could lay a dealer bare: see `listings.pricing.value.market`. A make's `dealers` and
    `selling_dealers` are therefore those of `listings.pricing.value.dealer_floor`.
    """

    week = models.DateField(help_text="Its Monday.")
    make = models.ForeignKey(
        Make, models.CASCADE, null=True, related_name="market_weeks", db_index=False
    )
    model = models.ForeignKey(
        Model, models.CASCADE, null=True, related_name="market_weeks", db_index=False
    )
    segment = models.BigIntegerField(null=True)
    level = models.FloatField(
        null=True, help_text="How far asking prices had moved, in logs; weeks are compared by it."
    )
    level_error = models.FloatField(null=True, help_text="Its standard error.")
    listed = models.PositiveIntegerField(null=True, help_text="Adverts that were new.")
    live = models.PositiveIntegerField(null=True, help_text="Adverts on sale when last looked at.")
    sold = models.PositiveIntegerField(null=True)
    dealers = models.PositiveIntegerField(null=True, help_text="Whose adverts those on sale were.")
    sales = models.PositiveIntegerField(null=True, help_text="That the days to sell rest on.")
    selling_dealers = models.PositiveIntegerField(null=True, help_text="Whose sales those were.")
    days_to_sell = models.FloatField(null=True)
    days_low = models.FloatField(null=True, help_text="90 % lie between this and `days_high`.")
    days_high = models.FloatField(null=True, help_text="Null: more than a year.")
    days_by_rating = ArrayField(
        models.FloatField(null=True),
        null=True,
        help_text="Days to sell at each rating, the cheapest first; null: more than a year.",
    )
    kinds = models.JSONField(
        null=True,
        help_text="Of the whole: how each kind of car sells by its name, and all kinds by an "
        "empty one. What fewer than five dealers stand behind is not in it.",
    )

    objects = MarketWeekQuerySet.as_manager()

    class Meta:
        constraints = (
            models.UniqueConstraint(
                fields=("week", "make", "model", "segment"),
                nulls_distinct=False,
                name="each_part_of_market_has_a_week",
            ),
            models.CheckConstraint(
                condition=Q(model__isnull=True, segment__isnull=True)
                | Q(make__isnull=True, segment__isnull=True)
                | Q(make__isnull=True, model__isnull=True),
                name="market_week_is_of_one_part_alone",
            ),
        )
        indexes = (
            models.Index(fields=("model", "week"), name="market_week_of_model"),
            models.Index(
                fields=("make", "week"),
                condition=Q(make__isnull=False),
                name="market_week_of_make",
            ),
        )

    def __str__(self) -> str:
        part = (
            self.model
            or self.make
            or (f"segment {self.segment}" if self.segment is not None else "the market")
        )
        return f"{part} in the week of {self.week}"
