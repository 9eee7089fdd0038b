"""Sending the messages of rows: at once after a commit, and by the clock what is due."""

import json
import time
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

import structlog
from celery import current_app
from django.conf import settings
from django.db import connection
from django.db.models import QuerySet
from django.db.models.functions import Now
from kombu import Producer

from marketplace.circuit_breaker import CircuitBreaker
from marketplace.models import OutboxTask
from marketplace.outbox.broker import SECONDS_MAX, ProducerPool

CLAIMED_AT_ONCE = 500
CLAIMED_SECONDS = 60
SWEEP_SECONDS_MAX = 50.0
PUBLICATIONS_MAX = 20

# A run that ended without a word leaves its row started: once it is due, it waits again.
_CLAIM = """
    WITH due AS MATERIALIZED (
        SELECT id FROM marketplace_outboxtask
        WHERE due_at <= statement_timestamp() AND given_up_at IS NULL
        ORDER BY due_at LIMIT %s FOR UPDATE SKIP LOCKED
    )
    UPDATE marketplace_outboxtask AS task SET started_at = NULL,
        due_at = statement_timestamp() + %s * interval '1 second'
    FROM due WHERE task.id = due.id
    RETURNING task.id, task.task, task.arguments, task.request_id, task.due_at
"""
# A message may wait for long behind others, so the pauses between two of one row grow. A row whose
# due_at has changed was started meanwhile, has perhaps failed, and knows better when it is due.
_MARK = """
    WITH sent AS MATERIALIZED (
        SELECT task.id FROM marketplace_outboxtask AS task
        JOIN unnest(%s::bigint[], %s::timestamptz[]) AS message (id, due_at)
            ON task.id = message.id AND task.due_at = message.due_at
        ORDER BY task.id FOR UPDATE OF task
    )
    UPDATE marketplace_outboxtask AS task SET publications = publications + 1,
        due_at = statement_timestamp()
            + %s * power(2, LEAST(publications, 6)) * interval '1 second'
    FROM sent WHERE task.id = sent.id
"""

log = structlog.get_logger(__name__)


@dataclass(frozen=True, slots=True)
class Message:
    """What is sent of a row, and when that was due: it tells whether the row is as it was."""

    id: int
    task: str
    arguments: list[object]
    request_id: str
    due_at: datetime


breaker = CircuitBreaker()
pool = ProducerPool()


def publish(messages: Sequence[Message]) -> None:
    """Send these unless the broker was away a moment ago; what is not sent stays due."""
    if breaker.allows():
        _mark(_sent(messages, seconds_max=SECONDS_MAX))


def publish_due() -> int:
    """Send what is due, for at most a minute, until the broker refuses; return how many went."""
    _give_up_unstarted()
    ends, count = time.monotonic() + SWEEP_SECONDS_MAX, 0
    while (left := ends - time.monotonic()) > 0 and (messages := _claimed()):
        sent = _sent(messages, seconds_max=left)
        _mark(sent)
        count += len(sent)
        if len(sent) < len(messages):
            break
    return count


def run_again(rows: QuerySet[OutboxTask]) -> int:
    """Have tasks that were given up tried again as if they were new; return how many."""
    return rows.exclude(given_up_at=None).update(
        created_at=Now(),
        given_up_at=None,
        failure="",
        attempts=0,
        publications=0,
        started_at=None,
        due_at=Now(),
    )


def _claimed() -> list[Message]:
    with connection.cursor() as cursor:
        cursor.execute(_CLAIM, [CLAIMED_AT_ONCE, CLAIMED_SECONDS])
        return [
            Message(id_, task, json.loads(arguments), request_id, due_at)
            for id_, task, arguments, request_id, due_at in cursor.fetchall()
        ]


def _sent(messages: Sequence[Message], *, seconds_max: float) -> list[Message]:
    """Send until the time is over or the broker fails; return the messages that went."""
    ends, sent = time.monotonic() + seconds_max, list[Message]()
    try:
        try:
            _send(messages, sent, ends)
        except Exception:  # each transport has errors of its own
            if time.monotonic() >= ends:
                raise
            pool.close()  # the connections that were kept may have outlived their broker
            _send(messages[len(sent) :], sent, ends)
    except Exception as error:  # noqa: BLE001 - as above
        breaker.trip()
        log.warning("broker_away", error=type(error).__name__)
    else:
        breaker.reset()
    return sent


def _send(messages: Sequence[Message], sent: list[Message], ends: float) -> None:
    with pool.producer() as producer:
        for message in messages:
            _send_one(message, producer)
            sent.append(message)
            if time.monotonic() >= ends:
                return


def _send_one(message: Message, producer: Producer) -> None:
    """Send a message; one of a task that this process does not know is left to those who do."""
    task = current_app.tasks.get(message.task)
    if task is None:
        log.warning("outbox_task_unknown", task=message.task)
        return
    options: dict[str, Any] = {"confirm_timeout": SECONDS_MAX}
    headers: dict[str, Any] = {"outbox_id": message.id, "request_id": message.request_id}
    task.apply_async(
        tuple(message.arguments),
        producer=producer,
        retry=False,
        headers=headers,
        **options,
    )


def _mark(sent: Sequence[Message]) -> None:
    if sent:
        ids, dues = [message.id for message in sent], [message.due_at for message in sent]
        with connection.cursor() as cursor:
            cursor.execute(_MARK, [ids, dues, settings.CELERY_VISIBILITY_SECONDS])


def _give_up_unstarted() -> None:
    """Give up what was sent again and again without any worker ever starting it."""
    unstarted = OutboxTask.objects.filter(given_up_at=None, publications__gt=PUBLICATIONS_MAX)
    for row in unstarted.filter(due_at__lte=Now())[:CLAIMED_AT_ONCE]:
        log.error("outbox_task_given_up", task=row.task, outbox_id=row.pk, failure="NeverStarted")
        OutboxTask.objects.filter(pk=row.pk).update(given_up_at=Now(), failure="NeverStarted")
