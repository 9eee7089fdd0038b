"""Applying staged rows to the stock, a batch and a transaction at a time."""

import time
from collections.abc import Callable, Sequence
from contextlib import suppress
from functools import partial

from django.db import DataError, IntegrityError, connection, transaction

from dealers.feeds.imports import batch, creates, feed_cars, runs, updates
from dealers.feeds.imports.absences import withdraw_absent
from dealers.feeds.imports.batch import (
    BatchResult,
    StagedRow,
    report_batch,
    report_rows_done,
    take,
)
from dealers.feeds.imports.context import ImportContext
from dealers.feeds.imports.transaction_threads import THREADS, run_in_transactions
from dealers.feeds.imports.unchanged import confirm_seen
from listings.constraint_errors import refusal
from listings.models.car_link import own_duplicates_now

Step = runs.Step
_NEXT = {
    Step.KNOWN: Step.NEW,
    Step.NEW: Step.SEEN,
    Step.SEEN: Step.ABSENT,
    Step.ABSENT: "",
}


class _Undo(Exception):
    """Takes back what a dry run wrote."""


def apply_rows(context: ImportContext, step: str, position: int, deadline: float) -> bool:
    """Apply batches from a step and a position on until a deadline; return whether all are done.

    Raises `runs.Superseded`.
    """
    while step:
        step, position = _apply_batch(context, step, position)
        if time.monotonic() > deadline:
            break
    return not step


def _apply_batch(context: ImportContext, step: str, position: int) -> tuple[str, int]:
    """Return the step and position that follow; the step that follows the last one is empty."""
    with transaction.atomic():
        run = runs.locked(context.run_id, runs.State.APPLYING, step, position)
        done = _try(context, step, position)
        report_batch(run.pk, done, with_ids=not context.dry_run)
        step, position = (_NEXT[Step(step)], 0) if done.last is None else (step, done.last)
        runs.move(run, step=step, position=position)
    return step, position


def _try(context: ImportContext, step: str, position: int) -> BatchResult:
    """Do a batch; where the run is a dry one, take back all but what has become of the rows."""
    done = BatchResult()
    with suppress(_Undo), transaction.atomic():
        done = _do(context, step, position)
        if context.dry_run:
            raise _Undo
    return done


def _do(context: ImportContext, step: str, position: int) -> BatchResult:
    if step == Step.SEEN:
        return confirm_seen(context, position)
    is_absent, is_new = step == Step.ABSENT, step == Step.NEW
    parts_max = THREADS if is_new and not context.is_alone else 1
    rows = take(context.run_id, position, is_absent=is_absent, is_new=is_new, batches=parts_max)
    if not rows:
        return BatchResult()
    if parts_max > 1 and len(parts := _parts(rows, parts_max)) > 1:
        run_in_transactions([partial(_create, context, part) for part in parts])
        return BatchResult(last=rows[-1].number)
    if is_absent:
        withdraw_absent(context, rows)
    else:
        context.names.resolve_rows(rows)
        _write(context, [row for row in rows if not row.outcome], _VERBS[Step(step)])
    return BatchResult(rows, rows[-1].number)


def _parts(rows: Sequence[StagedRow], count: int) -> list[Sequence[StagedRow]]:
    """Cut rows of more than a batch in parts; whatever may add to the catalogue is in the first."""
    if len(rows) <= batch.BATCH_ROWS:
        return [rows]
    named = [row for row in rows if row.is_named]
    unnamed = [row for row in rows if not row.is_named]
    size = max(len(unnamed), -(-len(rows) // count))
    ordered = [*unnamed, *named]
    return [ordered[start : start + size] for start in range(0, len(ordered), size)]


def _create(context: ImportContext, rows: Sequence[StagedRow]) -> None:
    """Write new cars, and what has become of their rows, which nobody takes again after that."""
    if not rows[0].is_named:
        context.names.resolve_rows(rows)
    _write(context, [row for row in rows if not row.outcome], creates.write)
    report_rows_done(context.run_id, rows, with_ids=True)


def _write(
    context: ImportContext,
    rows: Sequence[StagedRow],
    verb: Callable[[ImportContext, Sequence[StagedRow]], None],
) -> None:
    """Write rows together; where the database refuses them, in halves, down to the one at fault."""
    if not rows:
        return
    try:
        with transaction.atomic():
            verb(context, rows)
            feed_cars.remember(context, rows)
            _check_now()
            _tell_duplicates(rows)
    except (IntegrityError, DataError) as error:
        if len(rows) == 1:
            _reject(rows[0], error)
            return
        half = len(rows) // 2
        _write(context, rows[:half], verb)
        _write(context, rows[half:], verb)


def _tell_duplicates(rows: Sequence[StagedRow]) -> None:
    """Warn of cars that the dealer has in another advert too."""
    by_advert = {row.listing_id: row for row in rows if row.listing_id and row.staged}
    for listing_id, other in own_duplicates_now([*by_advert]).items():
        row = by_advert[listing_id]
        row.warn("car_listed_twice", f"Advert {other} of yours is of the same car.", "vrm")


def _check_now() -> None:
    """Have the rules checked that would otherwise wait for the end of the transaction."""
    with connection.cursor() as cursor:
        cursor.execute("SET CONSTRAINTS ALL IMMEDIATE")
        cursor.execute("SET CONSTRAINTS ALL DEFERRED")


def _reject(row: StagedRow, error: IntegrityError | DataError) -> None:
    if isinstance(error, IntegrityError):
        meant = refusal(error)
        row.reject(meant.code, meant.message, next(iter(meant.fields), ""))
    else:
        row.reject("invalid_listing", "A value cannot be stored.")


_VERBS = {Step.KNOWN: updates.write, Step.NEW: creates.write}
