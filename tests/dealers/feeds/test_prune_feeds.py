"""Old files and reports are removed; runs with their counts, and adverts, stay."""

from datetime import timedelta
from pathlib import Path

import pytest
from django.utils import timezone
from pytest_django import Settings

from dealers.feeds.imports.report import report_rows
from dealers.feeds.retention import prune_files, prune_reports
from dealers.models import FeedRow, FeedRun, FeedSeen, FeedStage
from listings.models import Listing
from tests import make
from tests.dealers.feeds.stock import as_csv, bring, car, counts, receive
from tests.listings.photos.storage import files_in

pytestmark = pytest.mark.django_db


def end(run: FeedRun, *, days_ago: int) -> None:
    FeedRun.objects.filter(pk=run.pk).update(
        finished_at=timezone.now() - timedelta(days=days_ago, minutes=1)
    )


def test_files_go_after_their_days_and_the_runs_stay(settings: Settings, tmp_path: Path) -> None:
    settings.FEED_FILES_KEPT_DAYS = 30
    feed = make.feed()
    old, young = bring(feed, [car(1)]), bring(feed, [car(1, price=9_005)])
    waiting = receive(feed, as_csv([car(1)]))
    end(old, days_ago=30)
    end(young, days_ago=29)
    assert len(files_in(tmp_path)) == 3
    assert (prune_files(), prune_files()) == (1, 0)
    assert files_in(tmp_path) == {str(young.file.name), str(waiting.file.name)}
    old.refresh_from_db()
    assert (old.file.name, old.state, old.created_count, old.has_rows) == ("", "done", 1, True)
    assert len(report_rows(run_id=old.pk)) == 1


def test_a_file_that_is_gone_already_stops_nothing(settings: Settings, tmp_path: Path) -> None:
    settings.FEED_FILES_KEPT_DAYS = 30
    feed = make.feed()
    runs = [bring(feed, [car(1, price=price)]) for price in (1_000, 2_000)]
    for run in runs:
        end(run, days_ago=30)
    runs[0].file.storage.delete(str(runs[0].file.name))
    assert prune_files() == 2
    assert files_in(tmp_path) == set()


def test_reports_go_after_their_days_and_the_counts_stay(settings: Settings) -> None:
    settings.FEED_REPORTS_KEPT_DAYS = 90
    feed = make.feed()
    old = bring(feed, [car(1), car(2)])
    young = bring(feed, [car(1), car(2, price=9_005)])
    end(old, days_ago=90)
    end(young, days_ago=89)
    assert (prune_reports(), prune_reports()) == (1, 0)
    old.refresh_from_db()
    assert (old.has_rows, counts(old)) == (False, {"created": 2})
    assert report_rows(run_id=old.pk) == []
    assert len(report_rows(run_id=young.pk)) == 2
    assert {row.run_id for row in FeedRow.objects.all()} == {young.pk}
    assert {row.run_id for row in FeedSeen.objects.all()} == {young.pk}
    assert counts(bring(feed, [car(1), car(2, price=9_005)])) == {"unchanged": 2}
    assert Listing.objects.filter(status="live").count() == 2


def test_what_is_not_over_is_never_pruned(settings: Settings) -> None:
    settings.FEED_FILES_KEPT_DAYS = settings.FEED_REPORTS_KEPT_DAYS = 1
    feed = make.feed()
    bring(feed, [car(n) for n in range(30)])
    held = bring(feed, [car(1, price=9_005)])
    long_ago = timezone.now() - timedelta(days=400)
    FeedRun.objects.filter(pk=held.pk).update(received_at=long_ago, touched_at=long_ago)
    assert (prune_files(), prune_reports()) == (0, 0)
    assert FeedStage.objects.filter(run=held).count() == 1


def test_nothing_of_a_run_stays_staged_when_it_is_over() -> None:
    feed = make.feed()
    bring(feed, [car(1), car(2)])
    assert not FeedStage.objects.exists()
