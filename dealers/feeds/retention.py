"""How long the files and reports of feeds are kept."""

from datetime import datetime, timedelta

from django.conf import settings
from django.db import connection, transaction
from django.db.models import QuerySet, Sum
from django.utils import timezone

from dealers.feeds.imports import runs
from dealers.models import FeedPreview, FeedRun
from marketplace import quotas

FILES_AT_ONCE = 500
MEGABYTE = 1024**2

# What a feed's file said of a car is in what was kept of its row, or in the advert's text.
_MENTIONING = """
    SELECT feed_id FROM dealers_feedcar car JOIN listings_listing listing ON listing.id = listing_id
    WHERE car.extra::text ILIKE ANY(%(likes)s) OR listing.description ILIKE ANY(%(likes)s)
        OR listing.features::text ILIKE ANY(%(likes)s)
    UNION SELECT feed_id FROM dealers_feedrun run JOIN dealers_feedpreview ON run_id = run.id
    WHERE columns::text ILIKE ANY(%(likes)s) OR proposed::text ILIKE ANY(%(likes)s)
    UNION SELECT feed_id FROM dealers_feedrun run JOIN dealers_feedstage stage ON run_id = run.id
    WHERE said::text ILIKE ANY(%(likes)s) OR stage.extra::text ILIKE ANY(%(likes)s)
    UNION SELECT feed_id FROM dealers_feedrun run JOIN dealers_feedrow ON run_id = run.id
    WHERE reasons::text ILIKE ANY(%(likes)s) OR warnings::text ILIKE ANY(%(likes)s)
"""


def old_files(before: datetime) -> QuerySet[FeedRun]:
    return FeedRun.objects.filter(finished_at__lt=before).exclude(file="")


def old_reports(before: datetime) -> QuerySet[FeedRun]:
    return FeedRun.objects.filter(finished_at__lt=before, has_rows=True)


def prune_files() -> int:
    """Remove the files of runs that ended long ago, and what is shown of them; return how many."""
    before = timezone.now() - timedelta(days=settings.FEED_FILES_KEPT_DAYS)
    removed = 0
    for run in old_files(before)[:FILES_AT_ONCE]:
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
    removed = 0
    for run in old_reports(before)[:FILES_AT_ONCE]:
        with transaction.atomic(), connection.cursor() as cursor:
            cursor.execute("SELECT FROM dealers_feedrun WHERE id = %s FOR UPDATE", [run.pk])
            runs.forget_rows(run)
            runs.write(run, has_rows=False)
        removed += 1
    return removed


def remove_files_that_mention(likes: list[str]) -> int:
    """Remove the files of feeds of which a row mentions somebody; return how many.

    `likes` are patterns of LIKE. A run that is not over keeps its file until it is.
    """
    with connection.cursor() as cursor:
        cursor.execute(_MENTIONING, {"likes": likes})
        feeds = [feed_id for (feed_id,) in cursor.fetchall()]
    ended = FeedRun.objects.filter(feed__in=feeds, finished_at__isnull=False).exclude(file="")
    removed = 0
    for run in ended.iterator():
        _remove_file(run)
        removed += 1
    return removed


def _bytes_of(runs: QuerySet[FeedRun]) -> int:
    return int(runs.aggregate(total=Sum("file_bytes", default=0))["total"])


def _remove_file(run: FeedRun) -> None:
    """Remove a run's file and what is shown of it; the run and its report stay."""
    run.file.storage.delete(str(run.file.name))
    FeedRun.objects.filter(pk=run.pk).update(file="")
    FeedPreview.objects.filter(run=run).delete()
