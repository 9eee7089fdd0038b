"""How long the files and reports of feeds are kept."""

from datetime import timedelta

from django.conf import settings
from django.db import connection, transaction
from django.db.models import Sum
from django.utils import timezone

from dealers.feeds.engine import runs
from dealers.models import FeedPreview, FeedRun, StockFeed
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


def make_room(*, feed_id: int, size: int) -> None:
    """Remove files of a dealer's runs that have ended, oldest first, until another one fits."""
    limit = quotas.quota("feed_files_mb") * MEGABYTE
    dealer_id = StockFeed.objects.filter(pk=feed_id).values_list("dealer_id", flat=True).first()
    if not limit or dealer_id is None:
        return
    missing = kept_bytes(dealer_id) + size + MEGABYTE - limit
    ended = FeedRun.objects.filter(feed__dealer=dealer_id, finished_at__isnull=False)
    for run in ended.exclude(file="").order_by("pk").iterator() if missing > 0 else ():
        _remove_file(run)
        missing -= run.file_bytes
        if missing <= 0:
            return


def kept_bytes(dealer_id: int) -> int:
    """Return what the files of a dealer's feeds take."""
    runs = FeedRun.objects.filter(feed__dealer=dealer_id).exclude(file="")
    return int(runs.aggregate(total=Sum("file_bytes", default=0))["total"])


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


def _remove_file(run: FeedRun) -> None:
    """Remove a run's file and what is shown of it; the run and its report stay."""
    run.file.storage.delete(str(run.file.name))
    FeedRun.objects.filter(pk=run.pk).update(file="")
    FeedPreview.objects.filter(run=run).delete()
