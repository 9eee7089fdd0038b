"""When digests go out: in London's morning, whatever its clocks do, and once a day at most."""

from collections.abc import Iterable
from datetime import UTC, date, datetime, timedelta
from zoneinfo import ZoneInfo

from django.conf import settings

from listings.models import SavedSearch

LONDON = ZoneInfo("Europe/London")
WEEKLY_ON = 0  # Monday, as datetime counts
DAY = timedelta(days=1)
Frequency = SavedSearch.Frequency


def last_morning(now: datetime, *, weekly: bool = False) -> datetime:
    """Return the latest moment, `now` at most, at which digests were due."""
    day = now.astimezone(LONDON).date()
    while (morning := _morning(day)) > now or (weekly and day.weekday() != WEEKLY_ON):
        day -= DAY
    return morning


def is_due(saved: SavedSearch, queued_at: datetime, now: datetime) -> bool:
    """Tell whether what was queued at a time is to be told of by now, by itself."""
    if saved.frequency == Frequency.INSTANT:
        return True
    return queued_at < last_morning(now, weekly=saved.frequency == Frequency.WEEKLY)


def had_digest_today(searches: Iterable[SavedSearch], now: datetime) -> bool:
    """Tell whether one of an address's searches had its mail on this day of London."""
    today = now.astimezone(LONDON).date()
    return any(
        each.mailed_at is not None and each.mailed_at.astimezone(LONDON).date() >= today
        for each in searches
        if each.frequency != Frequency.INSTANT
    )


def _morning(day: date) -> datetime:
    local = datetime.combine(day, settings.ALERT_DIGEST_TIME, tzinfo=LONDON)
    return local.astimezone(UTC)
