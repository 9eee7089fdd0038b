"""A run's own row: locked, moved on, held, ended."""

from typing import Any

from django.db import connection
from django.utils import timezone

from dealers.models import FeedRun, FeedSeen, FeedStage
from marketplace.outcome_counts import count

State, Step = FeedRun.State, FeedRun.Step
COUNTED = (State.DONE, State.HELD, State.FAILED, State.DROPPED)


class Superseded(Exception):
    """Another worker, or a person, has moved this run on: whoever finds this stops."""


def locked(run_id: int, state: str, step: str, position: int) -> FeedRun:
    """Lock a run in a transaction; raises `Superseded` unless it is where the caller left it."""
    run = FeedRun.objects.select_for_update(no_key=True).filter(pk=run_id).first()
    if run is None or (run.state, run.step, run.position) != (state, step, position):
        raise Superseded
    return run


def move(run: FeedRun, **changes: Any) -> None:
    """Write a locked run's progress."""
    now = timezone.now()
    write(run, **{"touched_at": now, "attempts": 0, **changes})


def hold(run: FeedRun, code: str, reason: str) -> None:
    """Leave a locked run to a person."""
    limit = FeedRun._meta.get_field("hold_reason").max_length
    move(run, state=State.HELD, hold_code=code, hold_reason=reason[:limit])


def forget_rows(run: FeedRun) -> None:
    """Remove what was read of a file, to read it again or not at all."""
    with connection.cursor() as cursor:
        for table in (FeedStage._meta.db_table, "dealers_feedrow"):
            cursor.execute(f"DELETE FROM {table} WHERE run_id = %s", [run.pk])  # noqa: S608 - our own tables
    FeedSeen.objects.filter(run=run).delete()


def write(run: FeedRun, **changes: Any) -> None:
    """Write a locked run; a state in which it ends, or waits for a person, is counted."""
    for name, value in changes.items():
        setattr(run, name, value)
    run.save(update_fields=list(changes))
    state = changes.get("state")
    if state in COUNTED and not run.dry_run:
        count("feed_runs_ended", {str(state): 1})
