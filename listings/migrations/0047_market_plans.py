"""Price plans that follow the market, and the value and the rule that a price followed."""

from importlib import import_module

from django.db import migrations, models
from django.db.models import Field, Q

from listings.models.rules import PRICE_MAX
from marketplace.databases.stored_sql import InstallSql

_old = import_module("listings.migrations.0025_price_rounding")
DROPS_ALONE = f"""
    DROP FUNCTION price_following;
    DROP FUNCTION price_rounded;
    {_old.ROUNDING}
"""
ROUNDED_WITHOUT_A_HIGHEST = "DROP FUNCTION price_rounded(integer, integer, text, integer)"
UNITS = (("percent", "Per cent"), ("pounds", "Pounds"))
KINDS = (("age", "By age"), ("market", "As the market"))
TERMS: dict[str, Field] = {
    "kind": models.CharField(max_length=6, choices=KINDS, default="age", db_default="age"),
    "value_percent": models.PositiveSmallIntegerField(
        null=True, blank=True, help_text="Where a price stays, in per cent of its advert's value."
    ),
    "percent_max": models.PositiveSmallIntegerField(
        null=True,
        blank=True,
        help_text="How far a price moves in a week at most, in per cent of it.",
    ),
    "pounds_max": models.PositiveIntegerField(
        null=True, blank=True, help_text="How far a price moves in a week at most, in whole pounds."
    ),
    "may_rise": models.BooleanField(
        default=False, db_default=False, help_text="Whether it follows a value that rises."
    ),
}
CHANGED: dict[str, Field] = {
    "after_days": models.PositiveSmallIntegerField(help_text="Days live before the first change."),
    "every_days": models.PositiveSmallIntegerField(help_text="Days between changes."),
    "drop": models.PositiveIntegerField(null=True, blank=True),
    "unit": models.CharField(max_length=8, choices=UNITS, null=True, blank=True),
}
FOLLOWED: dict[str, Field] = {
    "value": models.PositiveIntegerField(
        null=True, help_text="Of a plan that follows the market: the value that it followed."
    ),
    "rule": models.CharField(
        max_length=20, blank=True, db_default="", help_text="The rule of that value."
    ),
}
KIND = models.CheckConstraint(
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
)
PLAUSIBLE = models.CheckConstraint(
    condition=Q(
        value_percent__gte=50,
        value_percent__lte=150,
        percent_max__gte=1,
        percent_max__lte=50,
        pounds_max__gte=1,
        pounds_max__lte=PRICE_MAX,
    ),
    name="price_plan_follows_plausibly",
)

# A writer's trigger goes from the advert to its prices: so does this, or they wait in a ring.
LOCK = """LOCK TABLE listings_listing, listings_pricechange, listings_priceplan
    IN ACCESS EXCLUSIVE MODE"""


class Migration(migrations.Migration):
    dependencies = [("listings", "0046_asking_prices")]

    operations = [
        migrations.RunSQL(LOCK, migrations.RunSQL.noop),
        *(migrations.AddField("pricechange", name, field) for name, field in FOLLOWED.items()),
        *(migrations.AddField("priceplan", name, field) for name, field in TERMS.items()),
        *(migrations.AlterField("priceplan", name, field) for name, field in CHANGED.items()),
        migrations.AddConstraint("priceplan", KIND),
        migrations.AddConstraint("priceplan", PLAUSIBLE),
        InstallSql("listings", "price_rounding", before=DROPS_ALONE),
        migrations.RunSQL(ROUNDED_WITHOUT_A_HIGHEST, migrations.RunSQL.noop),
    ]
