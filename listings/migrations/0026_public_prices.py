"""Know what buyers saw an advert cost: what counts as "was", and the lowest price of 30 days."""

from datetime import timedelta
from importlib import import_module

from django.db import migrations, models

from marketplace.databases.stored_sql import InstallSql

_old = import_module("listings.migrations.0003_listing_triggers")
DERIVED_BEFORE = f"""
    DROP TRIGGER listing_derive_columns ON listings_listing;
    DROP FUNCTION listing_derive_columns;
    {_old.DERIVED_COLUMNS}
"""
HISTORY_BEFORE = f"""
    DROP TRIGGER listing_record_first_price ON listings_listing;
    DROP TRIGGER listing_record_price_change ON listings_listing;
    DROP FUNCTION listing_record_price;
    {_old.PRICE_HISTORY}
"""
NOTHING_BEFORE = """
    DROP TRIGGER listing_derive_public_prices ON listings_listing;
    DROP FUNCTION listing_derive_public_prices;
    DROP FUNCTION lowest_public_price;
    DROP FUNCTION price_seen_until;
    DROP FUNCTION was_price_time;
"""

# A writer's trigger goes from the advert to its prices: so does this, or they wait in a ring.
LOCK = "LOCK TABLE listings_listing, listings_pricechange IN ACCESS EXCLUSIVE MODE"


class Migration(migrations.Migration):
    dependencies = [("listings", "0025_price_rounding")]

    operations = [
        migrations.RunSQL(LOCK, migrations.RunSQL.noop),
        *(
            migrations.AddField("listing", name, field)
            for name, field in (
                (
                    "lowest_price_30_days",
                    models.PositiveIntegerField(
                        null=True,
                        editable=False,
                        help_text="Whole pounds: the lowest price that buyers saw in the last 30 "
                        "days, this one included; null where they saw none.",
                    ),
                ),
                (
                    "lowest_price_ends_at",
                    models.DateTimeField(
                        null=True,
                        editable=False,
                        help_text="Empty while buyers see the lowest price.",
                    ),
                ),
                (
                    "established_price",
                    models.PositiveIntegerField(
                        null=True,
                        editable=False,
                        help_text="The last price that buyers saw for long enough.",
                    ),
                ),
                (
                    "price_shown_at",
                    models.DateTimeField(
                        null=True,
                        editable=False,
                        help_text="Empty where buyers never saw the price.",
                    ),
                ),
                (
                    "price_hidden_at",
                    models.DateTimeField(
                        null=True,
                        editable=False,
                        help_text="When buyers last saw the advert, if not now.",
                    ),
                ),
                (
                    "price_seen_for",
                    models.DurationField(
                        db_default=timedelta(),
                        editable=False,
                        help_text="Before it was last shown.",
                    ),
                ),
            )
        ),
        migrations.AlterField(
            "listing",
            "previous_price",
            models.PositiveIntegerField(
                null=True,
                editable=False,
                help_text="Whole pounds that buyers saw it cost before, for long enough; null "
                "where the price is not reduced.",
            ),
        ),
        migrations.AddField(
            "pricechange",
            "old_seen_until",
            models.DateTimeField(
                null=True, help_text="When buyers last saw the old price; empty: they never did."
            ),
        ),
        InstallSql("listings", "public_prices", before=NOTHING_BEFORE),
        InstallSql("listings", "derived_columns", before=DERIVED_BEFORE),
        InstallSql("listings", "price_history", before=HISTORY_BEFORE),
    ]
