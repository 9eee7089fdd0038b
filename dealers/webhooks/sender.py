"""Sending what waits: many endpoints at once, each by one thread at a time and in order.

The loop alone asks the database; threads only speak HTTP. An endpoint is claimed for a while, so
that a process that is killed gives it back by dying, and what it had sent unnoted is sent again.
Slow and failing endpoints have threads of their own, so that they delay only one another.
"""

import time
import uuid
from collections.abc import Iterator, Sequence
from concurrent.futures import FIRST_COMPLETED, Future, ThreadPoolExecutor, wait
from contextlib import suppress
from dataclasses import dataclass, field
from datetime import timedelta
from threading import Event
from typing import Any

import structlog
from django.db import DatabaseError, InterfaceError, connection, transaction
from django.db.models import Q
from django.db.models.functions import Now
from django.utils import timezone

from dealers.models import WebhookEndpoint
from dealers.webhooks.attempts import Attempt, DueDelivery, attempt_each
from dealers.webhooks.outcomes import write_outcomes
from marketplace import heartbeat
from marketplace.fetching import Resolver, system_addresses
from marketplace.job_runs import note_alive

NAME = "send_webhooks"
THREADS = 64
"""In each of two lanes: for those who answer at once, and for the others."""
CLAIM_SECONDS = 90
POLL_SECONDS = 0.2
BATCH = 20
DATABASE_SECONDS = 1.0

log = structlog.get_logger(__name__)

_WAITING = """
    SELECT delivery.id, delivery.endpoint_id, delivery.message_id, delivery.subject,
        delivery.attempts, delivery.queued_at, message.key, message.body
    FROM unnest(%(endpoints)s::bigint[]) AS endpoint (id)
    CROSS JOIN LATERAL (
        SELECT * FROM dealers_webhookdelivery AS own
        WHERE own.endpoint_id = endpoint.id AND own.state = 'waiting'
            AND own.due_at <= clock_timestamp()
            AND NOT EXISTS (
                SELECT FROM dealers_webhookdelivery AS earlier
                WHERE earlier.endpoint_id = own.endpoint_id AND earlier.subject = own.subject
                    AND earlier.state = 'waiting' AND earlier.message_id < own.message_id
                    AND earlier.due_at > clock_timestamp()
            )
        ORDER BY own.message_id LIMIT %(limit)s
    ) AS delivery
    JOIN dealers_webhookmessage AS message ON message.id = delivery.message_id
    ORDER BY delivery.endpoint_id, delivery.message_id
"""


@dataclass
class _Lane:
    """Threads for endpoints that are slow, or for those that are not."""

    is_slow: bool
    threads: int
    pool: ThreadPoolExecutor = field(init=False)
    busy: int = 0

    def __post_init__(self) -> None:
        self.pool = ThreadPoolExecutor(self.threads, thread_name_prefix="webhook")


class WebhookSender:
    """One process that sends; any number may run."""

    def __init__(self, *, threads: int = THREADS, resolve: Resolver = system_addresses) -> None:
        self._lanes = [_Lane(False, threads), _Lane(True, threads)]
        self._resolve = resolve
        self._running: dict[Future[list[Attempt]], tuple[_Lane, WebhookEndpoint]] = {}
        self._alive_at = 0.0

    def run(self, stop: Event) -> None:
        """Send until told to stop, and then let what is on its way arrive."""
        while not stop.is_set():
            try:
                started = self._start()
                self._finish(timeout=POLL_SECONDS)
                self._show_life()
                if not started and not self._running:
                    stop.wait(POLL_SECONDS)
            except (DatabaseError, InterfaceError) as error:
                log.warning("webhooks_without_database", error=type(error).__name__)
                connection.close()
                stop.wait(DATABASE_SECONDS)
        self.close()

    def send_due(self) -> int:
        """Send all that is due now; return how many attempts were made."""
        made = 0
        while self._start() or self._running:
            made += self._finish(timeout=POLL_SECONDS)
        return made

    def close(self) -> None:
        """Wait for what is on its way, and note what became of it."""
        with suppress(DatabaseError, InterfaceError):
            while self._running:
                self._finish(timeout=POLL_SECONDS)
        for lane in self._lanes:
            lane.pool.shutdown(wait=False)

    def _show_life(self) -> None:
        """Touch the file that its container looks at, and now and then the row for all others."""
        heartbeat.touch(NAME)
        if time.monotonic() >= self._alive_at:
            note_alive(NAME)
            self._alive_at = time.monotonic() + heartbeat.INTERVAL_SECONDS

    def _start(self) -> int:
        return sum(self._start_in(lane) for lane in self._lanes if lane.busy < lane.threads)

    def _start_in(self, lane: _Lane) -> int:
        endpoints = _claim(lane.is_slow, lane.threads - lane.busy)
        waiting = _waiting_of(list(endpoints))
        for id_, endpoint in endpoints.items():
            future = lane.pool.submit(attempt_each, endpoint, waiting.get(id_, []), self._resolve)
            self._running[future] = (lane, endpoint)
        lane.busy += len(endpoints)
        return len(endpoints)

    def _finish(self, *, timeout: float) -> int:
        """Note what became of those that are through; return how many attempts that was."""
        if not self._running:
            return 0
        done, _ = wait(self._running, timeout=timeout, return_when=FIRST_COMPLETED)
        if not done:
            return 0
        outcomes = [(self._running[each][1], _result(each)) for each in done]
        write_outcomes(outcomes)
        for future in done:
            lane, _ = self._running.pop(future)
            lane.busy -= 1
        return sum(len(attempts) for _, attempts in outcomes)


def _result(future: Future[list[Attempt]]) -> list[Attempt]:
    error = future.exception()
    if error is not None:
        log.error("webhook_thread_failed", error=type(error).__name__)
        return []
    return future.result()


def _claim(is_slow: bool, count: int) -> dict[int, WebhookEndpoint]:
    """Take endpoints for which something is due, and which nobody has, by a number of our own."""
    claim = uuid.uuid4()
    with transaction.atomic():
        free = Q(claimed_until__isnull=True) | Q(claimed_until__lt=Now())
        due = WebhookEndpoint.objects.filter(
            free, due_at__lte=Now(), switched_off_at__isnull=True, is_slow=is_slow
        )
        found = due.order_by("due_at").select_for_update(skip_locked=True, no_key=True)[:count]
        endpoints = {row.pk: row for row in found}
        if endpoints:
            until = timezone.now() + timedelta(seconds=CLAIM_SECONDS)
            rows = WebhookEndpoint.objects.filter(pk__in=endpoints)
            rows.update(claim=claim, claimed_until=until)
    for endpoint in endpoints.values():
        endpoint.claim = claim
    return endpoints


def _waiting_of(endpoint_ids: Sequence[int]) -> dict[int, list[DueDelivery]]:
    found: dict[int, list[DueDelivery]] = {}
    if endpoint_ids:
        for endpoint_id, waiting in _read(endpoint_ids):
            found.setdefault(endpoint_id, []).append(waiting)
    return found


def _read(endpoint_ids: Sequence[int]) -> Iterator[tuple[int, DueDelivery]]:
    values: dict[str, Any] = {"endpoints": list(endpoint_ids), "limit": BATCH}
    with connection.cursor() as cursor:
        cursor.execute(_WAITING, values)
        for id_, endpoint_id, message, subject, attempts, queued_at, key, body in cursor.fetchall():
            yield (
                endpoint_id,
                DueDelivery(id_, message, subject, attempts, queued_at, f"msg_{key.hex}", body),
            )
