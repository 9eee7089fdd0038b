"""Writing the rows of tasks that have to run."""

import json
from collections.abc import Iterable
from functools import partial
from typing import Any, ParamSpec

import structlog
from celery import Task
from django.db import connection, transaction
from django.db.models import Exists, OuterRef
from django.db.models.functions import JSONArray

from marketplace.models import OutboxTask
from marketplace.outbox.publisher import Message, publish

P = ParamSpec("P")

PUBLISHED_AT_ONCE = 100
"""So many messages follow a commit; those of more rows are sent by the clock."""
GRACE_SECONDS = 30
"""The clock leaves a new row alone for so long: whoever wrote it is about to send its message."""

# All rows of a call are one statement, however many they are.
_INSERT = """
    INSERT INTO marketplace_outboxtask (task, arguments, request_id, due_at)
    SELECT %(task)s, given.arguments, %(request_id)s,
        statement_timestamp() + %(grace)s * interval '1 second'
    FROM jsonb_array_elements(%(arguments)s::jsonb) WITH ORDINALITY AS given (arguments, position)
    WHERE NOT (%(unless_waiting)s AND EXISTS (
        SELECT FROM marketplace_outboxtask AS other
        WHERE other.task = %(task)s AND other.arguments = given.arguments
            AND other.started_at IS NULL AND other.given_up_at IS NULL
    ))
    ORDER BY given.position
    RETURNING id, arguments, due_at
"""


def enqueue(task: Task[P, Any], *args: P.args, **kwargs: P.kwargs) -> None:
    """Have a task run once this transaction has committed; its arguments are ids, by position."""
    if kwargs:
        raise TypeError(kwargs)
    enqueue_each(task, [args])


def enqueue_each(
    task: Task[Any, Any], arguments: Iterable[tuple[object, ...]], *, unless_waiting: bool = False
) -> None:
    """Have a task run once for each of these tuples of arguments.

    `unless_waiting` passes over those for which it waits already. That is for work that the clock
    finds anyway: the one that waits may start before this transaction commits, and not see it.
    """
    given = [list(each) for each in arguments]
    if not given:
        return
    request_id = str(structlog.contextvars.get_contextvars().get("request_id", ""))[:200]
    with connection.cursor() as cursor:
        cursor.execute(
            _INSERT,
            {
                "task": task.name,
                "arguments": json.dumps(given),
                "request_id": request_id,
                "grace": GRACE_SECONDS,
                "unless_waiting": unless_waiting,
            },
        )
        rows = cursor.fetchall()
    messages = [
        Message(id_, task.name, json.loads(arguments), request_id, due_at)
        for id_, arguments, due_at in rows[:PUBLISHED_AT_ONCE]
    ]
    if messages:
        transaction.on_commit(partial(publish, messages), robust=True)


def is_queued(task: Task[Any, Any]) -> Exists:
    """Say of the rows of a queryset whether a task has yet to run for them and was not given up."""
    arguments = JSONArray(OuterRef("pk"))
    return Exists(OutboxTask.objects.filter(task=task.name, arguments=arguments, given_up_at=None))
