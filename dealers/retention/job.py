"""Applying the table of retention: batch by batch, and a note of what went on which day."""

from collections.abc import Iterator

from django.db import connection

from dealers.retention.table import RULES
from marketplace.london_time import london_today
from marketplace.models import RetentionDay

BATCH = 1_000
BATCHES_MAX = 200
"""So many batches of a kind at most in one task; the next hour goes on."""


def due_kinds() -> Iterator[str]:
    """Return what is to be applied this hour: some kinds always, others once a day."""
    over = RetentionDay.objects.filter(day=london_today(), is_over=True)
    done = set(over.values_list("kind", flat=True))
    for kind, rule in RULES.items():
        if rule.is_hourly or kind not in done:
            yield kind


def apply(kind: str, *, batch: int = BATCH, batches_max: int = BATCHES_MAX) -> int:
    """Remove what is due of a kind; return how much went.

    Each batch is noted as it goes, so that a job that is killed has told of what it did.
    """
    rule, removed, is_over = RULES[kind], 0, False
    for _ in range(batches_max):
        count = rule.remove(rule.before, batch)
        is_over = count == 0
        _note(kind, count, is_over=is_over)
        removed += count
        if is_over:
            break
    return removed


def _note(kind: str, removed: int, *, is_over: bool) -> None:
    with connection.cursor() as cursor:
        cursor.execute(
            "INSERT INTO marketplace_retentionday AS old (kind, day, removed, is_over)"
            " VALUES (%s, %s, %s, %s) ON CONFLICT (kind, day) DO UPDATE"
            " SET removed = old.removed + EXCLUDED.removed, is_over = EXCLUDED.is_over,"
            " ran_at = statement_timestamp()",
            [kind, london_today(), removed, is_over],
        )
