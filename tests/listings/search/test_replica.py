"""The replica: fresh within a second, honest about its age, and back after a lost database."""

import os
import signal
import threading
import time
from collections.abc import Callable, Iterator
from datetime import timedelta

import pytest
from django.db import connection, transaction
from django.utils import timezone
from pytest_django import Settings

from listings import changes
from listings.choices import Status
from listings.models import Listing
from listings.search.criteria import Criteria
from listings.search.engine import Question
from listings.search.memory import MemoryEngine
from listings.search.memory.engine import Search
from listings.search.memory.reading import read
from listings.search.memory.replica import Replica
from listings.search.memory.replica import _starting as starting
from listings.search.memory.store import Store
from listings.search.references import References
from tests import make
from tests.transactions import outlive_others

pytestmark = pytest.mark.django_db(transaction=True)

POOL_TIMEOUT = 5
EVERYTHING = Question(Criteria(), ("price",), 100, is_counted=True)


@pytest.fixture
def replica() -> Iterator[Replica]:
    replica = Replica(every=0.05, age_max=5)
    yield replica
    replica.stop()


def shown(replica: Replica) -> set[int] | None:
    current = replica.view()
    if current is None:
        return None
    hits = Search(*current, EVERYTHING, References()).answer()
    return {position.id for position in hits.positions}


def within(seconds: float, condition: Callable[[], bool]) -> bool:
    deadline = time.monotonic() + seconds
    while time.monotonic() < deadline:
        if condition():
            return True
        time.sleep(0.01)
    return False


def exit_code(child: int) -> int:
    """Return how a child ended; one that does not is killed."""
    options = os.WEXITED | os.WNOHANG | os.WNOWAIT
    if not within(20, lambda: os.waitid(os.P_PID, child, options) is not None):
        os.kill(child, signal.SIGKILL)
    return os.waitstatus_to_exitcode(os.waitpid(child, 0)[1])


def test_a_replica_follows_every_kind_of_change(replica: Replica) -> None:
    first, second = make.live(), make.live()
    assert within(5, lambda: shown(replica) == {first.pk, second.pk})
    Listing.objects.filter(pk=first.pk).update(status=Status.WITHDRAWN)
    third = make.live()
    assert within(1, lambda: shown(replica) == {second.pk, third.pk})
    Listing.objects.filter(pk=first.pk).update(status=Status.LIVE)
    assert within(1, lambda: shown(replica) == {first.pk, second.pk, third.pk})


def test_a_replica_that_began_empty_forgets_what_is_sold() -> None:
    reading = read(None)
    store = Store(reading.rows, reading.titles)
    row = make.live(price=1_000)
    reading = read(reading.moment)
    store = store.add(reading.rows, reading.titles, reading.removed)
    Listing.objects.filter(pk=row.pk).update(price=2_000)
    reading = read(reading.moment)
    store = store.add(reading.rows, reading.titles, reading.removed)
    view = store.view(reading.clock, reading.branches)
    hits = Search(view, reading.clock, EVERYTHING, References()).answer()
    assert (hits.count, [position.values for position in hits.positions]) == (1, [(2_000,)])


def test_a_deleted_advert_disappears(replica: Replica) -> None:
    first, second = make.live(), make.live()
    assert within(5, lambda: shown(replica) == {first.pk, second.pk})
    first.delete()
    assert within(1, lambda: shown(replica) == {second.pk})


def test_another_incarnation_of_the_data_is_read_from_the_start() -> None:
    first = make.live()
    before = read(None).moment
    assert not read(before).is_whole
    with connection.cursor() as cursor:
        cursor.execute("TRUNCATE listings_listing CASCADE")
    again = make.live(branch=first.branch)
    reading = read(before)
    assert (reading.is_whole, reading.rows["id"].tolist()) == (True, [again.pk])


def test_where_a_deletion_was_forgotten_everything_is_read_again(
    settings: Settings,
) -> None:
    settings.CHANGES_KEPT_DAYS = 0
    kept, gone = make.live(), make.live()
    before = read(None).moment
    gone.delete()
    assert not read(before).is_whole
    outlive_others()
    changes.prune_tombstones()
    reading = read(before)
    assert (reading.is_whole, reading.rows["id"].tolist()) == (True, [kept.pk])
    assert not read(reading.moment).is_whole


def test_an_advert_that_runs_out_disappears_without_a_write(replica: Replica) -> None:
    soon = make.live(expires_at=timezone.now() + timedelta(seconds=1))
    assert within(5, lambda: shown(replica) == {soon.pk})
    assert within(2, lambda: shown(replica) == set())
    assert Listing.objects.get(pk=soon.pk).status == Status.LIVE


