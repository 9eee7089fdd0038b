"""Counts of what came out how, which only grow: of all processes and servers together.

Rows are removed when their time is over, so counting them would fall; a rate needs what does not.
"""

from collections import Counter
from collections.abc import Mapping
from threading import Lock
from typing import Any

import structlog
from django.db import DatabaseError, InterfaceError, connection, transaction

SHARDS = 16

SUBJECTS: Mapping[str, tuple[str, tuple[str, ...]]] = {
    "webhook_attempts": (
        "Attempts to deliver a webhook; what failed is tried again, what is given up is not.",
        ("delivered", "failed", "given_up"),
    ),
    "mail_attempts": (
        "Mails that were to go out; an address may be refused by the server or by our own list.",
        ("sent", "address_refused", "mail_refused", "server_away"),
    ),
    "enquiries_received": (
        "Enquiries of buyers; the same one within ten minutes is a repeated one.",
        ("taken", "repeated"),
    ),
    "vehicle_questions": (
        "Questions to DVLA and DVSA about a mark; what is kept of earlier ones is not asked.",
        ("answered", "not_found", "refused", "away"),
    ),
    "feed_runs_ended": (
        "Runs of feeds that came to an end, or to a person: a held run may be done later.",
        ("done", "held", "failed", "dropped"),
    ),
}
"""By its name as a metric: what it says, and every outcome that it may have."""

_ADD = """
    INSERT INTO marketplace_outcomecount AS kept (subject, outcome, shard, total)
    SELECT %(subject)s, new.outcome, pg_backend_pid() %% %(shards)s, new.number
    FROM unnest(%(outcomes)s::text[], %(numbers)s::bigint[]) AS new (outcome, number)
    ORDER BY new.outcome
    ON CONFLICT (subject, outcome, shard) DO UPDATE SET total = kept.total + excluded.total
"""

log = structlog.get_logger(__name__)
_attempted: Counter[tuple[str, str]] = Counter()
_lock = Lock()


def count(subject: str, outcomes: Mapping[str, int]) -> None:
    """Add to the counts of a subject, in the caller's transaction: last, as rows stay locked."""
    added = {outcome: number for outcome, number in outcomes.items() if number}
    if added:
        values: dict[str, Any] = {
            "subject": subject,
            "shards": SHARDS,
            "outcomes": list(added),
            "numbers": list(added.values()),
        }
        with connection.cursor() as cursor:
            cursor.execute(_ADD, values)


def count_attempt(subject: str, outcome: str) -> None:
    """Count what has happened outside the database, whatever becomes of the caller's transaction.

    It is written when that ends or, where it is undone, after the task.
    """
    with _lock:
        _attempted[subject, outcome] += 1
    transaction.on_commit(write_attempts, robust=True)


def write_attempts() -> None:
    """Write what was counted in this process; a count that cannot be written now waits."""
    if connection.in_atomic_block:
        return
    with _lock:
        taken = _attempted.copy()
        _attempted.clear()
    for (subject, outcome), number in taken.items():
        try:
            count(subject, {outcome: number})
        except (DatabaseError, InterfaceError) as error:
            log.warning("outcome_not_counted", subject=subject, error=type(error).__name__)
            with _lock:
                _attempted[subject, outcome] += number
