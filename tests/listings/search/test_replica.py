"""The replica: it follows every change, is honest about its age, and outlives a lost database."""

import os
import threading
import time
from collections.abc import Iterator
from datetime import timedelta

import pytest
from django.db import connection, transaction
from django.utils import timezone
from pytest_django import Settings

from listings import changes
from listings.choices import Status
from listings.models import Listing, ListingValue
from listings.search.criteria import Criteria
from listings.search.engine import SearchRequest
from listings.search.memory import MemoryEngine
from listings.search.memory.engine import Search
from listings.search.memory.replica import Replica
from listings.search.memory.replica import _starting as starting
from listings.search.memory.store import Store
from listings.search.memory.updates import read_update
from listings.search.references import References
from tests import make
from tests.marketplace.checkouts import wait_until
from tests.transactions import is_somebody_waiting, outlive_others

pytestmark = pytest.mark.django_db(transaction=True)

HOUR = 3_600
EVERYTHING = SearchRequest(Criteria(), ("price",), 100, is_counted=True)


@pytest.fixture
def replica() -> Iterator[Replica]:
    replica = Replica(every=0.05, age_max=HOUR)
    yield replica
    replica.stop()


def shown(replica: Replica) -> set[int] | None:
    current = replica.snapshot()
    if current is None:
        return None
    result = Search(*current, EVERYTHING, References()).answer()
    return {position.id for position in result.positions}


def exit_code(child: int) -> int:
    return os.waitstatus_to_exitcode(os.waitpid(child, 0)[1])


def end_when_it_shows(replica: Replica, row: Listing) -> None:
    """End a forked process: nothing of the test that it was copied from may go on in it."""
    try:
        wait_until(lambda: shown(replica) == {row.pk})
    except BaseException:  # noqa: BLE001 - the process ends here
        os._exit(1)
    os._exit(0)


def test_a_replica_follows_every_kind_of_change(replica: Replica) -> None:
    first, second = make.live(), make.live()
    wait_until(lambda: shown(replica) == {first.pk, second.pk})
    Listing.objects.filter(pk=first.pk).update(status=Status.WITHDRAWN)
    third = make.live()
    wait_until(lambda: shown(replica) == {second.pk, third.pk})
    Listing.objects.filter(pk=first.pk).update(status=Status.LIVE)
    wait_until(lambda: shown(replica) == {first.pk, second.pk, third.pk})


def test_a_replica_that_began_empty_forgets_what_is_sold() -> None:
    update = read_update(None)
    store = Store(update.rows, update.titles)
    row = make.live(price=1_000)
    update = read_update(update.moment)
    store = store.add(update.rows, update.titles, update.removed)
    Listing.objects.filter(pk=row.pk).update(price=2_000)
    update = read_update(update.moment)
    store = store.add(update.rows, update.titles, update.removed)
    snapshot = store.snapshot(update.clock, update.branches)
    result = Search(snapshot, update.clock, EVERYTHING, References()).answer()
    assert (result.count, [position.values for position in result.positions]) == (1, [(2_000,)])


def test_many_ratings_at_once_do_not_delay_what_else_changes(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr("listings.search.memory.ratings.READ_MAX", 2)
    rows = [make.live(price=10_000) for _ in range(5)]
    update = read_update(None)
    fit = make.market_fit()
    with transaction.atomic():  # one transaction, as a refit can be
        for row in rows:
            make.value(row, 10_000, label="good", fit=fit)
    Listing.objects.filter(pk=rows[0].pk).update(description="Mended")
    update = read_update(update.moment, update.branches)
    assert update.rows["id"].tolist() == [rows[0].pk]
    told = [update.ratings["id"].tolist()]
    ListingValue.objects.filter(pk=rows[4].pk).update(label="fair")
    while update.unread:
        update = read_update(update.moment, update.branches, update.unread)
        told.append(update.ratings["id"].tolist())
    assert told == [[row.pk for row in rows[:2]], [row.pk for row in rows[2:4]], [rows[4].pk]]
    assert update.ratings["price_rating"].tolist() == [4]
    assert read_update(update.moment).ratings["id"].tolist() == []


def test_a_deleted_advert_disappears(replica: Replica) -> None:
    first, second = make.live(), make.live()
    wait_until(lambda: shown(replica) == {first.pk, second.pk})
    first.delete()
    wait_until(lambda: shown(replica) == {second.pk})


def test_another_incarnation_of_the_data_is_read_from_the_start() -> None:
    first = make.live()
    before = read_update(None).moment
    assert not read_update(before).is_whole
    with connection.cursor() as cursor:
        cursor.execute("TRUNCATE listings_listing CASCADE")
    again = make.live(branch=first.branch)
    update = read_update(before)
    assert (update.is_whole, update.rows["id"].tolist()) == (True, [again.pk])


def test_where_a_deletion_was_forgotten_everything_is_read_again(
    settings: Settings,
) -> None:
    settings.CHANGES_KEPT_DAYS = 0
    kept, gone = make.live(), make.live()
    before = read_update(None).moment
    gone.delete()
    assert not read_update(before).is_whole
    outlive_others()
    changes.prune_tombstones()
    update = read_update(before)
    assert (update.is_whole, update.rows["id"].tolist()) == (True, [kept.pk])
    assert not read_update(update.moment).is_whole


def test_an_advert_that_runs_out_disappears_without_a_write(replica: Replica) -> None:
    soon = make.live(expires_at=timezone.now() + timedelta(minutes=30))
    wait_until(lambda: shown(replica) == {soon.pk})
    replica.stop()
    later(replica, 25 * 60)
    assert shown(replica) == {soon.pk}
    later(replica, 5 * 60)
    assert shown(replica) == set()
    assert Listing.objects.get(pk=soon.pk).status == Status.LIVE


def later(replica: Replica, seconds: float) -> None:
    """Let so much time pass in which a stopped replica reads nothing."""
    assert replica._current is not None
    snapshot, read_at = replica._current
    replica._current = snapshot, read_at - seconds


def test_a_transaction_that_commits_late_is_not_missed() -> None:
    late = make.live(price=1_000)
    began, may_commit = threading.Event(), threading.Event()

    def write_slowly() -> None:
        with transaction.atomic():
            Listing.objects.filter(pk=late.pk).update(price=2_000)
            began.set()
            may_commit.wait()
        connection.close()

    thread = threading.Thread(target=write_slowly)
    thread.start()
    began.wait()
    update = read_update(None)
    early = make.live(price=3_000)
    update = read_update(update.moment)
    assert update.rows["id"].tolist() == [early.pk]
    may_commit.set()
    thread.join()
    update = read_update(update.moment)
    assert (update.rows["id"].tolist(), update.rows["price"].tolist()) == ([late.pk], [2_000])
    assert read_update(update.moment).rows["id"].tolist() == []


def test_a_replica_recovers_when_its_connections_are_cut(replica: Replica) -> None:
    first = make.live()
    wait_until(lambda: shown(replica) == {first.pk})
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT pg_terminate_backend(pid) FROM pg_stat_activity"
            " WHERE datname = current_database() AND pid <> pg_backend_pid()"
        )
    second = make.live()
    wait_until(lambda: shown(replica) == {first.pk, second.pk})


