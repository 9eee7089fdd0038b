"""The job that lets prices fall by their plans, and what it would do.

A batch is one statement and one transaction: it locks the schedules that are due with their
adverts, writes the price that all steps due lead to, and moves the schedule past them. A killed
job has done a batch or not, a late one catches up, and of two at once each row is one's.

A reserved advert is left alone, and its steps wait. An advert that is off the market has its clock
stopped, or, where it may come back by itself (run out but not swept, dealer suspended), put off.
An advert without a price, or at its floor, lets its steps pass.
"""

from collections.abc import Iterator
from dataclasses import dataclass

from django.db import connection, transaction

from listings.choices import PriceReason
from listings.pricing.history import attribute_prices
from listings.pricing.rounding import after_drops

BATCH_SIZE = 5_000

# No price may be below the admin fee in it: a constraint of the advert.
FLOOR = "greatest(plan.floor, listing.admin_fee)"

_DUE = f"""
    SELECT listing.id, listing.title, listing.price, listing.status,
        plan.id AS plan_id, plan.name AS plan_name, plan.drop, plan.unit, plan.ending,
        {FLOOR} AS floor, plan.every_days * interval '1 day' AS every,
        schedule.next_drop_at,
        1 + floor(
            extract(epoch FROM now() - schedule.next_drop_at) / (86400 * plan.every_days)
        )::integer AS steps,
        listing.status = 'live' AND listing.expires_at > now() AND dealer.is_active AS is_public
    FROM listings_priceschedule AS schedule
    JOIN listings_listing AS listing ON listing.id = schedule.listing_id
    JOIN listings_priceplan AS plan ON plan.id = schedule.plan_id
    JOIN dealers_dealer AS dealer ON dealer.id = listing.dealer_id
    WHERE schedule.next_drop_at <= now() AND schedule.listing_id > %s
        AND (listing.reserved_until IS NULL OR listing.reserved_until <= now())
    ORDER BY schedule.listing_id LIMIT %s
"""  # noqa: S608 - put together from constants

_NEW_PRICE = after_drops("price", "steps")

_REFRESH = f"""
    WITH due AS MATERIALIZED (
        {_DUE} FOR NO KEY UPDATE OF schedule, listing SKIP LOCKED
    ), lowered AS MATERIALIZED (
        SELECT id, {_NEW_PRICE} AS new_price FROM due WHERE is_public AND price > floor
    ), repriced AS (
        UPDATE listings_listing AS listing SET price = lowered.new_price
        FROM lowered WHERE listing.id = lowered.id
        RETURNING 1
    ), advanced AS (
        UPDATE listings_priceschedule AS schedule SET
            steps_applied = schedule.steps_applied + CASE WHEN is_public THEN steps ELSE 0 END,
            next_drop_at = CASE
                WHEN is_public THEN due.next_drop_at + steps * every
                WHEN due.status = 'live' THEN now() + every
            END
        FROM due WHERE schedule.listing_id = due.id
        RETURNING 1
    )
    SELECT (SELECT count(*) FROM advanced), (SELECT count(*) FROM repriced),
        (SELECT max(id) FROM due)
"""  # noqa: S608 - put together from constants

_FORESEE = f"""
    WITH due AS MATERIALIZED ({_DUE})
    SELECT id, title, price, {_NEW_PRICE}, plan_name
    FROM due WHERE is_public AND price > floor ORDER BY id
"""  # noqa: S608 - put together from constants


@dataclass(frozen=True)
class DueDrop:
    """A price that is about to fall, in whole pounds."""

    listing_id: int
    title: str
    old_price: int
    new_price: int
    plan: str


def apply_due_drops(*, limit: int = BATCH_SIZE) -> int:
    """Apply every drop that is due, `limit` schedules at a time; return how many prices fell."""
    total, last_id, advanced = 0, 0, limit
    while advanced == limit:
        advanced, repriced, last_id = _refresh_batch(last_id, limit)
        total += repriced
    return total


def due_drops() -> Iterator[DueDrop]:
    """Yield what `apply_due_drops` would do now, in the order of the adverts; write nothing."""
    with connection.cursor() as cursor:
        cursor.execute(_FORESEE, [0, None])
        yield from (DueDrop(*row) for row in cursor)


@transaction.atomic
def _refresh_batch(after_id: int, limit: int) -> tuple[int, int, int]:
    attribute_prices(reason=PriceReason.PLAN, actor_id=None)
    with connection.cursor() as cursor:
        cursor.execute(_REFRESH, [after_id, limit])
        advanced, repriced, last_id = cursor.fetchone()
    return advanced, repriced, last_id or after_id
