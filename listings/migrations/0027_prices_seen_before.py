"""Find in the history of prices what buyers saw until now, a batch of adverts at a time.

The history tells when a price changed, not when an advert was off the market: each price counts
from its change, or the publication, to the next change.
"""

from typing import Any

from django.db import migrations, transaction
from django.db.backends.base.schema import BaseDatabaseSchemaEditor

BATCH_SIZE = 5_000
LOCK = """
    SELECT id FROM listings_listing WHERE id > %s AND id <= %s ORDER BY id FOR NO KEY UPDATE
"""
HISTORY = """
    UPDATE listings_pricechange AS change SET old_seen_until = change.changed_at
    FROM (
        SELECT change.id, greatest(listing.published_at, lag(change.changed_at) OVER (
            PARTITION BY change.listing_id ORDER BY change.id
        )) AS shown_at
        FROM listings_pricechange AS change
        JOIN listings_listing AS listing ON listing.id = change.listing_id
        WHERE listing.id > %s AND listing.id <= %s AND listing.published_at IS NOT NULL
    ) AS seen
    WHERE seen.id = change.id AND change.old_price IS NOT NULL
        AND change.old_seen_until IS NULL AND change.changed_at > seen.shown_at
"""
ADVERTS = """
    UPDATE listings_listing AS listing SET
        established_price = known.old_price,
        previous_price = CASE WHEN known.old_price > listing.price THEN known.old_price END,
        price_shown_at = CASE WHEN listing.status = 'live'
            THEN greatest(listing.published_at, last.changed_at) END,
        lowest_price_30_days = lowest.lowest,
        lowest_price_ends_at = lowest.ends_at
    FROM listings_listing AS same
    LEFT JOIN LATERAL (
        SELECT max(changed_at) AS changed_at FROM listings_pricechange WHERE listing_id = same.id
    ) AS last ON true
    LEFT JOIN LATERAL (
        SELECT old_price FROM (
            SELECT id, old_price, old_seen_until, greatest(
                same.published_at, lag(changed_at) OVER (ORDER BY id)
            ) AS shown_at
            FROM listings_pricechange WHERE listing_id = same.id
        ) AS change
        WHERE old_seen_until - shown_at >= interval '24 hours' ORDER BY id DESC LIMIT 1
    ) AS known ON true
    LEFT JOIN LATERAL lowest_public_price(
        same.id,
        ARRAY[same.price],
        ARRAY[CASE WHEN same.status = 'live' THEN 'infinity'::timestamptz END]
    ) AS lowest ON true
    WHERE same.id = listing.id AND same.id > %s AND same.id <= %s
        AND same.price_shown_at IS NULL
        AND (same.published_at IS NOT NULL OR same.previous_price IS NOT NULL)
"""


def look_back(_apps: Any, schema_editor: BaseDatabaseSchemaEditor) -> None:
    """Safe to run again: what the triggers have written since stays."""
    connection: Any = schema_editor.connection
    with connection.cursor() as cursor:
        cursor.execute("SELECT coalesce(min(id), 0), coalesce(max(id), 0) FROM listings_listing")
        first, last = cursor.fetchone()
        for start in range(first - 1, last, BATCH_SIZE):
            batch = [start, start + BATCH_SIZE]
            with transaction.atomic(using=connection.alias):
                for statement in (LOCK, HISTORY, ADVERTS):
                    cursor.execute(statement, batch)


class Migration(migrations.Migration):
    atomic = False
    dependencies = [("listings", "0026_public_prices")]

    operations = [migrations.RunPython(look_back, migrations.RunPython.noop)]
