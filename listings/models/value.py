"""What adverts are worth: the versions of the market that said so, and what they said."""

from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.db.models import Case, F, Func, Q, When
from django.db.models.functions import Now

from listings.choices import PriceRating
from listings.models.dealer_rows import ListingRows
from listings.models.fields import TransactionIdField
from listings.models.listing import Listing
from marketplace.london_time import in_london

VALUED_COLUMNS = (
    "price",
    "mileage",
    "year",
    "first_registered_on",
    "make_id",
    "model_id",
    "derivative",
    "fuel",
    "transmission",
    "doors",
    "body_type",
    "drivetrain",
    "engine_cc",
    "power_bhp",
    "battery_kwh",
    "mpg",
    "owners",
    "write_off",
)
"""What an advert's value and rating are worked out from; where one changes, neither holds."""

INPUTS_SQL = (
    f"hash_record_extended(ROW({', '.join(f'listing.{name}' for name in VALUED_COLUMNS)}), 0)"
)
"""A digest of what `listing` is valued by. Another major version of PostgreSQL may write another:
then adverts have no rating until they are valued anew."""

VALUED_SQL = f"(coalesce(value.seen = listing.revision, false) OR value.inputs = {INPUTS_SQL})"
"""Whether `value`, a row of `ListingValue`, still speaks of its advert, `listing`: the advert was
not written since, or what it is valued by is the same. The digest alone says it too, but costs
more than the rest of a search."""


RATED_SQL = f"value.listing_id = listing.id AND value.label IS NOT NULL AND {VALUED_SQL}"
"""Whether `value` is the row that rates `listing` now."""


class ValueInputs(Func):
    """`INPUTS_SQL` for QuerySets of adverts, or of rows that `path` leads from to an advert."""

    output_field = models.BigIntegerField()
    template = "hash_record_extended(ROW(%(expressions)s), 0)"

    def __init__(self, path: str = "") -> None:
        super().__init__(*(F(path + name) for name in VALUED_COLUMNS))


def is_valued() -> Q:
    """Return `VALUED_SQL` for QuerySets of adverts; the cheap half stands first."""
    return Q(market_value__seen=F("revision")) | Q(market_value__inputs=ValueInputs())


def rated(column: str) -> Case:
    """Return a column of the row that rates an advert now, for QuerySets of adverts."""
    holds = Q(market_value__label__isnull=False) & is_valued()
    return Case(When(holds, then=F(f"market_value__{column}")))


class MarketFit(models.Model):
    """One version of the market: what was fitted, by which rule, and how far it is off.

    `error` is the mean absolute error in per cent of adverts that the fit had not seen, the
    coverages are how many of their prices lie inside the intervals, in per cent, and `width_90` is
    the median width of the 90 % interval in per cent of the value. `content` is what values other
    cars without fitting again; only the latest versions keep it.
    """

    rule = models.CharField(max_length=20)
    fitted_at = models.DateTimeField(db_default=Now())
    adverts = models.PositiveIntegerField(help_text="Own adverts that it was fitted on.")
    prior = models.PositiveIntegerField(
        default=0, help_text="Rows of tables of asking prices that it was fitted on."
    )
    error = models.FloatField(null=True)
    coverage_80 = models.FloatField(null=True)
    coverage_90 = models.FloatField(null=True)
    width_90 = models.FloatField(null=True)
    details = models.JSONField(default=dict)
    content = models.BinaryField(null=True)
    is_current = models.BooleanField("in use now", default=False)

    class Meta:
        constraints = (
            models.UniqueConstraint(
                fields=("is_current",),
                condition=Q(is_current=True),
                name="one_market_fit_is_current",
            ),
        )
        indexes = (models.Index(fields=("fitted_at",), name="market_fit_oldest"),)

    def __str__(self) -> str:
        at = in_london(self.fitted_at)
        return f"{self.rule} of {at.day} {at:%B %Y, %H:%M}"


