"""Applying staged rows to the stock, a batch and a transaction at a time."""

from collections.abc import Callable, Sequence
from contextlib import suppress

from django.db import DataError, IntegrityError, connection, transaction

from dealers.feeds.engine import known, memory, new, runs
from dealers.feeds.engine.absent import withdraw_absent
from dealers.feeds.engine.batches import Done, Row, cars_of, take, tell, tell_seen
from dealers.feeds.engine.job import Job
from dealers.feeds.engine.seen import confirm_seen
from listings.constraint_errors import refusal

Step = runs.Step
_NEXT = {
    Step.KNOWN: Step.NEW,
    Step.NEW: Step.SEEN,
    Step.SEEN: Step.ABSENT,
    Step.ABSENT: "",
}


class _Undo(Exception):
    """Takes back what a dry run wrote."""


def apply_batch(job: Job, step: str, position: int) -> tuple[str, int]:
    """Apply the next batch of a step and return the step and position that follow.

    The step that follows the last one is empty. Raises `runs.Superseded`.
    """
    with transaction.atomic():
        run = runs.locked(job.run_id, runs.State.APPLYING, step, position)
        done = _try(job, step, position)
        if done.rows:
            tell(run.pk, done.rows, with_ids=not job.dry_run)
        tell_seen(run.pk, done)
        step, position = (_NEXT[Step(step)], 0) if done.last is None else (step, done.last)
        runs.move(run, step=step, position=position)
    return step, position


def _try(job: Job, step: str, position: int) -> Done:
    """Do a batch; where the run is a dry one, take back all but what has become of the rows."""
    done = Done()
    with suppress(_Undo), transaction.atomic():
        done = _do(job, step, position)
        if job.dry_run:
            raise _Undo
    return done


def _do(job: Job, step: str, position: int) -> Done:
    if step == Step.SEEN:
        return confirm_seen(job, position)
    is_absent, is_new = step == Step.ABSENT, step == Step.NEW
    rows = take(job.run_id, position, is_absent=is_absent, is_new=is_new)
    if not rows:
        return Done()
    cars_of(rows)
    if is_absent:
        withdraw_absent(job, rows)
    else:
        job.names.settle(rows)
        _write(job, [row for row in rows if not row.outcome], _VERBS[Step(step)])
    return Done(rows, rows[-1].number)


def _write(job: Job, rows: Sequence[Row], verb: Callable[[Job, Sequence[Row]], None]) -> None:
    """Write rows together; where the database refuses them, in halves, down to the one at fault."""
    if not rows:
        return
    try:
        with transaction.atomic():
            verb(job, rows)
            memory.remember(job, rows)
            _check_now()
    except (IntegrityError, DataError) as error:
        if len(rows) == 1:
            _reject(rows[0], error)
            return
        half = len(rows) // 2
        _write(job, rows[:half], verb)
        _write(job, rows[half:], verb)


def _check_now() -> None:
    """Have the rules checked that would otherwise wait for the end of the transaction."""
    with connection.cursor() as cursor:
        cursor.execute("SET CONSTRAINTS ALL IMMEDIATE")
        cursor.execute("SET CONSTRAINTS ALL DEFERRED")


def _reject(row: Row, error: IntegrityError | DataError) -> None:
    if isinstance(error, IntegrityError):
        meant = refusal(error)
        row.reject(meant.code, meant.message, next(iter(meant.fields), ""))
    else:
        row.reject("invalid_listing", "A value cannot be stored.")


_VERBS = {Step.KNOWN: known.write, Step.NEW: new.write}
