"""Other sessions: the whole cluster's, as a snapshot names them, and those of this database."""

from django.db import connection

from tests.listings.changes.connections import another
from tests.marketplace.checkouts import PATIENCE_SECONDS, wait_until


def outlive_others() -> None:
    """Return once no transaction is left that was running when this was called.

    That of the other process's test is one, and may be a long test's.
    """
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_current_xact_id()::text")
        latest = cursor.fetchone()[0]
    is_over = "SELECT pg_snapshot_xmin(pg_current_snapshot()) > %s::text::xid8"
    wait_until(lambda: _is_so(is_over, latest), seconds=2 * PATIENCE_SECONDS)


def wait_until_alone() -> None:
    """Return once no session is at work, as a killed client's is until its statement ends."""
    wait_until(lambda: not _is_there("state <> 'idle'"))


def is_somebody_waiting() -> bool:
    """Say whether a session waits for a lock."""
    return _is_there("wait_event_type = 'Lock'")


def _is_there(kind: str) -> bool:
    return _is_so(
        "SELECT EXISTS (SELECT FROM pg_stat_activity"  # noqa: S608 - conditions of our own
        f" WHERE datname = current_database() AND pid <> pg_backend_pid() AND {kind})"
    )


def _is_so(question: str, *values: str) -> bool:
    """Ask on a connection of its own: what a transaction sees of others does not change."""
    with another() as own:
        own.autocommit = True
        row = own.execute(question, values).fetchone()
    assert row is not None
    return bool(row[0])
