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
PUBLIC_PRICES = """
-- What buyers have seen an advert cost, and what may be said for that: docs/pricing.md tells the
-- rules.

-- How long buyers must have seen a price before it counts as "was". Sessions set it from
-- WAS_PRICE_HOURS.
CREATE OR REPLACE FUNCTION was_price_time() RETURNS interval LANGUAGE sql STABLE PARALLEL SAFE AS $$
    SELECT greatest(interval '1 second', make_interval(hours => coalesce(
        nullif(current_setting('marketplace.was_price_hours', true), ''), '24'
    )::integer))
$$;

-- When buyers last saw an advert's price; null: they never did. A price that came and went in one
-- transaction, or before a clock that was put back, was not seen.
CREATE OR REPLACE FUNCTION price_seen_until(
    shown_at timestamptz, hidden_at timestamptz, expires_at timestamptz
) RETURNS timestamptz LANGUAGE sql STABLE PARALLEL SAFE AS $$
    SELECT CASE WHEN coalesce(hidden_at, least(now(), expires_at)) > shown_at
        THEN coalesce(hidden_at, least(now(), expires_at)) END
$$;

-- The lowest of the prices that buyers have seen in 30 days, those given and those of the history,
-- and when it will have been longer than that (null: they see it now, and were given 'infinity').
CREATE OR REPLACE FUNCTION lowest_public_price(
    listing bigint, prices integer[], seen_until timestamptz[],
    OUT lowest integer, OUT ends_at timestamptz
) LANGUAGE plpgsql STABLE AS $$
BEGIN
    SELECT seen.price, nullif(max(seen.until), 'infinity') + interval '30 days' INTO lowest, ends_at
    FROM (
        SELECT * FROM unnest(prices, seen_until)
        UNION ALL
        SELECT old_price, old_seen_until FROM listings_pricechange
        WHERE listing_id = listing AND old_seen_until > now() - interval '30 days'
    ) AS seen (price, until)
    WHERE seen.price IS NOT NULL AND seen.until > now() - interval '30 days'
    GROUP BY seen.price ORDER BY seen.price LIMIT 1;
END $$;

CREATE OR REPLACE FUNCTION listing_derive_public_prices() RETURNS trigger LANGUAGE plpgsql AS $$
DECLARE
    is_live constant boolean := NEW.status = 'live'
        AND coalesce((SELECT is_active FROM dealers_dealer WHERE id = NEW.dealer_id), false);
    is_public constant boolean := is_live AND NEW.expires_at > now();
    was_public boolean;
    keeps_price boolean;
    seen_until timestamptz;
BEGIN
    IF TG_OP = 'INSERT' THEN
        NEW.price_shown_at := CASE WHEN is_live THEN least(NEW.published_at, now()) END;
        NEW.price_hidden_at := NULL;
        NEW.price_seen_for := interval '0';
        NEW.established_price := NULL;
        NEW.previous_price := NULL;
        NEW.lowest_price_30_days := CASE WHEN is_live THEN NEW.price END;
        NEW.lowest_price_ends_at :=
            CASE WHEN is_live AND NOT is_public THEN NEW.expires_at + interval '30 days' END;
        RETURN NEW;
    END IF;

    -- Whatever the statement says of them, these are written here alone.
    NEW.price_shown_at := OLD.price_shown_at;
    NEW.price_hidden_at := OLD.price_hidden_at;
    NEW.price_seen_for := OLD.price_seen_for;
    NEW.established_price := OLD.established_price;

    keeps_price := NEW.price IS NOT DISTINCT FROM OLD.price;
    was_public := OLD.price_shown_at IS NOT NULL AND OLD.price_hidden_at IS NULL;
    seen_until := price_seen_until(OLD.price_shown_at, OLD.price_hidden_at, OLD.expires_at);

    IF was_public AND NOT (is_public AND keeps_price AND OLD.expires_at > now()) THEN
        NEW.price_hidden_at := least(now(), OLD.expires_at);
        NEW.price_seen_for := OLD.price_seen_for
            + greatest(NEW.price_hidden_at - OLD.price_shown_at, interval '0');
    ELSIF keeps_price AND is_public = was_public
        AND (OLD.lowest_price_ends_at IS NULL OR OLD.lowest_price_ends_at > now())
    THEN
        NEW.previous_price := OLD.previous_price;
        NEW.lowest_price_30_days := OLD.lowest_price_30_days;
        NEW.lowest_price_ends_at := OLD.lowest_price_ends_at;
        RETURN NEW;
    END IF;

    IF NOT keeps_price THEN
        IF NEW.price_seen_for >= was_price_time() THEN
            NEW.established_price := OLD.price;
        END IF;
        NEW.price_shown_at := NULL;
        NEW.price_seen_for := interval '0';
    END IF;
    IF is_public AND (NOT was_public OR NEW.price_hidden_at IS NOT NULL) THEN
        IF NEW.price_hidden_at < now() - interval '30 days' THEN
            NEW.established_price := NULL;
        END IF;
        NEW.price_shown_at := now();
        NEW.price_hidden_at := NULL;
    END IF;

    NEW.previous_price :=
        CASE WHEN NEW.established_price > NEW.price THEN NEW.established_price END;
    -- A reduction and the end of the lowest price, which most changes are, need no look at the
    -- history.
    IF is_public AND NEW.price <= coalesce(OLD.lowest_price_30_days, NEW.price) THEN
        NEW.lowest_price_30_days := NEW.price;
        NEW.lowest_price_ends_at := NULL;
    ELSIF was_public AND keeps_price AND NOT is_public AND NEW.price = OLD.lowest_price_30_days THEN
        NEW.lowest_price_30_days := NEW.price;
        NEW.lowest_price_ends_at := NEW.price_hidden_at + interval '30 days';
    ELSE
        SELECT lowest, ends_at INTO NEW.lowest_price_30_days, NEW.lowest_price_ends_at
        FROM lowest_public_price(
            NEW.id,
            ARRAY[NEW.price, OLD.price],
            ARRAY[CASE WHEN is_public THEN 'infinity'::timestamptz END, seen_until]
        );
    END IF;
    RETURN NEW;
END $$;

CREATE OR REPLACE TRIGGER listing_derive_public_prices
    BEFORE INSERT OR UPDATE OF price, status, expires_at ON listings_listing
    FOR EACH ROW EXECUTE FUNCTION listing_derive_public_prices();
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
        migrations.RunSQL(PUBLIC_PRICES, NOTHING_BEFORE),
        InstallSql("listings", "derived_columns", before=DERIVED_BEFORE),
        InstallSql("listings", "price_history", before=HISTORY_BEFORE),
    ]
