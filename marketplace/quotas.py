"""How much of each thing one dealer may have: every verb that adds to it asks here.

`DEALER_QUOTAS` of the settings changes single quotas; 0 stands for no limit.
"""

from collections.abc import Callable, Mapping

from django.conf import settings
from django.core.exceptions import ImproperlyConfigured
from django.db import connection

from marketplace.errors import Conflict

DEFAULTS: Mapping[str, int] = {
    "api_keys": 20,
    "branches": 500,
    "bulk_runs": 1_000,
    "feeds": 50,
    "feed_files_mb": 10_000,
    "feed_files_waiting": 10,
    "invitations": 50,
    "photos": 500_000,
    "photos_waiting": 500,
    "price_plans": 200,
    "vehicle_checks_a_day": 5_000,
    "vehicle_look_ups_a_day": 500,
    "webhooks": 10,
}
_REFUSALS: Mapping[str, str] = {
    "api_keys": "A dealer has at most {limit:,} keys in use: revoke one first.",
    "branches": "A dealer has at most {limit:,} branches.",
    "bulk_runs": "There were {limit:,} changes of many adverts within 30 days: go on later.",
    "feeds": "A dealer has at most {limit:,} feeds.",
    "feed_files_mb": "The files of a dealer's feeds may take {limit:,} MB: drop what is held.",
    "feed_files_waiting": "{limit:,} files of this feed wait to be imported: send this one later.",
    "invitations": "At most {limit:,} invitations are open at a time: withdraw one first.",
    "photos": "A dealer has at most {limit:,} photos.",
    "photos_waiting": "{limit:,} photos wait to be made into all sizes: send this one later.",
    "price_plans": "A dealer has at most {limit:,} price plans.",
    "vehicle_checks_a_day": "{limit:,} cars of feeds were checked today: the others wait.",
    "vehicle_look_ups_a_day": "{limit:,} marks were looked up today: go on tomorrow.",
    "webhooks": "A dealer has at most {limit:,} webhooks: end one first.",
}
# Any number will do, as long as no other lock of two keys has it first.
_LOCK = 1_907_214


class QuotaReached(Conflict):
    """The dealer has as many as one may; `quota` names of what, `limit` says how many."""

    code = "quota_reached"

    def __init__(self, name: str, limit: int) -> None:
        message = _REFUSALS[name].format(limit=limit)
        super().__init__(message, extra={"quota": name, "limit": limit})


def quota(name: str) -> int:
    """Return how many a dealer may have; 0 is no limit."""
    return configured()[name]


def configured() -> dict[str, int]:
    """Return every quota; raises `ImproperlyConfigured` where the settings name no such one."""
    stated = settings.DEALER_QUOTAS
    if not isinstance(stated, dict) or (set(stated) - set(DEFAULTS)):
        known = ", ".join(DEFAULTS)
        raise ImproperlyConfigured(f"DEALER_QUOTAS is an object of numbers, of these: {known}.")
    if not all(type(limit) is int and limit >= 0 for limit in stated.values()):
        raise ImproperlyConfigured("Each of DEALER_QUOTAS is a whole number, 0 for no limit.")
    return {**DEFAULTS, **stated}


def require(name: str, *, dealer_id: int, count: Callable[[], int], adding: int = 1) -> None:
    """Raise `QuotaReached` unless so many more may be added in this transaction.

    Until it ends, nobody else adds to the same dealer's anything: of many at once, none is one too
    many. `count` is asked under that lock.
    """
    limit = quota(name)
    if not limit:
        return
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_advisory_xact_lock(%s::int, %s::int)", [_LOCK, dealer_id % 2**31])
    if count() + adding > limit:
        raise QuotaReached(name, limit)
