"""Getting on with a run, from wherever it stands to its end or to a person."""

import gc
import time
from collections.abc import Iterator
from contextlib import closing, contextmanager, suppress

import structlog
from django.db import connection, transaction
from django.utils import timezone

from dealers.feeds.files import UnreadableFeed
from dealers.feeds.imports import runs
from dealers.feeds.imports.apply import apply_rows
from dealers.feeds.imports.context import CatalogueNames, ImportContext
from dealers.feeds.imports.header import fitting_config, note
from dealers.feeds.imports.import_config import ImportConfig
from dealers.feeds.imports.match import match_rows
from dealers.feeds.imports.stage import (
    Reader,
    bounds_of,
    opened_file,
    refusal_of,
    write_chunk,
)
from dealers.feeds.sandbox import SandboxBounds, SandboxEnding, SandboxFailure
from dealers.models import FeedRun, FeedStage, StockFeed
from listings.adverts import WriteContext
from listings.choices import PriceReason, Source
from marketplace.errors import StorageAway
from marketplace.outcome_counts import count

State, Step = runs.State, runs.Step
ATTEMPTS_MAX = 5
KILLS_MAX = 2
"""How often whatever reads a file may be killed from outside before that is held against it."""
log = structlog.get_logger(__name__)

COLLECTED_AFTER = 100_000
"""New containers; at Python's own 700 a tenth of the time goes into looking at rows in use."""


def get_on(*, run_id: int, seconds: float) -> FeedRun | None:
    """Get on with a run for some time; return it as it then is, or None where it is not its turn.

    Whatever dies on the way, calling this again goes on where the last transaction ended.
    """
    deadline = time.monotonic() + seconds
    run = _begin(run_id)
    if run is None:
        return None
    with suppress(runs.Superseded), _collecting_seldom():
        if run.state == State.READING:
            _read(run, deadline)
            run.refresh_from_db()
        if run.state == State.APPLYING:
            _apply(run, deadline)
    run.refresh_from_db()
    return run


@contextmanager
def _collecting_seldom() -> Iterator[None]:
    """Have garbage looked for once in some thousands of rows, which make no cycles."""
    before = gc.get_threshold()
    gc.set_threshold(COLLECTED_AFTER, *before[1:])
    try:
        yield
    finally:
        gc.set_threshold(*before)


@transaction.atomic
def _begin(run_id: int) -> FeedRun | None:
    """Start a run, or take it up again: one at a time for each feed, in the order of arrival."""
    feeds = StockFeed.objects.select_for_update(no_key=True)
    feed = feeds.filter(runs=run_id).first()
    run = FeedRun.objects.select_for_update(no_key=True).filter(pk=run_id).first()
    if run is None or feed is None or run.state not in FeedRun.UNFINISHED:
        return None
    if FeedRun.objects.unfinished().filter(feed=feed, pk__lt=run.pk).exists():
        return None
    if run.attempts >= ATTEMPTS_MAX:
        message = f"It was tried {ATTEMPTS_MAX} times without getting on."
        runs.write(run, state=State.FAILED, finished_at=timezone.now(), failure=message)
        return run
    now = timezone.now()
    changes = {"attempts": run.attempts + 1, "touched_at": now}
    if run.state == State.RECEIVED:
        changes |= {"state": State.READING, "started_at": run.started_at or now}
        if feed.last_source_at and run.source_at < feed.last_source_at:
            message = "A file of a later time has been applied already."
            changes |= {"state": State.DROPPED, "finished_at": now, "failure": message}
    runs.write(run, **changes)
    return run


def _read(run: FeedRun, deadline: float) -> None:
    bounds = bounds_of(run)
    try:
        config = _stage_rows(run, bounds, deadline)
    except StorageAway:  # no fault of the file's: the attempt does not count
        runs.write(run, attempts=run.attempts - 1)
        raise
    except UnreadableFeed as error:
        _hold_unreadable(run, error)
    except SandboxFailure as failure:
        log.warning(
            "feed_not_read", run_id=run.pk, ending=failure.ending.value, detail=failure.detail
        )
        if failure.ending is not SandboxEnding.KILLED or run.attempts >= KILLS_MAX:
            _hold_unreadable(run, refusal_of(failure, bounds))
    else:
        if config is not None:
            match_rows(run.pk, config, run.position)


