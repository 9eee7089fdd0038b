"""The run of a task that is a row: counted when it starts, deleted when it has succeeded."""

from typing import Any

import structlog
from celery import Task
from django.conf import settings
from django.db import connection

from marketplace.errors import ServiceAway
from marketplace.models import OutboxTask

ATTEMPTS_MAX = 6
BACKOFF_SECONDS = 30
BACKOFF_SECONDS_MAX = 480
AWAY_SECONDS_MAX = 600
AWAY_DAYS_MAX = 3

# Counted before the run: what kills its worker each time is given up, too.
_START = """
    UPDATE marketplace_outboxtask SET attempts = attempts + 1,
        started_at = statement_timestamp(),
        due_at = statement_timestamp() + %s * interval '1 second'
    WHERE id = %s AND given_up_at IS NULL
    RETURNING attempts
"""
_FAIL = """
    UPDATE marketplace_outboxtask SET started_at = NULL, publications = 0, failure = %(failure)s,
        due_at = statement_timestamp() + %(seconds)s * interval '1 second',
        given_up_at = CASE WHEN attempts >= %(max)s THEN statement_timestamp() END
    WHERE id = %(id)s
    RETURNING given_up_at IS NOT NULL
"""
# A run that found a service away counts for nothing. The row waits as long again as it has already.
_WAIT = """
    UPDATE marketplace_outboxtask SET started_at = NULL, publications = 0, failure = %(failure)s,
        attempts = GREATEST(attempts - 1, 0),
        due_at = statement_timestamp() + LEAST(
            GREATEST(statement_timestamp() - created_at, %(seconds)s * interval '1 second'),
            %(seconds_max)s * interval '1 second'
        ),
        given_up_at = CASE WHEN created_at <= statement_timestamp() - %(days)s * interval '1 day'
            THEN statement_timestamp() END
    WHERE id = %(id)s
    RETURNING given_up_at IS NOT NULL
"""

Values = dict[str, int | str]
log = structlog.get_logger(__name__)


class RecordedTask(Task):
    """A task that runs as long as its row is there, and again a little later when it fails.

    What the clock starts has no row, and runs as any other task does.
    """

    def __call__(self, *args: Any, **kwargs: Any) -> Any:
        outbox_id = (self.request.headers or {}).get("outbox_id")
        if outbox_id is None:
            return super().__call__(*args, **kwargs)
        return self._run_recorded(outbox_id, args)

    def _run_recorded(self, outbox_id: int, args: tuple[Any, ...]) -> Any:
        attempts = _started(outbox_id)
        if attempts is None:
            log.info("outbox_task_done_already", task=self.name, outbox_id=outbox_id)
            return None
        if attempts > ATTEMPTS_MAX:
            self._fail(outbox_id, attempts, "NeverEnded")
            return None
        try:
            result = self.run(*args)
        except ServiceAway as error:
            self._wait(outbox_id, type(error).__name__)
            return None
        except Exception as error:  # noqa: BLE001 - whatever it was: it is logged, and tried again
            self._fail(outbox_id, attempts, type(error).__name__, exc_info=error)
            return None
        OutboxTask.objects.filter(pk=outbox_id).delete()
        return result

    def _fail(
        self, outbox_id: int, attempts: int, failure: str, exc_info: Exception | None = None
    ) -> None:
        seconds = min(BACKOFF_SECONDS * 2 ** (attempts - 1), BACKOFF_SECONDS_MAX)
        values: Values = {"failure": failure[:200], "seconds": seconds, "max": ATTEMPTS_MAX}
        self._log(_put_off(_FAIL, outbox_id, values), outbox_id, failure, exc_info)

    def _wait(self, outbox_id: int, failure: str) -> None:
        values: Values = {
            "failure": failure[:200],
            "seconds": BACKOFF_SECONDS,
            "seconds_max": AWAY_SECONDS_MAX,
            "days": AWAY_DAYS_MAX,
        }
        self._log(_put_off(_WAIT, outbox_id, values), outbox_id, failure, None)

    def _log(
        self, is_given_up: bool, outbox_id: int, failure: str, exc_info: Exception | None
    ) -> None:
        vars(self.request)["has_failed"] = True  # though it ends well for Celery
        write = log.error if is_given_up else log.warning
        event = "outbox_task_given_up" if is_given_up else "outbox_task_failed"
        write(event, task=self.name, outbox_id=outbox_id, failure=failure, exc_info=exc_info)


def _put_off(statement: str, outbox_id: int, values: Values) -> bool:
    """Have a row run again later; return whether it was given up instead."""
    with connection.cursor() as cursor:
        cursor.execute(statement, {**values, "id": outbox_id})
        return bool(cursor.fetchone() == (True,))


def _started(outbox_id: int) -> int | None:
    """Count a run and return which it is; None where the task has run or was given up."""
    with connection.cursor() as cursor:
        cursor.execute(_START, [settings.CELERY_VISIBILITY_SECONDS, outbox_id])
        row = cursor.fetchone()
    return row and int(row[0])
