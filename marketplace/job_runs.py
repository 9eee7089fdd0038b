"""How often each job ran, and how it ended: counted where it ran, for whoever watches."""

import time
from typing import Any

import structlog
from celery import Task, signals
from django.db import DatabaseError, InterfaceError, connection

from marketplace.outcome_counts import write_attempts

log = structlog.get_logger(__name__)

_COUNT = """
    INSERT INTO marketplace_jobrun AS run (name, runs, failures, seconds, finished_at, failed_at)
    VALUES (%(name)s, 1, %(failed)s::integer, %(seconds)s, clock_timestamp(),
        CASE WHEN %(failed)s THEN clock_timestamp() END)
    ON CONFLICT (name) DO UPDATE SET runs = run.runs + 1,
        failures = run.failures + excluded.failures, seconds = run.seconds + excluded.seconds,
        finished_at = excluded.finished_at, failed_at = coalesce(excluded.failed_at, run.failed_at)
"""

_ALIVE = """
    INSERT INTO marketplace_jobrun AS run (name, finished_at) VALUES (%s, clock_timestamp())
    ON CONFLICT (name) DO UPDATE SET finished_at = excluded.finished_at
"""


def connect_tasks() -> None:
    """Count every task that a worker runs."""
    signals.task_prerun.connect(_start)
    signals.task_postrun.connect(_count)


def note_alive(name: str) -> None:
    """Note that a process that never ends has come round, for those who watch from elsewhere."""
    with connection.cursor() as cursor:
        cursor.execute(_ALIVE, [name])


def _start(task: Task, **_arguments: object) -> None:
    vars(task.request)["started_at"] = time.monotonic()


def _count(task: Task, state: str | None = None, **_arguments: Any) -> None:
    """Count a run; a count that cannot be written is lost, and never a run."""
    started = getattr(task.request, "started_at", None)
    seconds = 0.0 if started is None else time.monotonic() - started
    failed = state != "SUCCESS" or bool(getattr(task.request, "has_failed", False))
    write_attempts()
    try:
        with connection.cursor() as cursor:
            cursor.execute(_COUNT, {"name": task.name, "failed": failed, "seconds": seconds})
    except (DatabaseError, InterfaceError) as error:
        log.warning("job_run_not_counted", task=task.name, error=type(error).__name__)