def _stage_rows(run: FeedRun, bounds: SandboxBounds, deadline: float) -> ImportConfig | None:
    """Stage the file's rows; return how they were read, None where they are not all there."""
    config = ImportConfig.from_json(run.recipe)
    with opened_file(run) as stream:
        if not run.position:
            fitting = fitting_config(run, config, stream, bounds)
            if fitting is None:
                return None
            config = fitting
        reader = Reader(run, config, bounds)
        with closing(reader.chunks(stream, skip=run.position)) as chunks:
            for chunk in chunks:
                write_chunk(run.pk, chunk)
                run.position += chunk.count
                if time.monotonic() > deadline:
                    return None
    note(run, [{"code": "not_read", "message": remark} for remark in reader.remarks])
    return config


@transaction.atomic
def _hold_unreadable(run: FeedRun, error: UnreadableFeed) -> None:
    held = runs.locked(run.pk, State.READING, "", run.position)
    runs.forget_rows(held)
    runs.move(held, position=0)
    where = f" (line {error.line})" if error.line else ""
    runs.hold(held, "unreadable", f"{error.message}{where}")


def _apply(run: FeedRun, deadline: float) -> None:
    config = ImportConfig.from_json(run.recipe)
    context = ImportContext(
        run_id=run.pk,
        config=config,
        dry_run=run.dry_run,
        is_approved=run.approved_at is not None,
        names=CatalogueNames(remembers=not run.dry_run),
        by=WriteContext(
            source=Source.FEED,
            reason=f"feed {config.feed_name}, run {run.pk}",
            price_reason=PriceReason.FEED,
            origin=f"feed_run:{run.pk}",
        ),
        is_alone=run.dry_run or connection.in_atomic_block,
    )
    if apply_rows(context, run.step, run.position, deadline):
        _finish(run.pk)


_COUNT = """
    SELECT outcome, count(*), coalesce(sum(jsonb_array_length(warnings)), 0)
    FROM dealers_feedrow WHERE run_id = %s AND (line IS NOT NULL OR outcome <> 'unchanged')
    GROUP BY outcome
"""
_COUNT_SEEN = """
    SELECT coalesce(sum(cardinality(numbers)), 0) - (
        SELECT count(*) FROM dealers_feedrow AS row
        WHERE row.run_id = %(run)s AND row.line IS NOT NULL AND row.outcome <> 'rejected'
            AND NOT EXISTS (
                SELECT FROM dealers_feedstage AS stage
                WHERE stage.run_id = row.run_id AND stage.number = row.number
            )
    )
    FROM dealers_feedseen WHERE run_id = %(run)s
"""


_UNWRITTEN_ARE_THERE = """
    UPDATE dealers_feedcar AS car SET absent_since = NULL FROM dealers_feedrow AS row
    WHERE row.run_id = %s AND row.outcome IN ('rejected', 'held') AND row.line IS NOT NULL
        AND car.id = row.car AND car.absent_since IS NOT NULL
"""


@transaction.atomic
def _finish(run_id: int) -> None:
    """Count what has become of the rows, and let go of what they said."""
    feed_id = FeedRun.objects.values_list("feed_id", flat=True).get(pk=run_id)
    feed = StockFeed.objects.select_for_update(no_key=True).get(pk=feed_id)
    run = runs.locked(run_id, State.APPLYING, "", 0)
    with connection.cursor() as cursor:
        cursor.execute(_COUNT, [run_id])
        told = {outcome: (count, warnings) for outcome, count, warnings in cursor.fetchall()}
        cursor.execute(_COUNT_SEEN, {"run": run_id})
        seen = cursor.fetchone()[0]
        cursor.execute(f"DELETE FROM {FeedStage._meta.db_table} WHERE run_id = %s", [run_id])  # noqa: S608 - our own table
    counts = {f"{name}_count": count for name, (count, _) in told.items() if name}
    counts["unchanged_count"] = counts.get("unchanged_count", 0) + seen
    counts["warning_count"] = sum(warnings for _, warnings in told.values())
    runs.move(run, state=State.DONE, finished_at=timezone.now(), **counts)
    if not run.dry_run:
        with connection.cursor() as cursor:
            cursor.execute(_UNWRITTEN_ARE_THERE, [run_id])
        newest = max(filter(None, (feed.last_source_at, run.source_at)))
        StockFeed.objects.filter(pk=feed_id).update(last_source_at=newest, failure_count=0)
        _drop_older_held(run)


def _drop_older_held(run: FeedRun) -> None:
    """A held file that a newer one has overtaken needs no person any more."""
    held = FeedRun.objects.filter(feed=run.feed_id, state=State.HELD, source_at__lte=run.source_at)
    dropped = held.exclude(pk=run.pk).update(
        state=State.DROPPED,
        finished_at=timezone.now(),
        failure="A newer file has been applied.",
    )
    count("feed_runs_ended", {State.DROPPED: dropped})
