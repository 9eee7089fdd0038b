"""What attempts led to: delivered, tried again, given up; an endpoint that rests or is off."""

import random
from collections import Counter
from collections.abc import Iterator, Sequence
from datetime import datetime, timedelta
from typing import Any

from django.db import connection, transaction

from dealers.models import WebhookEndpoint
from dealers.tasks import send_webhook_notice
from dealers.webhooks.attempts import Attempt
from marketplace.outbox import enqueue
from marketplace.outcome_counts import count

RETRIES = (
    *(timedelta(seconds=5), timedelta(minutes=1), timedelta(minutes=5), timedelta(minutes=30)),
    *(timedelta(hours=2), timedelta(hours=5), timedelta(hours=10), timedelta(hours=14)),
    *(timedelta(hours=16), timedelta(hours=23)),
)
"""After each attempt that failed; 70.6 hours together, so that all are made within three days."""
GIVEN_UP_AFTER = timedelta(days=3)
SWITCHED_OFF_AFTER = timedelta(days=3)
REST_MAX = timedelta(minutes=15)
SLOW_MILLISECONDS = 1_000
JITTER = 0.02

_OUTCOMES = {"delivered": "delivered", "waiting": "failed", "given_up": "given_up"}
"""What an attempt is counted as, by the state that it leaves its delivery in."""

Outcome = tuple[WebhookEndpoint, Sequence[Attempt]]

_DELIVERIES = """
    UPDATE dealers_webhookdelivery AS delivery SET state = new.state, due_at = new.due_at,
        attempts = delivery.attempts + 1, attempted_at = new.attempted_at,
        answer_status = new.status, answer = new.answer, milliseconds = new.milliseconds
    FROM unnest(
        %s::bigint[], %s::bigint[], %s::text[], %s::timestamptz[], %s::timestamptz[], %s::int[],
        %s::text[], %s::int[]
    ) AS new (id, message_id, state, due_at, attempted_at, status, answer, milliseconds)
    WHERE delivery.message_id = new.message_id AND delivery.id = new.id
"""
# Locked first: what was queued by whoever had the row before is then seen by the next statement.
_LOCK = """
    SELECT id FROM dealers_webhookendpoint WHERE id = ANY(%s) ORDER BY id FOR NO KEY UPDATE
"""
_RELEASE = """
    UPDATE dealers_webhookendpoint AS endpoint SET
        failures = CASE WHEN new.failed_at IS NULL THEN 0 ELSE endpoint.failures + 1 END,
        failing_since = CASE WHEN new.failed_at IS NULL THEN NULL
            ELSE coalesce(endpoint.failing_since, new.failed_at) END,
        is_slow = new.is_slow, claim = NULL, claimed_until = NULL,
        due_at = (
            SELECT greatest(min(head.due_at), new.rests_until) FROM (
                SELECT DISTINCT ON (subject) due_at FROM dealers_webhookdelivery
                WHERE endpoint_id = endpoint.id AND state = 'waiting'
                ORDER BY subject, message_id
            ) AS head
            HAVING count(*) > 0
        )
    FROM unnest(%s::bigint[], %s::uuid[], %s::timestamptz[], %s::bool[], %s::timestamptz[])
        AS new (id, claim, failed_at, is_slow, rests_until)
    WHERE endpoint.id = new.id AND endpoint.claim = new.claim
"""
_SWITCH_OFF = """
    UPDATE dealers_webhookendpoint SET switched_off_at = clock_timestamp(), off_reason = %(reason)s
    WHERE id = %(id)s AND switched_off_at IS NULL
        AND (%(now)s OR failing_since < %(since)s)
    RETURNING id
"""


def write_outcomes(outcomes: Sequence[Outcome]) -> None:
    """Note attempts and give their endpoints free, all in one transaction."""
    attempts = [each for _, made in outcomes for each in made]
    rows = [_delivery(each) for each in attempts]
    releases = [_release(endpoint, made) for endpoint, made in outcomes]
    with transaction.atomic(), connection.cursor() as cursor:
        cursor.execute(_LOCK, [[endpoint.pk for endpoint, _ in outcomes]])
        if rows:
            cursor.execute(_DELIVERIES, _columns(rows))
        cursor.execute(_RELEASE, _columns(releases))
        for id_ in _switched_off(cursor, outcomes):
            enqueue(send_webhook_notice, id_)
        count("webhook_attempts", Counter(_OUTCOMES[state] for _, _, state, *_ in rows))


def retry_at(attempts: int, at: datetime, queued_at: datetime) -> datetime | None:
    """Return when to try again after so many attempts; None when it is given up."""
    if attempts > len(RETRIES) or at - queued_at >= GIVEN_UP_AFTER:
        return None
    delay = RETRIES[attempts - 1]
    return at + delay * random.uniform(1 - JITTER, 1 + JITTER)  # noqa: S311 - no secret


def _delivery(made: Attempt) -> tuple[Any, ...]:
    state, due = "delivered", made.at
    if not made.is_delivered:
        again = retry_at(made.waiting.attempts + 1, made.at, made.waiting.queued_at)
        state, due = ("given_up", made.at) if again is None else ("waiting", again)
    keys = (made.waiting.id, made.waiting.message_id)
    return *keys, state, due, made.at, made.status, made.answer, made.milliseconds


def _release(endpoint: WebhookEndpoint, made: Sequence[Attempt]) -> tuple[Any, ...]:
    """Return what becomes of an endpoint: after a failure it rests, twice as long each time."""
    last = made[-1] if made else None
    is_slow = any(each.milliseconds > SLOW_MILLISECONDS for each in made)
    if last is None:
        return endpoint.pk, endpoint.claim, None, endpoint.is_slow, None
    if last.is_delivered:
        return endpoint.pk, endpoint.claim, None, is_slow, None
    seconds = min(REST_MAX.total_seconds(), 2.0 ** min(endpoint.failures, 20))
    rests_until = last.at + timedelta(seconds=seconds)
    return endpoint.pk, endpoint.claim, last.at, True, rests_until


def _switched_off(cursor: Any, outcomes: Sequence[Outcome]) -> Iterator[int]:
    for endpoint, made in outcomes:
        if made and not made[-1].is_delivered:
            last = made[-1]
            values = {
                "id": endpoint.pk,
                "now": last.is_gone or last.is_secret_lost,
                "since": last.at - SWITCHED_OFF_AFTER,
                "reason": (last.answer if last.is_secret_lost else _reason(last))[:200],
            }
            cursor.execute(_SWITCH_OFF, values)
            if cursor.fetchone():
                yield endpoint.pk


def _reason(last: Attempt) -> str:
    if last.is_gone:
        return "The address says that it is gone (410)."
    answered = f"answered {last.status}" if last.status else "did not answer"
    return f"Nothing was taken for three days; at last the address {answered}."


def _columns(rows: Sequence[tuple[Any, ...]]) -> list[list[Any]]:
    return [list(column) for column in zip(*rows, strict=True)]
