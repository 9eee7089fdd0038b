"""How prices would change by a plan, computed by the very function that the job uses."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from django.db import connection

from listings.exceptions import PlanNotFound
from listings.models import PricePlan
from listings.models.conditions import LIVE_SQL, SOLD_SQL
from listings.pricing.drops import MARKET, TERMS
from listings.pricing.rounding import planned

STEPS_MAX = 104

# An advert that is on the plan keeps its clock; any other starts as if put on the plan, and on the
# market, now. A step that is late, or that a reservation holds up, comes as soon as it can.
_PREVIEW = f"""
    WITH RECURSIVE subject AS (
        SELECT listing.id, listing.price, listing.reserved_until, {TERMS}, coalesce(
                schedule.next_drop_at,
                greatest(
                    coalesce(listing.published_at, now()) + plan.after_days * interval '1 day',
                    CASE WHEN NOT {LIVE_SQL} AND listing.published_at IS NOT NULL
                        THEN now() + plan.every_days * interval '1 day' ELSE now() END
                )
            ) AS first_drop_at
        FROM listings_priceplan AS plan
        JOIN listings_listing AS listing ON listing.dealer_id = plan.dealer_id
        LEFT JOIN listings_priceschedule AS schedule
            ON schedule.listing_id = listing.id AND schedule.plan_id = plan.id
        {MARKET}
        WHERE plan.id = %s AND NOT {SOLD_SQL} AND (%s OR listing.id = ANY(%s))
    ), step (id, number, price) AS (
        SELECT id, 0, price FROM subject
        UNION ALL
        SELECT step.id, step.number + 1, following.price
        FROM step JOIN subject USING (id),
            LATERAL (SELECT {planned("step.price", "1")} AS price) AS following
        WHERE step.number < %s AND following.price <> step.price
    )
    SELECT id, min(step.price) AS price, at
    FROM step JOIN subject USING (id), LATERAL (
        SELECT greatest(first_drop_at, reserved_until, followed_at + every, now())
            + (number - 1) * every AS at WHERE kind = 'market'
        UNION ALL
        SELECT greatest(first_drop_at + (number - 1) * every, reserved_until, now())
        WHERE kind = 'age'
    ) AS moment
    WHERE number > 0
    GROUP BY id, at ORDER BY id, at
"""  # noqa: S608 - put together from constants


@dataclass(frozen=True)
class PlannedPrice:
    """A price in whole pounds and the moment from which it is due."""

    at: datetime
    price: int


def preview_plan(
    *, plan_id: int, listing_ids: Sequence[int] | None = None, steps_max: int = STEPS_MAX
) -> dict[int, list[PlannedPrice]]:
    """Return the prices each advert would have on a plan, by its id, down to the floor.

    On one that follows the market: until they are where they belong if values stay as they are.
    Without `listing_ids` all the dealer's adverts that are not sold. An advert whose price would
    not change is absent. Nothing is written. Raises `PlanNotFound`.
    """
    if not PricePlan.objects.filter(pk=plan_id).exists():
        raise PlanNotFound("There is no such price plan.")
    planned: dict[int, list[PlannedPrice]] = {}
    with connection.cursor() as cursor:
        cursor.execute(_PREVIEW, [plan_id, listing_ids is None, list(listing_ids or ()), steps_max])
        for listing_id, price, at in cursor:
            planned.setdefault(listing_id, []).append(PlannedPrice(at, price))
    return planned
