"""Other sessions: the whole cluster's, as a snapshot names them, and those of this database."""

from typing import Any

from django.db import connection

from tests.marketplace.checkouts import wait_until

SECONDS = 100.0


def outlive_others() -> None:
    """Return once no transaction is left that was running when this was called."""
    latest = _answer("SELECT pg_current_xact_id()::text")
    wait_until(
        lambda: _answer("SELECT pg_snapshot_xmin(pg_current_snapshot()) > %s::text::xid8", latest),
        seconds=SECONDS,
    )


def wait_until_alone() -> None:
    """Return once no other session is at work, as a killed client's is to the statement's end."""
    wait_until(lambda: not _is_another("state <> 'idle'"))


def is_somebody_waiting() -> bool:
    """Say whether another session waits for a lock."""
    return _is_another("wait_event_type = 'Lock'")


def _is_another(kind: str) -> bool:
    return bool(
        _answer(
            "SELECT EXISTS (SELECT FROM pg_stat_activity"  # noqa: S608 - conditions of our own
            f" WHERE datname = current_database() AND pid <> pg_backend_pid() AND {kind})"
        )
    )


def _answer(question: str, *values: object) -> Any:
    with connection.cursor() as cursor:
        cursor.execute(question, values)
        return cursor.fetchone()[0]