class ListingValue(models.Model):
    """What an advert is worth, and how its price stands to that; one row for each, or none yet.

    Value and label hold only while `inputs` is the digest of the advert, `INPUTS_SQL`: after a
    change of price or mileage buyers see no label until it is worked out anew. Amounts are whole
    pounds of asking price; without a `value` there are no bounds and no label, and `reason` says
    why, as it does where there is a value and no label. A trigger gives a row a new `revision`
    where the label, the ratio or the inputs changed, which tells the search replicas; it is no
    revision of the advert.
    """

    listing = models.OneToOneField(
        Listing, models.CASCADE, primary_key=True, related_name="market_value"
    )
    inputs = models.BigIntegerField()
    seen = TransactionIdField(
        help_text="The advert's revision when `inputs` was its digest; null where not known."
    )
    price = models.PositiveIntegerField(null=True, help_text="What it asked when it was valued.")
    value = models.PositiveIntegerField(null=True)
    low_80 = models.PositiveIntegerField(null=True)
    high_80 = models.PositiveIntegerField(null=True)
    low_90 = models.PositiveIntegerField(null=True)
    high_90 = models.PositiveIntegerField(null=True)
    comparables = models.PositiveSmallIntegerField(default=0)
    width = models.FloatField(
        null=True, help_text="How far apart the label's edges are, as the rule's k."
    )
    residual = models.FloatField(
        null=True, help_text="log(price) less the model's log value of a car it had not seen."
    )
    correction = models.FloatField(
        null=True, help_text="What the nearest comparables add to the model's log value."
    )
    ratio = models.PositiveSmallIntegerField(
        null=True,
        help_text="Price in thousandths of the value, as of when the label was last told.",
    )
    label = models.CharField(max_length=6, choices=PriceRating, null=True)
    reason = models.CharField(max_length=24, blank=True)
    fit = models.ForeignKey(MarketFit, models.PROTECT, related_name="values", db_index=False)
    valued_at = models.DateTimeField(db_default=Now())
    revision = TransactionIdField()

    objects = ListingRows["ListingValue"].as_manager()

    class Meta:
        verbose_name = "value of an advert"
        verbose_name_plural = "values of adverts"
        constraints = (
            models.CheckConstraint(
                condition=Q(label__in=PriceRating.values, value__isnull=False, reason="")
                | Q(label__isnull=True),
                name="rated_advert_has_a_value",
            ),
            models.CheckConstraint(
                condition=Q(ratio__isnull=False) | Q(label__isnull=True),
                name="rated_advert_has_a_ratio",
            ),
        )
        indexes = (models.Index(fields=("revision", "listing"), name="listing_value_told_since"),)

    def __str__(self) -> str:
        return f"Advert {self.listing_id}: {self.label or self.reason}"


class ValueHistory(models.Model):
    """What an advert was worth and how it was rated at the end of each week, Mondays in order.

    `labels` are those of the rule of their week, null where there was none. They are shorter than
    the weeks, or missing, where the first weeks are older than they are.
    """

    listing = models.OneToOneField(
        Listing, models.CASCADE, primary_key=True, related_name="value_history"
    )
    weeks = ArrayField(models.DateField())
    values = ArrayField(models.PositiveIntegerField())
    labels = ArrayField(models.CharField(max_length=6, null=True), null=True)

    objects = ListingRows["ValueHistory"].as_manager()

    class Meta:
        verbose_name_plural = "value histories"
        constraints = (
            models.CheckConstraint(
                condition=Q(weeks__len=F("values__len")), name="value_week_has_a_value"
            ),
        )

    def __str__(self) -> str:
        return f"Values of advert {self.listing_id}"


VALUE_COLUMNS = tuple(field.attname for field in ListingValue._meta.concrete_fields)
VALUE_ROW_SQL = ", ".join(("fit.rule", *(f"value.{name}" for name in VALUE_COLUMNS)))
"""The rule of the fit and the columns of `value`, for statements that read both at once."""
