"""Messages on their way: queued for each endpoint that wants them, and sent again when asked."""

import json
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.db import connection
from django.utils import timezone

from dealers.models import WebhookAudience, WebhookEndpoint, WebhookMessage

_QUEUE = """
    INSERT INTO dealers_webhookdelivery (endpoint_id, message_id, subject, state, attempts, answer)
    SELECT endpoint.id, message.id, message.subject, 'waiting', 0, ''
    FROM dealers_webhookmessage AS message
    CROSS JOIN LATERAL (
        SELECT id, switched_off_at, events FROM dealers_webhookendpoint
        WHERE dealer_id = message.dealer_id
        UNION ALL
        SELECT id, switched_off_at, events FROM dealers_webhookendpoint
        WHERE dealer_id IS NULL AND message.dealer_id IS NULL AND audience = message.audience
    ) AS endpoint
    WHERE message.id = ANY(%(messages)s) AND endpoint.switched_off_at IS NULL
        AND endpoint.events @> ARRAY[message.type]
    ORDER BY endpoint.id, message.id
    ON CONFLICT (endpoint_id, message_id) DO NOTHING
    RETURNING endpoint_id
"""
_REPLAY = """
    INSERT INTO dealers_webhookdelivery (endpoint_id, message_id, subject, state, attempts, answer)
    SELECT endpoint.id, message.id, message.subject, 'waiting', 0, ''
    FROM dealers_webhookendpoint AS endpoint
    JOIN dealers_webhookmessage AS message
        ON message.audience = endpoint.audience AND {of_dealer}
    WHERE endpoint.id = %(endpoint)s AND message.created_at >= %(since)s
        AND message.created_at < %(until)s AND endpoint.events @> ARRAY[message.type]
    ORDER BY message.id
    ON CONFLICT (endpoint_id, message_id) DO UPDATE
    SET state = 'waiting', attempts = 0, queued_at = statement_timestamp(),
        due_at = statement_timestamp()
    RETURNING endpoint_id
"""
_OF_DEALER = "message.dealer_id = endpoint.dealer_id"
_OF_ALL = "message.dealer_id IS NULL"
_WAKE = """
    UPDATE dealers_webhookendpoint AS endpoint
    SET due_at = least(endpoint.due_at, clock_timestamp())
    FROM (
        SELECT id FROM dealers_webhookendpoint WHERE id = ANY(%s) ORDER BY id FOR NO KEY UPDATE
    ) AS locked
    WHERE endpoint.id = locked.id
"""


@dataclass(frozen=True)
class Event:
    """Something that happened to a `subject`; `data` names nobody.

    `dealer_id` is the dealer that it is for; None where it is for an audience of all dealers.
    """

    dealer_id: int | None
    type: str
    subject: str
    data: Mapping[str, Any]
    audience: str = WebhookAudience.DEALER


def queue(events: Iterable[Event]) -> int:
    """Write what happened, in this order, and queue it where it is wanted; return how many."""
    now = timezone.now()
    rows = [_message(event, now) for event in events]
    if not rows:
        return 0
    WebhookMessage.objects.bulk_create(rows)
    wake(_run(_QUEUE, {"messages": [row.pk for row in rows]}))
    return len(rows)


def replay(endpoint: WebhookEndpoint, since: datetime, until: datetime) -> int:
    """Send what happened in a time again, also what was delivered; return how many messages."""
    statement = _REPLAY.format(of_dealer=_OF_ALL if endpoint.dealer_id is None else _OF_DEALER)
    queued = _run(statement, {"endpoint": endpoint.pk, "since": since, "until": until})
    wake(queued)
    return len(queued)


def queue_for(endpoint: WebhookEndpoint, event: Event) -> WebhookMessage:
    """Queue one message for one endpoint, whatever else it wants."""
    message = _message(event, timezone.now())
    message.save()
    endpoint.deliveries.create(message=message, subject=message.subject)
    wake([endpoint.pk])
    return message


def wake(endpoint_ids: Sequence[int]) -> None:
    """Have endpoints looked at, after what is queued for them was written."""
    with connection.cursor() as cursor:
        cursor.execute(_WAKE, [sorted(set(endpoint_ids))])


def _message(event: Event, now: datetime) -> WebhookMessage:
    body = {"type": event.type, "timestamp": now.isoformat(), "data": event.data}
    return WebhookMessage(
        audience=event.audience,
        dealer_id=event.dealer_id,
        type=event.type,
        subject=event.subject,
        body=json.dumps(body, separators=(",", ":")),
    )


def _run(statement: str, values: Mapping[str, Any]) -> list[int]:
    with connection.cursor() as cursor:
        cursor.execute(statement, values)
        return [int(row[0]) for row in cursor.fetchall()]