def test_a_transaction_that_commits_late_is_not_missed() -> None:
    late = make.live(price=1_000)
    began, may_commit = threading.Event(), threading.Event()

    def write_slowly() -> None:
        with transaction.atomic():
            Listing.objects.filter(pk=late.pk).update(price=2_000)
            began.set()
            may_commit.wait(10)
        connection.close()

    thread = threading.Thread(target=write_slowly)
    thread.start()
    assert began.wait(10)
    reading = read(None)
    early = make.live(price=3_000)
    reading = read(reading.moment)
    assert reading.rows["id"].tolist() == [early.pk]
    may_commit.set()
    thread.join()
    reading = read(reading.moment)
    assert (reading.rows["id"].tolist(), reading.rows["price"].tolist()) == ([late.pk], [2_000])
    assert read(reading.moment).rows["id"].tolist() == []


def test_a_replica_recovers_when_its_connections_are_cut(replica: Replica) -> None:
    first = make.live()
    assert within(5, lambda: shown(replica) == {first.pk})
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT pg_terminate_backend(pid) FROM pg_stat_activity"
            " WHERE datname = current_database() AND pid <> pg_backend_pid()"
        )
    second = make.live()
    # A round may wait for a whole pool timeout; the one after it succeeds.
    assert within(3 * POOL_TIMEOUT, lambda: shown(replica) == {first.pk, second.pk})


def test_a_replica_that_is_too_old_is_not_handed_out() -> None:
    make.live()
    replica = Replica(every=60, age_max=0.2)
    assert within(5, lambda: replica.view() is not None)
    assert within(2, lambda: replica.view() is None)
    replica.stop()


def test_without_a_replica_the_database_answers() -> None:
    row = make.live()
    replica = Replica(every=60, age_max=0)
    hits = MemoryEngine(replica).search(EVERYTHING)
    replica.stop()
    assert [position.id for position in hits.positions] == [row.pk]
    assert hits.count == 1


def test_a_view_never_waits_for_the_writer(replica: Replica) -> None:
    make.live()
    assert within(5, lambda: replica.view() is not None)
    with transaction.atomic():
        Listing.objects.select_for_update().get()
        started = time.perf_counter()
        for _ in range(1_000):
            replica.view()
        assert time.perf_counter() - started < 0.5


def test_more_changes_than_a_store_has_room_for_make_a_new_one() -> None:
    rows = [make.live(price=price) for price in (1_000, 2_000, 3_000)]
    reading = read(None)
    store = Store(reading.rows, reading.titles)
    store.later_max = 2
    Listing.objects.update(mileage=5)
    reading = read(reading.moment)
    grown = store.add(reading.rows, reading.titles, reading.removed)
    assert grown is not store
    view = grown.view(reading.clock, reading.branches)
    hits = Search(view, reading.clock, EVERYTHING, References()).answer()
    assert [position.id for position in hits.positions] == [row.pk for row in rows]
    assert len(grown.base) == 3


def test_many_readers_and_a_writer_agree_with_themselves(replica: Replica) -> None:
    rows = [make.live(price=1_000) for _ in range(30)]
    assert within(5, lambda: shown(replica) == {row.pk for row in rows})
    done, failures = threading.Event(), []

    def keep_reading() -> None:
        while not done.is_set():
            current = replica.view()
            if current is None:
                continue
            hits = Search(*current, EVERYTHING, References()).answer()
            if hits.count != 30 or len(hits.positions) != 30:
                failures.append((hits.count, len(hits.positions)))

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
    assert within(5, lambda: shown(replica) == {row.pk})
    connection.close()
    held = threading.Event()

    def hold_the_lock() -> None:
        with starting:
            held.set()
            time.sleep(0.2)

    holder = threading.Thread(target=hold_the_lock)
    holder.start()
    assert held.wait(5)
    child = os.fork()
    if child == 0:
        os._exit(0 if within(5, lambda: shown(replica) == {row.pk}) else 1)
    holder.join()
    assert exit_code(child) == 0


def test_a_fork_gets_a_replica_of_its_own(replica: Replica) -> None:
    row = make.live()
    assert within(5, lambda: shown(replica) == {row.pk})
    connection.close()
    child = os.fork()
    if child == 0:
        os._exit(0 if within(5, lambda: shown(replica) == {row.pk}) else 1)
    assert exit_code(child) == 0
