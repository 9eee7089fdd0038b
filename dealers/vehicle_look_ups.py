"""Looking a mark up for a dealer, within what a dealer may ask in a day."""

from functools import partial
from typing import Any

from django.db import connection, transaction

from dealers.permissions import Actor, Permission, require
from listings import vehicle_records
from listings.identifiers import normalise_vrm
from listings.vehicle_records import LookedUp
from marketplace.london_time import london_today
from marketplace.quotas import QuotaReached, quota

BY_HAND = "vehicle_look_ups_a_day"
OF_FEEDS = "vehicle_checks_a_day"

_COUNT = """
    INSERT INTO dealers_vehiclequestioncount AS kept (dealer_id, quota, day, asked)
    VALUES (%(dealer)s, %(quota)s, %(day)s, 1)
    ON CONFLICT (dealer_id, quota) DO UPDATE SET day = excluded.day,
        asked = CASE WHEN kept.day = excluded.day THEN kept.asked + 1 ELSE 1 END
    WHERE kept.day <> excluded.day OR kept.asked < %(limit)s
    RETURNING asked
"""


def look_up_vehicle(
    *, dealer_id: int, vrm: str, actor: Actor, quota_name: str = BY_HAND
) -> LookedUp:
    """Return what the registers say of a mark in any spacing.

    What is kept from an earlier answer counts against no quota. Raises `InvalidVrm`,
    `LookUpsOff`, `VehicleNotFound`, `RegistersAway` and `QuotaReached`.
    """
    require(Permission.EDIT_STOCK, dealer_id=dealer_id, actor=actor)
    mark = normalise_vrm(vrm)
    return vehicle_records.look_up(mark, before_asking=partial(_count, dealer_id, quota_name))


@transaction.atomic
def _count(dealer_id: int, name: str) -> None:
    """Count a question of today; raises `QuotaReached` in its place where there were enough."""
    limit = quota(name)
    if not limit:
        return
    given: dict[str, Any] = {
        "dealer": dealer_id,
        "quota": name,
        "day": london_today(),
        "limit": limit,
    }
    with connection.cursor() as cursor:
        cursor.execute(_COUNT, given)
        if cursor.fetchone() is None:
            raise QuotaReached(name, limit)
