"""A process starts from the file on disk with what it would have loaded, or ignores the file."""

import logging
import os
import random
import signal
import time
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import timedelta
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from django.core.management import CommandError, call_command
from django.db import connection
from django.utils import timezone
from hypothesis import HealthCheck, given
from hypothesis import settings as examples
from pytest_django import Settings

from listings import changes
from listings.choices import Status
from listings.models import Listing
from listings.search.criteria import Criteria
from listings.search.engine import SearchRequest
from listings.search.facets import COUNTED, STATISTICS
from listings.search.memory import snapshot_file
from listings.search.memory.block_file import BlockFile
from listings.search.memory.engine import Search
from listings.search.memory.follower import Follower
from listings.search.memory.replica import Replica
from listings.search.memory.slug_index import SlugIndex
from listings.search.memory.snapshot_file import NAME, sole_writer
from listings.search.memory.store import Snapshot
from listings.search.memory.wishes import WordsInTexts
from listings.word_index import follow_texts
from tests import make
from tests.listings.search.questions import questions, rate_anew, stock, write
from tests.marketplace.checkouts import wait_until
from tests.marketplace.full_disks import small_disk
from tests.transactions import outlive_others

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture
def folder(tmp_path: Path, settings: Settings) -> Path:
    settings.SEARCH_SNAPSHOT_FOLDER = str(tmp_path / "snapshots")
    settings.SEARCH_ENGINE = "memory"
    return tmp_path / "snapshots"


def written(folder: Path) -> Path:
    call_command("write_search_snapshots", "--once")
    return folder / NAME


@contextmanager
def logged() -> Iterator[list[dict[str, Any]]]:
    """Collect what a follower logs; its logger may have been bound by another test."""
    lines: list[dict[str, Any]] = []

    class Collector(logging.Handler):
        def emit(self, record: logging.LogRecord) -> None:
            assert isinstance(record.msg, dict)
            lines.append(record.msg)

    logger, collector = logging.getLogger(Follower.__module__), Collector()
    logger.addHandler(collector)
    try:
        yield lines
    finally:
        logger.removeHandler(collector)


def started(folder: Path) -> tuple[Snapshot, list[str]]:
    """Return what a process starts with, and why it ignored the file if it did."""
    with logged() as logs:
        snapshot = Follower(folder).snapshot()
    return snapshot, [line["reason"] for line in logs if line["event"] == "search_snapshot_ignored"]


def ids_in(snapshot: Snapshot) -> set[int]:
    alive = np.asarray(snapshot.alive.to_array(), dtype=np.uint32)
    return set(snapshot.columns["id"][alive].tolist())


def assert_alike(snapshot: Snapshot, loaded: Snapshot, request: SearchRequest) -> None:
    now = max(snapshot.as_of, loaded.as_of)
    references = SlugIndex.load().resolve(request.criteria)
    answer, expected = (
        Search(each, now, request, references, WordsInTexts().wishes(request.wishes, each)).answer()
        for each in (snapshot, loaded)
    )
    assert answer == expected


def assert_all_alike(snapshot: Snapshot) -> None:
    """Compare with a replica that is loaded now, as far as one question can."""
    everything = SearchRequest(
        Criteria(), ("price",), 200, is_counted=True, facets=tuple(COUNTED), statistics=STATISTICS
    )
    assert_alike(snapshot, Follower().snapshot(), everything)


def change(random_: random.Random) -> None:
    """Change, rate, delete and let run out some adverts at random."""
    write(random_)
    rate_anew(random_)
    rows = list(Listing.objects.order_by("pk"))
    random_.choice(rows).delete()
    soon = random_.choice(rows)
    Listing.objects.filter(pk=soon.pk, status=Status.LIVE).update(
        expires_at=timezone.now() - timedelta(minutes=random_.randrange(-1, 2))
    )


