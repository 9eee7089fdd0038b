"""One of several like processes at a time: a row that its holder renews, and numbers that fence.

A holder that is killed loses it within `SECONDS`. One that only fell asleep finds by its number
that another took over: `check` stands in every transaction that it writes in.
"""

from collections.abc import Iterator
from contextlib import contextmanager
from threading import Event, Thread

import structlog
from django.db import DatabaseError, InterfaceError, connection

SECONDS = 6
RENEWALS = 5  # in the time that a lease lasts

log = structlog.get_logger(__name__)

_ACQUIRE = """
    INSERT INTO marketplace_lease AS lease (name, number, ends_at)
    VALUES (%(name)s, 1, clock_timestamp() + %(life)s * interval '1 second')
    ON CONFLICT (name) DO UPDATE SET number = lease.number + 1, ends_at = excluded.ends_at
    WHERE lease.ends_at <= clock_timestamp()
    RETURNING number
"""
_RENEW = """
    UPDATE marketplace_lease SET ends_at = clock_timestamp() + %(life)s * interval '1 second'
    WHERE name = %(name)s AND number = %(number)s
    RETURNING number
"""
_SHARE = """
    SELECT number FROM marketplace_lease
    WHERE name = %(name)s AND number = %(number)s FOR SHARE
"""


class LeaseLost(Exception):
    """Another process has taken over."""


class LeaseHolder:
    """What one process knows of its lease."""

    def __init__(self, name: str, *, seconds: float = SECONDS) -> None:
        self.name = name
        self.number: int | None = None
        self._seconds = seconds

    def hold(self) -> bool:
        """Renew the lease, or take it where nobody has it; return whether it is ours."""
        if self.number is not None:
            self.number = self._run(_RENEW)
        if self.number is None:
            self.number = self._run(_ACQUIRE)
        return self.number is not None

    def check(self) -> None:
        """Raise `LeaseLost` unless it is ours; until this transaction ends, nobody takes over."""
        if self._run(_SHARE) is None:
            raise LeaseLost(self.name)

    def release(self) -> None:
        """Give it up, so that the next takes over at once."""
        if self.number is not None:
            self._run(_RENEW, seconds=0)
            self.number = None

    @contextmanager
    def renewed(self) -> Iterator[None]:
        """Hold the lease while the block works for longer than it lasts. Raises `LeaseLost`."""
        if not self.hold():
            raise LeaseLost(self.name)
        stop = Event()
        renewing = Thread(target=self._renew_until, args=(stop,), daemon=True)
        renewing.start()
        try:
            yield
        finally:
            stop.set()
            renewing.join()
            self.release()

    def _renew_until(self, stop: Event) -> None:
        """Renew it from a thread, which has a connection of its own."""
        while not stop.wait(self._seconds / RENEWALS):
            try:
                self._run(_RENEW)
            except (DatabaseError, InterfaceError) as error:
                log.warning("lease_not_renewed", lease=self.name, error=type(error).__name__)
            finally:
                connection.close()

    def _run(self, statement: str, *, seconds: float | None = None) -> int | None:
        life = self._seconds if seconds is None else seconds
        values = {"name": self.name, "number": self.number, "life": life}
        with connection.cursor() as cursor:
            cursor.execute(statement, values)
            row = cursor.fetchone()
        return row and int(row[0])
