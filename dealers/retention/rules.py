"""One rule of retention: what is due, how it is removed, and what is said of it."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime, timedelta
from functools import partial
from typing import Any

from django.conf import settings
from django.db import transaction
from django.db.models import QuerySet
from django.utils import timezone

from listings.buyers import retention as buyers

Due = Callable[[datetime], QuerySet[Any]]
_DAY = timedelta(days=1)


@dataclass(frozen=True)
class RetentionRule:
    """How long one kind of thing is kept.

    `due` are the rows from before a moment whose time is over; `remove` removes so many of them
    at most, in a transaction, and returns how many. Both are safe at any time, twice and at once.
    """

    kind: str
    what: str
    setting: str
    reason: str
    does: str
    due: Due
    remove: Callable[[datetime, int], int]
    key: str = ""
    is_hourly: bool = False

    @property
    def kept(self) -> timedelta:
        value = getattr(settings, self.setting)
        if self.key:
            value = value[self.key]
        if isinstance(value, timedelta):
            return value
        return timedelta(hours=value) if self.setting.endswith("HOURS") else timedelta(days=value)

    @property
    def before(self) -> datetime:
        return timezone.now() - self.kept

    @property
    def setting_name(self) -> str:
        return f'{self.setting}, "{self.key}"' if self.key else self.setting

    @property
    def words(self) -> str:
        """Return the time as people say it."""
        if self.kept >= _DAY:
            return f"{self.kept.days:,} days" if self.kept.days > 1 else "1 day"
        if not self.kept:
            return "at its end"
        return f"{self.kept.total_seconds() / 60:.0f} minutes"


def delete_some(due: Due, before: datetime, limit: int) -> int:
    """Delete some of the rows that are due, other than what another process has."""
    with transaction.atomic():
        rows = due(before).select_for_update(skip_locked=True, of=("self",)).order_by("pk")
        ids = list(rows.values_list("pk", flat=True)[:limit])
        QuerySet(rows.model).filter(pk__in=ids).delete()
    return len(ids)


def deleting(due: Due) -> dict[str, Any]:
    return {"due": due, "remove": partial(delete_some, due)}


def erasing(due: Due) -> dict[str, Any]:
    def remove(before: datetime, limit: int) -> int:
        return buyers.erase_some(due(before), limit)

    return {"due": due, "remove": remove}
