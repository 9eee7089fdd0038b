"""Asking the registers about the cars that a run has written; what they contradict is noted.

Nothing of an advert is changed: the dealer sees it on the advert and in the run's report.
"""

from dealers.models import FeedCar, FeedRun
from dealers.permissions import SYSTEM
from dealers.vehicle_look_ups import OF_FEEDS, look_up_vehicle
from listings import vehicle_records
from listings.choices import Status
from listings.models import Listing
from listings.models.vehicle_record import CHECKED_FIELDS
from listings.vehicle_records import RegistersAway, VehicleNotFound
from marketplace.errors import ServiceAway
from marketplace.quotas import QuotaReached

BATCH = 25
"""Even where every answer takes all the time it may, so many end within a task's time."""


class ChecksWait(ServiceAway):
    """Nobody answers, or enough was asked today: the same cars are checked later."""


def check_cars(*, run_id: int, after: int) -> int | None:
    """Check some of the cars that a run wrote last, in the order of their keys.

    Return the key to go on behind; None when there are no more, or no register is switched on.
    Raises `ChecksWait`.
    """
    if not vehicle_records.is_on():
        return None
    feed_id = FeedRun.objects.filter(pk=run_id).values_list("feed_id", flat=True).first()
    rows = FeedCar.objects.filter(
        feed=feed_id,
        changed_run=run_id,
        pk__gt=after,
        gone_at=None,
        listing__vrm__isnull=False,
        listing__status__in=(Status.LIVE, Status.DRAFT),
        listing__dealer__is_active=True,
    )
    cars = list(rows.order_by("pk").select_related("listing")[:BATCH])
    for car in cars:
        _check(car.listing)
    return cars[-1].pk if len(cars) == BATCH else None


def _check(listing: Listing) -> None:
    try:
        looked_up = look_up_vehicle(
            dealer_id=listing.dealer_id,
            vrm=str(listing.vrm),
            actor=SYSTEM,
            quota_name=OF_FEEDS,
        )
    except VehicleNotFound:
        vehicle_records.note_mismatches(listing, [])
        return
    except (RegistersAway, QuotaReached) as refusal:
        raise ChecksWait(refusal.code) from None
    stated = {name: getattr(listing, name) for name in CHECKED_FIELDS}
    found = vehicle_records.mismatches(looked_up.record, stated)
    if found or not looked_up.away:
        vehicle_records.note_mismatches(listing, found)
