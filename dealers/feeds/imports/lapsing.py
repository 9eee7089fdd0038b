"""Cars that the last full file lacked and that no other file has brought back for a day."""

from datetime import datetime, timedelta

from django.db import transaction
from django.utils import timezone

from dealers.feeds.imports.absences import take_off
from dealers.models import FeedCar, StockFeed
from listings.adverts import WriteContext
from listings.choices import Source

ABSENT_MAX = timedelta(hours=24)
BATCH_SIZE = 1_000


def withdraw_lapsed(*, limit: int = BATCH_SIZE) -> int:
    """Withdraw what has been absent for a day, `limit` cars at a time; return how many adverts.

    The file that lacked them passed the brake, so there is no second one here.
    """
    total, last_id = 0, 0
    while ids := _lapsed(last_id, limit):
        total += _withdraw(ids)
        last_id = ids[-1]
    return total


def _lapsed(after_id: int, limit: int) -> list[int]:
    lapsed = FeedCar.objects.filter(
        pk__gt=after_id,
        gone_at=None,
        absent_since__lte=_latest(),
        feed__paused_at=None,
        feed__mode=StockFeed.Mode.FULL,
    )
    return list(lapsed.order_by("pk").values_list("pk", flat=True)[:limit])


@transaction.atomic
def _withdraw(ids: list[int]) -> int:
    by = WriteContext(source=Source.FEED, reason="absent from its feed for a day")
    return len(take_off(car_ids=ids, by=by, absent_until=_latest()))


def _latest() -> datetime:
    return timezone.now() - ABSENT_MAX