@pytest.mark.parametrize("seed", [0, 1, pytest.param(2, marks=pytest.mark.slow)])
def test_a_replica_from_the_disk_that_has_caught_up_is_one_that_was_loaded(
    seed: int, folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("listings.search.memory.store.LATER_MIN", (8, 200, 20)[seed])
    random_ = random.Random(seed)  # noqa: S311 - a repeatable stock, not a secret
    stock(random_, 60 + 20 * seed)
    follow_texts()
    written(folder)
    change(random_)
    written(folder)  # which started from the file, and the changes since
    change(random_)
    follower = Follower(folder)
    with logged() as logs:
        follower.snapshot()
    assert logs == []
    for _ in range(seed):
        change(random_)
        follower.snapshot()
    snapshot, loaded = follower.snapshot(), Follower().snapshot()

    @examples(suppress_health_check=[HealthCheck.function_scoped_fixture])
    @given(questions())
    def agree(request: SearchRequest) -> None:
        assert_alike(snapshot, loaded, request)

    agree()


def test_what_changed_while_nobody_followed_is_shown_at_once(folder: Path) -> None:
    sold, kept = make.live(price=1_000), make.live(price=2_000)
    written(folder)
    Listing.objects.filter(pk=sold.pk).update(status=Status.WITHDRAWN)
    Listing.objects.filter(pk=kept.pk).update(price=3_000)
    new = make.live(price=4_000)
    snapshot, ignored = started(folder)
    assert (ids_in(snapshot), ignored) == ({kept.pk, new.pk}, [])
    assert_all_alike(snapshot)


def test_a_marketplace_may_be_empty(folder: Path) -> None:
    written(folder)
    snapshot, ignored = started(folder)
    assert (ids_in(snapshot), ignored) == (set(), [])
    row = make.live()
    assert ids_in(started(folder)[0]) == {row.pk}
    assert_all_alike(started(folder)[0])


def test_a_store_that_fills_up_goes_on_from_a_newer_file(
    folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("listings.search.memory.store.LATER_MIN", 4)
    rows = [make.live(price=price) for price in (1_000, 2_000)]
    written(folder)
    follower = Follower(folder)
    first = follower.snapshot()
    for price in (3_000, 4_000):
        Listing.objects.update(price=price)
        written(folder)
    os.utime(folder / NAME, (time.time() + 60,) * 2)
    snapshot = follower.snapshot()  # with four changed rows in two rounds, or none of a new file
    assert snapshot.base is first.base
    Listing.objects.filter(pk=rows[0].pk).update(price=5_000)
    follower.snapshot()
    Listing.objects.filter(pk=rows[0].pk).update(price=6_000)
    snapshot = follower.snapshot()
    assert snapshot.base is not first.base
    assert snapshot.columns["id"].base is not None  # it is mapped
    assert_all_alike(snapshot)


def test_an_advert_that_ran_out_since_is_not_shown(folder: Path) -> None:
    soon = timezone.now() + timedelta(seconds=1)
    make.live(expires_at=soon)
    kept = make.live()
    written(folder)
    wait_until(lambda: timezone.now() > soon)
    snapshot, ignored = started(folder)
    assert (ids_in(snapshot), ignored) == ({kept.pk}, [])


def test_what_is_written_to_a_mapped_column_stays_with_the_process(folder: Path) -> None:
    make.live()
    file = written(folder)
    before = file.read_bytes()
    here, there = Follower(folder), Follower(folder)
    here.snapshot()
    there.snapshot()
    new = make.live(price=5_000)
    snapshot = here.snapshot()
    assert new.pk in ids_in(snapshot)
    for column in snapshot.columns.values():  # no process writes there; it could
        column[:] = 7
    assert file.read_bytes() == before
    assert new.pk in ids_in(there.snapshot())
    assert_all_alike(there.snapshot())


def test_every_block_that_is_damaged_is_found(folder: Path) -> None:
    stock(random.Random(5), 30)  # noqa: S311 - a repeatable stock, not a secret
    file = written(folder)
    whole = file.read_bytes()
    with file.open("rb") as opened:
        blocks = BlockFile(opened)._blocks
    filled = [block for block in blocks.values() if block.length]
    assert len(filled) > 50
    places = [block.offset + block.length // 2 for block in filled]
    index = max(block.offset + block.length for block in blocks.values())
    for place in [*places, 0, len(whole) - 1, len(whole) - 20, len(whole) - 12, index + 4_200]:
        damaged = bytearray(whole)
        damaged[place] ^= 1 << place % 8
        file.write_bytes(damaged)
        with logged() as logs:
            follower = Follower(folder)
            snapshot = follower.snapshot()
        (line,) = logs
        assert line["event"] == "search_snapshot_ignored"
        assert "damaged" in line["reason"] or "cut" in line["reason"]
    assert_all_alike(snapshot)


def test_a_file_that_was_cut_is_ignored(folder: Path) -> None:
    make.live()
    file = written(folder)
    whole = file.read_bytes()
    for length in (0, 1, 19, 4_096, len(whole) // 2, len(whole) - 1):
        file.write_bytes(whole[:length])
        snapshot, ignored = started(folder)
        assert ignored == ["it was cut"]
        assert_all_alike(snapshot)
    file.write_bytes(whole + b"more")
    assert started(folder)[1] == ["it was cut"]


def test_a_file_of_another_version_is_ignored(
    folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    make.live()
    with monkeypatch.context() as other:
        other.setattr(snapshot_file, "FORMAT", snapshot_file.FORMAT + 1)
        written(folder)
    assert started(folder)[1] == ["another version of the program wrote it"]


def test_a_file_of_another_database_is_ignored(folder: Path) -> None:
    first = make.live()
    written(folder)
    with connection.cursor() as cursor:
        cursor.execute("TRUNCATE listings_listing CASCADE")
    again = make.live(branch=first.branch)
    snapshot, ignored = started(folder)
    assert (ids_in(snapshot), ignored) == ({again.pk}, ["it is of another database"])


def test_a_file_from_before_what_the_change_feed_keeps_is_ignored(
    folder: Path, settings: Settings
) -> None:
    settings.CHANGES_KEPT_DAYS = 0
    kept, gone = make.live(), make.live()
    written(folder)
    gone.delete()
    outlive_others()
    changes.prune_tombstones()
    snapshot, ignored = started(folder)
    assert (ids_in(snapshot), ignored) == ({kept.pk}, ["not all changes since are kept"])


def test_without_a_file_the_stock_is_loaded(folder: Path) -> None:
    row = make.live()
    snapshot, ignored = started(folder)
    assert (ids_in(snapshot), ignored) == ({row.pk}, ["there is none"])
    folder.mkdir()
    (folder / NAME).mkdir()
    snapshot, ignored = started(folder)
    assert (ids_in(snapshot), len(ignored)) == ({row.pk}, 1)


def test_a_writer_that_is_killed_leaves_a_file_that_is_whole(folder: Path) -> None:
    stock(random.Random(7), 30)  # noqa: S311 - a repeatable stock, not a secret
    written(folder)
    saved = Follower().saved()
    is_left = []
    for number in range(12):
        child = os.fork()
        if child == 0:
            while True:
                saved.write(folder)
        time.sleep(0.002 * (number + 1))  # any moment of a write will do
        os.kill(child, signal.SIGKILL)
        os.waitpid(child, 0)
        is_left.append((folder / snapshot_file.NEW).exists())
        with snapshot_file.opened(folder) as file:
            file.check()
    assert any(is_left)  # some died in the middle
    snapshot, ignored = started(folder)
    assert ignored == []
    assert_all_alike(snapshot)
    written(folder)
    assert {each.name for each in folder.iterdir()} == {NAME, snapshot_file.LOCK}


def test_a_disk_that_is_nearly_full_is_left_to_others(tmp_path: Path, settings: Settings) -> None:
    row = make.live()
    with small_disk(tmp_path / "disk", kilobytes=64_000) as disk:
        settings.SEARCH_ENGINE, settings.SEARCH_SNAPSHOT_FOLDER = "memory", str(disk)
        with pytest.raises(OSError, match="the disk is nearly full"):
            call_command("write_search_snapshots", "--once")
        assert {each.name for each in disk.iterdir()} == {snapshot_file.LOCK}
        assert ids_in(started(disk)[0]) == {row.pk}


def test_one_process_writes_to_a_folder(folder: Path) -> None:
    with sole_writer(folder) as is_sole:
        assert is_sole
        with pytest.raises(CommandError, match="Another process writes"):
            call_command("write_search_snapshots", "--once")
    written(folder)


def test_without_a_folder_there_is_nothing_to_write(settings: Settings) -> None:
    settings.SEARCH_ENGINE, settings.SEARCH_SNAPSHOT_FOLDER = "memory", ""
    with pytest.raises(CommandError, match="SEARCH_SNAPSHOT_FOLDER is empty"):
        call_command("write_search_snapshots", "--once")


def test_a_replica_starts_from_the_folder(folder: Path) -> None:
    first = make.live()
    written(folder)
    second = make.live()
    replica = Replica(every=0.05, age_max=3_600, folder=folder)
    wait_until(lambda: replica.snapshot() is not None)
    current = replica.snapshot()
    replica.stop()
    assert current is not None
    assert ids_in(current[0]) == {first.pk, second.pk}
    assert current[0].columns["id"].base is not None  # it is mapped
