"""How long the files and reports of feeds are kept."""

from datetime import timedelta

from django.conf import settings
from django.db import connection, transaction
from django.utils import timezone

from dealers.feeds.engine import runs
from dealers.models import FeedPreview, FeedRun

FILES_AT_ONCE = 500


def prune_files() -> int:
    """Remove the files of runs that ended long ago, and what is shown of them; return how many."""
    before = timezone.now() - timedelta(days=settings.FEED_FILES_KEPT_DAYS)
    old = FeedRun.objects.filter(finished_at__lt=before).exclude(file="")[:FILES_AT_ONCE]
    removed = 0
    for run in old:
        run.file.storage.delete(str(run.file.name))
        run.file = ""
        run.save(update_fields=["file"])
        FeedPreview.objects.filter(run=run).delete()
        removed += 1
    return removed


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
