"""What the history of prices is told, and what of it buyers are: the prices that they saw."""

from django.db import connection

from listings.choices import PriceReason
from listings.models import Listing, PriceChange

BATCH_SIZE = 5_000

FOLLOWS_SQL = """listing.id IN (
    SELECT listing_id FROM listings_pricechange WHERE value IS NOT NULL
) AND (
    SELECT last.value IS NOT NULL FROM listings_pricechange AS last
    WHERE last.listing_id = listing.id ORDER BY last.id DESC LIMIT 1
)"""
"""Whether a plan that follows the market set the price of `listing`: then it is no news of it."""

# The trigger that writes the column looks at every advert whose lowest price is older than 30 days.
_RENEW = """
    UPDATE listings_listing AS listing SET status = listing.status
    FROM (
        SELECT id FROM listings_listing WHERE lowest_price_ends_at <= now()
        ORDER BY lowest_price_ends_at LIMIT %s FOR NO KEY UPDATE SKIP LOCKED
    ) AS due
    WHERE listing.id = due.id
"""


def seen_prices(listing: Listing) -> list[PriceChange]:
    """Return the prices that buyers saw of a public advert, oldest first.

    One that a draft had, or that came and went while the advert was off the market, is not theirs.
    """
    changes = list(listing.price_changes.all())
    was_seen = [change.old_seen_until is not None for change in changes[1:]]
    return [change for change, seen in zip(changes, [*was_seen, True], strict=False) if seen]


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
