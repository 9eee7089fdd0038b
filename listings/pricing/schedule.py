"""When an advert's price falls next: the clock of its price plan.

The first drop is due when the advert has been live for the plan's `after_days`, but not before
it was put on the plan. The clock stands still off the market: an advert that comes back has its
next drop no earlier than `every_days` after its return.
"""

from collections.abc import Collection

from django.db import connection

from listings.models.conditions import LIVE_SQL

FIRST_DROP_AT = f"""
    CASE WHEN {LIVE_SQL}
        THEN greatest(listing.published_at + plan.after_days * interval '1 day', now()) END
"""

_RESTART = """
    UPDATE listings_priceschedule AS schedule SET next_drop_at = greatest(
        schedule.next_drop_at,
        listing.published_at + plan.after_days * interval '1 day',
        CASE WHEN listing.id = ANY(%s) THEN now() + plan.every_days * interval '1 day' END
    )
    FROM listings_listing AS listing, listings_priceplan AS plan
    WHERE schedule.listing_id = ANY(%s) AND listing.id = schedule.listing_id
        AND plan.id = schedule.plan_id
"""

# The job stops the clock of an advert whose drop falls due off the market.
_RESUME = """
    UPDATE listings_priceschedule AS schedule SET next_drop_at = now()
    WHERE listing_id = ANY(%s) AND next_drop_at IS NULL
"""

_TAKE_DEFAULT_PLAN = f"""
    WITH planned AS (
        INSERT INTO listings_priceschedule (listing_id, plan_id, next_drop_at, steps_applied)
        SELECT listing.id, plan.id, {FIRST_DROP_AT}, 0
        FROM listings_listing AS listing
        JOIN listings_priceplan AS plan ON plan.dealer_id = listing.dealer_id AND plan.is_default
        WHERE listing.id = ANY(%s) ORDER BY listing.id
        ON CONFLICT (listing_id) DO NOTHING
        RETURNING listing_id, plan_id
    )
    INSERT INTO listings_listingevent (
        listing_id, kind, from_status, to_status, actor_id, reason, source
    )
    SELECT planned.listing_id, 'planned', 'live', 'live', %s, plan.name, 'system'
    FROM planned JOIN listings_priceplan AS plan ON plan.id = planned.plan_id
"""  # noqa: S608 - put together from constants


def restart_schedules(*, listing_ids: Collection[int], returning_ids: Collection[int]) -> None:
    """Set the plans' clocks for adverts that have just come on the market.

    `returning_ids` are those of them that buyers could see before.
    """
    with connection.cursor() as cursor:
        cursor.execute(_RESTART, [list(returning_ids), list(listing_ids)])


def resume_clocks(*, listing_ids: Collection[int]) -> None:
    """Let drops that fell due take place for adverts whose leaving the market is undone."""
    with connection.cursor() as cursor:
        cursor.execute(_RESUME, [list(listing_ids)])


def take_default_plans(*, listing_ids: Collection[int], actor_id: int | None) -> None:
    """Put live adverts without a plan on their dealer's default plan, if there is one."""
    with connection.cursor() as cursor:
        cursor.execute(_TAKE_DEFAULT_PLAN, [list(listing_ids), actor_id])
