"""How long the files and reports of feeds are kept."""

from datetime import timedelta

from django.conf import settings
from django.db import connection, transaction
from django.db.models import QuerySet, Sum
from django.utils import timezone

from dealers.feeds.imports import runs
from dealers.models import FeedPreview, FeedRun
from marketplace import quotas

FILES_AT_ONCE = 500
MEGABYTE = 1024**2


def prune_files() -> int:
    """Remove the files of runs that ended long ago, and what is shown of them; return how many."""
    before = timezone.now() - timedelta(days=settings.FEED_FILES_KEPT_DAYS)
    old = FeedRun.objects.filter(finished_at__lt=before).exclude(file="")[:FILES_AT_ONCE]
    removed = 0
    for run in old:
        _remove_file(run)
        removed += 1
    return removed


def make_room(*, dealer_id: int, run_id: int) -> None:
    """Remove files of a dealer's runs that ended, oldest first, until all fit with a run's file."""
    limit = quotas.quota("feed_files_mb") * MEGABYTE
    if not limit:
        return
    kept = FeedRun.objects.for_dealer(dealer_id).exclude(file="")
    excess = _bytes_of(kept) + MEGABYTE - limit
    ended = kept.filter(finished_at__isnull=False, pk__lt=run_id).order_by("pk")
    for run in ended.iterator() if excess > 0 else ():
        _remove_file(run)
        excess -= run.file_bytes
        if excess <= 0:
            return


def needed_bytes(dealer_id: int) -> int:
    """Return what the files of a dealer's runs take that have yet to end: none makes room."""
    runs = FeedRun.objects.for_dealer(dealer_id).filter(finished_at__isnull=True)
    return _bytes_of(runs.exclude(file=""))


def prune_reports() -> int:
    """Remove the rows of runs that ended long ago; the runs and their counts stay."""
    before = timezone.now() - timedelta(days=settings.FEED_REPORTS_KEPT_DAYS)
    old = FeedRun.objects.filter(finished_at__lt=before, has_rows=True)
    removed = 0
    for run in old[:FILES_AT_ONCE]:
        with transaction.atomic(), connection.cursor() as cursor:
            cursor.execute("SELECT FROM dealers_feedrun WHERE id = %s FOR UPDATE", [run.pk])
            runs.forget_rows(run)
            runs.write(run, has_rows=False)
        removed += 1
    return removed


def _bytes_of(runs: QuerySet[FeedRun]) -> int:
    return int(runs.aggregate(total=Sum("file_bytes", default=0))["total"])


def _remove_file(run: FeedRun) -> None:
    """Remove a run's file and what is shown of it; the run and its report stay."""
    run.file.storage.delete(str(run.file.name))
    FeedRun.objects.filter(pk=run.pk).update(file="")
    FeedPreview.objects.filter(run=run).delete()
