"""One process that follows the changes, and hands them to whoever is told within seconds."""

import time
from collections.abc import Sequence
from threading import Event
from typing import Protocol

import structlog
from django.conf import settings
from django.db import DatabaseError, InterfaceError, connection
from django.utils.module_loading import import_string

from marketplace import heartbeat
from marketplace.lease import LeaseHolder, LeaseLost

NAME = "follow_changes"
POLL_SECONDS = 0.5
PAUSE_SECONDS_MAX = 60.0
DATABASE_SECONDS = 1.0

log = structlog.get_logger(__name__)


class ChangeConsumer(Protocol):
    """Something that changes of adverts are told to; each keeps a position of its own."""

    name: str

    def prepare(self) -> None:
        """Get ready, and stay so while another process leads."""

    def follow(self, lease: LeaseHolder) -> bool:
        """Take a page of changes in one transaction, checking the lease; say whether more wait."""


class ChangeFollower:
    """Leads, or stands by until the leader is gone."""

    def __init__(self, consumers: Sequence[ChangeConsumer], *, lease: LeaseHolder) -> None:
        self._consumers = consumers
        self._lease = lease
        self._rests = {each.name: _Rest() for each in consumers}

    def run(self, stop: Event) -> None:
        """Follow until told to stop, and then let the next lead at once."""
        is_leading = has_more = False
        while not stop.wait(0 if has_more else POLL_SECONDS):
            try:
                leads = self._lease.hold()
                if leads != is_leading:
                    log.info("follower_leads" if leads else "follower_stands_by")
                is_leading, has_more = leads, self._round(leads=leads, stop=stop)
                heartbeat.touch(NAME)
            except (DatabaseError, InterfaceError) as error:
                log.warning("follower_without_database", error=type(error).__name__)
                connection.close()
                has_more = False
                stop.wait(DATABASE_SECONDS)
        self._lease.release()

    def _round(self, *, leads: bool, stop: Event) -> bool:
        """Let each consumer take a page; say whether one has more to take."""
        waiting = [
            self._ask(each, leads=leads)
            for each in self._consumers
            if not stop.is_set() and self._rests[each.name].is_over()
        ]
        return any(waiting)

    def _ask(self, consumer: ChangeConsumer, *, leads: bool) -> bool:
        """Ask one, which stops none of the others where it fails."""
        rest = self._rests[consumer.name]
        try:
            if not leads:
                consumer.prepare()
                return False
            has_more = consumer.follow(self._lease)
        except LeaseLost:
            log.warning("lease_lost", consumer=consumer.name)
            return False
        except Exception:  # whatever it was: it is logged, and tried again
            log.exception("consumer_failed", consumer=consumer.name)
            connection.close()
            rest.lengthen()
            return False
        rest.end()
        return has_more


class _Rest:
    """How long a consumer that failed is left alone: twice as long each time."""

    def __init__(self) -> None:
        self._seconds = 0.0
        self._ends_at = 0.0

    def is_over(self) -> bool:
        return time.monotonic() >= self._ends_at

    def lengthen(self) -> None:
        self._seconds = min(PAUSE_SECONDS_MAX, 2 * self._seconds or 1.0)
        self._ends_at = time.monotonic() + self._seconds

    def end(self) -> None:
        self._seconds = 0.0


def consumers() -> list[ChangeConsumer]:
    """Return those that `CHANGE_CONSUMERS` names."""
    return [import_string(path)() for path in settings.CHANGE_CONSUMERS]
