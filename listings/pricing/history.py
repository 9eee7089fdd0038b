"""What the history of prices is told: who changes a price and why, and that days have passed."""

from django.db import connection

from listings.choices import PriceReason

BATCH_SIZE = 5_000

# The trigger that writes the column looks at every advert whose lowest price is older than 30 days.
_RENEW = """
    UPDATE listings_listing AS listing SET status = listing.status
    FROM (
        SELECT id FROM listings_listing WHERE lowest_price_ends_at <= now()
        ORDER BY lowest_price_ends_at LIMIT %s FOR NO KEY UPDATE SKIP LOCKED
    ) AS due
    WHERE listing.id = due.id
"""


def attribute_prices(*, reason: PriceReason, actor_id: int | None) -> None:
    """Name the reason and the person for every price written until the transaction ends."""
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT set_config('marketplace.price_reason', %s, true),"
            " set_config('marketplace.price_actor', %s, true)",
            [reason, "" if actor_id is None else str(actor_id)],
        )


def renew_lowest_prices(*, limit: int = BATCH_SIZE) -> int:
    """Find the lowest price of 30 days anew where the one known is older; return how many were."""
    total, renewed = 0, limit
    while renewed == limit:
        with connection.cursor() as cursor:
            cursor.execute(_RENEW, [limit])
            renewed = cursor.rowcount
        total += renewed
    return total
