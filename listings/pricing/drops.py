"""The job that changes prices by their plans, and what it would do.

A batch is one transaction: it locks the schedules that are due with their
adverts, writes the price that all steps due lead to, and moves the schedule past them. A killed
job has done a batch or not, a late one catches up, and of two at once each row is one's.

A reserved advert is left alone, and its steps wait. An advert that is off the market has its clock
stopped, or, where it may come back by itself (run out but not swept, dealer suspended), put off.
An advert without a price, or at its floor, lets its steps pass.

A plan that follows the market looks once a day, changes a price at most once in seven days,
whatever became of the plan meanwhile, and does not catch up. It follows only a value that holds and
has a label: what is not sure enough to be told to buyers moves no price.
"""

from collections.abc import Iterator
from dataclasses import dataclass

from django.db import connection, transaction

from listings.choices import PriceReason
from listings.models.conditions import FOR_SALE_SQL, LIVE_SQL
from listings.models.value import VALUED_SQL
from listings.pricing.history import attribute_prices
from listings.pricing.rounding import planned

BATCH_SIZE = 5_000

# No price may be below the admin fee in it: a constraint of the advert.
FLOOR = "greatest(plan.floor, listing.admin_fee)"

TERMS = f"""
    plan.kind, plan.drop, plan.unit, plan.ending, {FLOOR} AS floor,
    plan.every_days * interval '1 day' AS every,
    plan.value_percent, plan.percent_max, plan.pounds_max, plan.may_rise,
    value.value, fit.rule, followed.at AS followed_at
"""
"""What the price of `listing` becomes by `plan` depends on, with the tables of `MARKET`."""

MARKET = f"""
    LEFT JOIN listings_listingvalue AS value ON plan.kind = 'market'
        AND value.listing_id = listing.id AND value.label IS NOT NULL AND {VALUED_SQL}
    LEFT JOIN listings_marketfit AS fit ON fit.id = value.fit_id
    LEFT JOIN LATERAL (
        SELECT max(change.changed_at) AS at FROM listings_pricechange AS change
        WHERE plan.kind = 'market' AND change.listing_id = listing.id AND change.value IS NOT NULL
    ) AS followed ON true
"""  # noqa: S608 - put together from constants

_DUE = f"""
    SELECT listing.id, listing.title, listing.price, plan.name AS plan_name, {TERMS},
        schedule.next_drop_at,
        1 + floor(
            extract(epoch FROM now() - schedule.next_drop_at) / (86400 * plan.every_days)
        )::integer AS steps,
        {FOR_SALE_SQL} AS is_for_sale, {LIVE_SQL} AS is_live
    FROM listings_priceschedule AS schedule
    JOIN listings_listing AS listing ON listing.id = schedule.listing_id
    JOIN listings_priceplan AS plan ON plan.id = schedule.plan_id
    JOIN dealers_dealer AS dealer ON dealer.id = listing.dealer_id
    {MARKET}
    WHERE schedule.next_drop_at <= now() AND schedule.listing_id > %s
        AND (listing.reserved_until IS NULL OR listing.reserved_until <= now())
    ORDER BY schedule.listing_id LIMIT %s
"""  # noqa: S608 - put together from constants

_MOVED = f"""
    SELECT * FROM (
        SELECT id, title, price, {planned("price", "steps")} AS new_price, plan_name,
            value, value_percent, rule
        FROM due WHERE is_for_sale AND (followed_at IS NULL OR followed_at <= now() - every)
    ) AS step WHERE new_price <> price
"""  # noqa: S608 - put together from constants

_REFRESH = f"""
    WITH due AS MATERIALIZED (
        {_DUE} FOR NO KEY UPDATE OF schedule, listing SKIP LOCKED
    ), moved AS MATERIALIZED (
        {_MOVED}
    ), repriced AS (
        UPDATE listings_listing AS listing SET price = moved.new_price
        FROM moved WHERE listing.id = moved.id
        RETURNING listing.id, moved.value, moved.rule
    ), advanced AS (
        UPDATE listings_priceschedule AS schedule SET
            steps_applied = schedule.steps_applied + CASE
                WHEN NOT is_for_sale THEN 0
                WHEN kind = 'age' THEN steps
                ELSE (SELECT count(*) FROM moved WHERE moved.id = due.id)
            END,
            next_drop_at = CASE
                WHEN NOT is_for_sale THEN CASE WHEN is_live THEN now() + every END
                WHEN kind = 'age' THEN due.next_drop_at + steps * every
                WHEN followed_at > now() - every THEN followed_at + every
                WHEN due.id IN (SELECT id FROM moved) THEN now() + every
                ELSE now() + interval '1 day'
            END
        FROM due WHERE schedule.listing_id = due.id
        RETURNING 1
    )
    SELECT (SELECT count(*) FROM advanced), (SELECT count(*) FROM repriced),
        (SELECT max(id) FROM due),
        (SELECT jsonb_agg(repriced) FROM repriced WHERE value IS NOT NULL)
"""  # noqa: S608 - put together from constants

_FORESEE = f"WITH due AS MATERIALIZED ({_DUE}) {_MOVED} ORDER BY id"

# The trigger has written the changes; of each advert, which is locked, the last one is ours.
_EXPLAIN = """
    UPDATE listings_pricechange AS change SET value = followed.value, rule = followed.rule
    FROM jsonb_to_recordset(%s::jsonb) AS followed (id bigint, value integer, rule text)
    WHERE change.id = (
        SELECT max(id) FROM listings_pricechange WHERE listing_id = followed.id
    )
"""


@dataclass(frozen=True)
class DueDrop:
    """A price that is about to change, in whole pounds; where it follows a value, which."""

    listing_id: int
    title: str
    old_price: int
    new_price: int
    plan: str
    value: int | None
    value_percent: int | None
    rule: str | None


def apply_due_drops(*, limit: int = BATCH_SIZE) -> int:
    """Apply every step that is due, `limit` schedules at a time; return how many prices changed."""
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
        advanced, repriced, last_id, followed = cursor.fetchone()
        if followed:
            cursor.execute(_EXPLAIN, [followed])
    return advanced, repriced, last_id or after_id