def test_a_replica_that_is_too_old_is_not_handed_out(replica: Replica) -> None:
    make.live()
    wait_until(lambda: replica.snapshot() is not None)
    replica.stop()
    later(replica, HOUR - 60)
    assert replica.snapshot() is not None
    later(replica, 60)
    assert replica.snapshot() is None


def test_without_a_replica_the_database_answers() -> None:
    row = make.live()
    replica = Replica(every=60, age_max=0)
    result = MemoryEngine(replica).search(EVERYTHING)
    replica.stop()
    assert [position.id for position in result.positions] == [row.pk]
    assert result.count == 1


def test_a_view_never_waits_for_the_writer(replica: Replica) -> None:
    """The writer is this test: a snapshot that waited for it would wait for ever."""
    make.live()
    wait_until(lambda: replica.snapshot() is not None)
    with transaction.atomic(), connection.cursor() as cursor:
        cursor.execute("LOCK TABLE listings_listing IN ACCESS EXCLUSIVE MODE")
        wait_until(is_somebody_waiting)
        for _ in range(1_000):
            assert replica.snapshot() is not None


def test_more_changes_than_a_store_has_room_for_make_a_new_one() -> None:
    rows = [make.live(price=price) for price in (1_000, 2_000, 3_000)]
    update = read_update(None)
    store = Store(update.rows, update.titles)
    store.later_max = 2
    Listing.objects.update(mileage=5)
    update = read_update(update.moment)
    grown = store.add(update.rows, update.titles, update.removed)
    assert grown is not store
    snapshot = grown.snapshot(update.clock, update.branches)
    result = Search(snapshot, update.clock, EVERYTHING, References()).answer()
    assert [position.id for position in result.positions] == [row.pk for row in rows]
    assert len(grown.base) == 3


def test_many_readers_and_a_writer_agree_with_themselves(replica: Replica) -> None:
    rows = [make.live(price=1_000) for _ in range(30)]
    wait_until(lambda: shown(replica) == {row.pk for row in rows})
    done, failures = threading.Event(), []

    def keep_reading() -> None:
        while not done.is_set():
            current = replica.snapshot()
            if current is None:
                continue
            result = Search(*current, EVERYTHING, References()).answer()
            if result.count != 30 or len(result.positions) != 30:
                failures.append((result.count, len(result.positions)))

    readers = [threading.Thread(target=keep_reading) for _ in range(3)]
    for reader in readers:
        reader.start()
    for price in range(2_000, 2_040):
        Listing.objects.filter(pk=rows[price % 30].pk).update(price=price)
        time.sleep(0.01)
    done.set()
    for reader in readers:
        reader.join()
    assert failures == []


def test_a_fork_while_another_thread_starts_the_replica_can_start_its_own(
    replica: Replica,
) -> None:
    row = make.live()
    wait_until(lambda: shown(replica) == {row.pk})
    connection.close()
    held = threading.Event()

    def hold_the_lock() -> None:
        with starting:
            held.set()
            time.sleep(0.2)  # a fork waits for it, so no event can end it

    holder = threading.Thread(target=hold_the_lock)
    holder.start()
    held.wait()
    child = os.fork()
    if child == 0:
        end_when_it_shows(replica, row)
    holder.join()
    assert exit_code(child) == 0


def test_a_fork_gets_a_replica_of_its_own(replica: Replica) -> None:
    row = make.live()
    wait_until(lambda: shown(replica) == {row.pk})
    connection.close()
    child = os.fork()
    if child == 0:
        end_when_it_shows(replica, row)
    assert exit_code(child) == 0
