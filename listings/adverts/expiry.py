"""The sweeps that make the status tell the truth: adverts that ran out, reservations that ended.

Buyers do not wait for them, as every query looks at the clock itself. A batch is one statement and
one transaction, so a sweep killed at any point leaves nothing half done; rows that somebody holds
are skipped, and found by the next run. `limit`, at least 1, is the size of a batch in rows, taken
as they fell due: so an index has them in order, and a batch reads no more of them than it takes. As
nobody is waited for, that order of locks cannot end in a deadlock.
"""

from django.db import connection

from listings.adverts.context import WriteContext
from listings.adverts.events import signature
from listings.adverts.rules import EXPIRY, RULES, Action
from listings.adverts.transitions import statement_of
from listings.choices import Source
from listings.models.conditions import RESERVATION_OVER_SQL, RUN_OUT_SQL

BATCH_SIZE = 5_000

_NEXT = "{} ORDER BY {} LIMIT %(limit)s FOR NO KEY UPDATE SKIP LOCKED"
_EXPIRE = statement_of(EXPIRY, _NEXT.format(RUN_OUT_SQL, "listing.expires_at"))
_RELEASE = statement_of(
    RULES[Action.RELEASE], _NEXT.format(RESERVATION_OVER_SQL, "listing.reserved_until")
)


def expire_due(*, limit: int = BATCH_SIZE) -> int:
    """Expire every live advert past its end, reserved or not, `limit` rows at a time."""
    return _in_batches(_EXPIRE, limit, WriteContext(Source.SYSTEM, "ran out"))


def release_overdue(*, limit: int = BATCH_SIZE) -> int:
    """End every reservation whose time is over, whoever made it, `limit` rows at a time."""
    return _in_batches(_RELEASE, limit, WriteContext(Source.SYSTEM, "reservation ended"))


def _in_batches(statement: str, limit: int, by: WriteContext) -> int:
    total, written = 0, limit
    with connection.cursor() as cursor:
        while written == limit:
            cursor.execute(statement, {"limit": limit, **signature(by)})
            written = cursor.rowcount
            total += written
    return total
