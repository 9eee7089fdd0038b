"""A file that is refused changes nothing: what was kept is there still, and of it nothing is."""

from collections.abc import Callable
from datetime import timedelta
from pathlib import Path

import pytest
from django.core.files.storage import FileSystemStorage
from django.db import DatabaseError, connection, transaction
from django.utils import timezone
from pytest_django import Settings

from dealers.feeds.configuration import pause_feed
from dealers.feeds.exceptions import FeedNotFound, FeedPaused, OutOfOrder
from dealers.feeds.imports.pipeline import get_on
from dealers.models import FeedRun, StockFeed
from dealers.permissions import SYSTEM
from marketplace.quotas import QuotaReached
from tests import make
from tests.dealers.feeds.stock import LONG, as_csv, car, receive
from tests.listings.photos.storage import files_in

pytestmark = pytest.mark.django_db(transaction=True)
FILE = as_csv([car(1)])


@pytest.fixture
def feed() -> StockFeed:
    """A feed with a file that is only kept: it would make room for another one."""
    feed = make.feed()
    get_on(run_id=receive(feed, FILE).pk, seconds=LONG)
    return feed


def pause(feed: StockFeed) -> bytes:
    pause_feed(feed_id=feed.pk, actor=SYSTEM)
    return FILE


def overtake(feed: StockFeed) -> bytes:
    StockFeed.objects.filter(pk=feed.pk).update(last_source_at=timezone.now() + timedelta(days=1))
    return FILE


def wait_in_line(feed: StockFeed) -> bytes:
    receive(feed, FILE)
    return FILE


def exceed_all(_feed: StockFeed) -> bytes:
    return b"x" * (2 * 1024**2)


@pytest.mark.parametrize(
    ("prepare", "quotas", "refusal"),
    [
        (pause, {}, FeedPaused),
        (overtake, {}, OutOfOrder),
        (wait_in_line, {"feed_files_waiting": 1}, QuotaReached),
        (exceed_all, {}, QuotaReached),
    ],
)
def test_a_refused_file_takes_no_other_away(
    feed: StockFeed,
    tmp_path: Path,
    settings: Settings,
    prepare: Callable[[StockFeed], bytes],
    quotas: dict[str, int],
    refusal: type[Exception],
) -> None:
    content = prepare(feed)
    kept, runs = files_in(tmp_path), set(FeedRun.objects.values_list("pk", "file"))
    assert kept
    settings.DEALER_QUOTAS = {"feed_files_mb": 1, **quotas}

    with pytest.raises(refusal):
        receive(feed, content)

    assert files_in(tmp_path) == kept
    assert set(FeedRun.objects.values_list("pk", "file")) == runs


def test_a_file_that_is_kept_takes_older_ones_away(
    feed: StockFeed, tmp_path: Path, settings: Settings
) -> None:
    settings.DEALER_QUOTAS = {"feed_files_mb": 1}
    run = receive(feed, as_csv([car(2)]))
    assert files_in(tmp_path) == {run.file.name}
    assert FeedRun.objects.exclude(file="").get() == run


def test_a_transaction_around_it_that_fails_leaves_all_as_it_was(
    feed: StockFeed, tmp_path: Path, settings: Settings
) -> None:
    settings.DEALER_QUOTAS = {"feed_files_mb": 1}
    kept = files_in(tmp_path)

    @transaction.atomic
    def receive_and_fail() -> None:
        receive(feed, FILE)
        assert len(files_in(tmp_path)) == 2
        with connection.cursor() as cursor:
            cursor.execute("SELECT nothing FROM nowhere")

    with pytest.raises(DatabaseError):
        receive_and_fail()
    assert files_in(tmp_path) == kept


class WatchedStorage(FileSystemStorage):
    """Notes whether a transaction is open while it copies a file."""

    def __init__(self, location: Path) -> None:
        super().__init__(location)
        self.was_in_transaction: list[bool] = []

    def _save(self, name: str, content: object) -> str:
        self.was_in_transaction.append(connection.in_atomic_block)
        return str(super()._save(name, content))  # type: ignore[misc]  # the stubs lack it


def test_a_file_is_copied_while_no_transaction_is_open(
    feed: StockFeed, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    watched = WatchedStorage(tmp_path)
    monkeypatch.setattr(FeedRun._meta.get_field("file"), "storage", watched)
    receive(feed, FILE)
    assert watched.was_in_transaction == [False]


def test_a_file_of_no_feed_is_not_kept(tmp_path: Path) -> None:
    with pytest.raises(FeedNotFound):
        receive(StockFeed(pk=404), FILE)
    assert files_in(tmp_path) == set()
