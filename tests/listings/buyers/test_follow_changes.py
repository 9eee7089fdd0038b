"""The process that follows the changes: killed, replaced, cut off, it tells all of it once."""

import os
import signal
import subprocess
import sys
import time
from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import timedelta
from pathlib import Path

import pytest
from django.db import connection
from django.utils import timezone

from listings.buyers.saved_searches import WantedAlerts, confirm_search, save_search
from listings.choices import Status
from listings.models import AlertMail, AlertQueue, ChangesFollower, Listing, SavedSearch
from listings.search.criteria import Criteria
from marketplace.models import Lease, OutboxTask
from tests import make
from tests.dealers.mail_server import MailServer
from tests.listings.buyers.mailbox import told
from tests.marketplace.checkouts import ROOT, wait_until
from tests.marketplace.test_worker import celery, database_url, is_alive

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.slow]
TAKEN_OVER_SECONDS = 20  # the lease's six, on a machine that has much else to do
KILLS = 10
BEAT = ("-A", "marketplace.celery", "beat", "--pidfile=")
WORKER = ("-A", "marketplace.celery", "worker", "--concurrency", "1", "--without-gossip")


@contextmanager
def follower(folder: Path, **variables: str) -> Iterator[subprocess.Popen[bytes]]:
    folder.mkdir(exist_ok=True)
    environment = {
        **os.environ,
        "DATABASE_URL": database_url(),
        "HEARTBEAT_FOLDER": str(folder),
        **variables,
    }
    with (
        (folder / "follower.log").open("a") as log,
        subprocess.Popen(
            [sys.executable, "manage.py", "follow_changes"],
            cwd=ROOT,
            env=environment,
            stdout=log,
            stderr=log,
        ) as process,
    ):
        try:
            yield process
        finally:
            if process.poll() is None:
                process.kill()


def has_begun() -> bool:
    return ChangesFollower.objects.filter(name="alerts").exists()


def leader() -> int:
    return Lease.objects.filter(name="follow_changes").values_list("number", flat=True).first() or 0


def let_run_out() -> None:
    Lease.objects.update(ends_at=timezone.now())


def watch(email: str = "ann@example.com") -> SavedSearch:
    make.model()
    wanted = WantedAlerts(
        SavedSearch.Frequency.INSTANT, "Land Rover", Criteria(make=("land-rover",))
    )
    saved = save_search(wanted=wanted, email=email)
    assert saved is not None
    OutboxTask.objects.all().delete()
    return confirm_search(record_id=saved.record_id)


def queued() -> Counter[int]:
    return Counter(
        pk for ids in AlertQueue.objects.values_list("listing_ids", flat=True) for pk in ids
    )


def publish(row: Listing) -> None:
    now = timezone.now()
    Listing.objects.filter(pk=row.pk).update(
        status=Status.LIVE, published_at=now, confirmed_at=now, expires_at=now + timedelta(9)
    )


def test_it_tells_within_seconds_shows_that_it_lives_and_ends_when_told(tmp_path: Path) -> None:
    saved = watch()
    with follower(tmp_path) as process:
        wait_until(has_begun)
        row = make.live()
        wait_until(lambda: OutboxTask.objects.filter(arguments=[saved.record_id]).exists())
        assert queued() == {row.pk: 1}
        assert is_alive("follow_changes", tmp_path)
        number = leader()
        process.send_signal(signal.SIGTERM)
        assert process.wait(timeout=20) == 0
    with follower(tmp_path / "next"):  # takes over at once: the lease was given up
        wait_until(lambda: leader() == number + 1)


def test_another_takes_over_from_a_leader_that_is_killed(tmp_path: Path) -> None:
    watch()
    with follower(tmp_path / "a") as first:
        wait_until(has_begun)
        number = leader()
        with follower(tmp_path / "b"):
            wait_until(lambda: is_alive("follow_changes", tmp_path / "b"))
            assert leader() == number
            first.kill()
            row = make.live()
            wait_until(lambda: queued() == {row.pk: 1}, seconds=TAKEN_OVER_SECONDS)
            assert leader() == number + 1


def test_killed_again_and_again_it_loses_and_doubles_nothing(tmp_path: Path) -> None:
    """Each is killed at another point of its work, and the next goes on."""
    for number in range(40):
        watch(f"person{number}@example.com")
    with follower(tmp_path):
        wait_until(has_begun)
    drafts = [make.draft(mileage=each) for each in range(2 * KILLS)]
    for kill in range(KILLS):
        let_run_out()  # nobody is left to renew it
        number = leader()
        with follower(tmp_path) as process:
            wait_until(lambda number=number: leader() > number)  # type: ignore[misc]
            for row in drafts[2 * kill : 2 * kill + 2]:
                publish(row)
            time.sleep(0.07 * kill)
            process.kill()
    let_run_out()
    with follower(tmp_path):
        wait_until(lambda: len(queued()) == len(drafts))
        last = ChangesFollower.objects.get(name="alerts").position
        Listing.objects.update(description="Edited")
        wait_until(lambda: ChangesFollower.objects.get(name="alerts").position != last)
    assert queued() == Counter({row.pk: 40 for row in drafts})


def test_a_mail_goes_once_through_killed_workers_and_a_mail_server_that_is_away(
    tmp_path: Path, mails: MailServer
) -> None:
    watch()
    address = {"EMAIL_URL": f"smtp://127.0.0.1:{mails.port}"}
    mails.answers.append(b"451 later\r\n")
    with follower(tmp_path, **address):
        wait_until(has_begun)
        row = make.live()
        wait_until(OutboxTask.objects.exists)
        with celery(*WORKER, heartbeats=tmp_path, **address) as worker:
            wait_until(OutboxTask.objects.filter(failure="MailServerAway").exists, seconds=60)
            os.killpg(worker.pid, signal.SIGKILL)
        OutboxTask.objects.update(due_at=timezone.now())  # half a minute is over
        other = make.live(mileage=1)
        with (
            celery(*WORKER, heartbeats=tmp_path, **address),
            celery(*BEAT, heartbeats=tmp_path, **address),  # sends again what has failed
        ):
            wait_until(lambda: len(mails.mails) > 0 and not waits(), seconds=120)
    found = Counter(pk for each in told(mails) for pk in each)
    assert found == {row.pk: 1, other.pk: 1}


def waits() -> bool:
    return AlertQueue.objects.exists() or AlertMail.objects.filter(sent_at=None).exists()


def test_it_outlives_a_broker_and_a_database_that_are_away(tmp_path: Path) -> None:
    saved = watch()
    with follower(tmp_path, CELERY_BROKER_URL="redis://127.0.0.1:1/0") as process:
        wait_until(has_begun)
        with connection.cursor() as cursor:  # as a restart of the server does
            cursor.execute(
                "SELECT pg_terminate_backend(pid) FROM pg_stat_activity"
                " WHERE datname = current_database() AND pid <> pg_backend_pid()"
            )
        row = make.live()
        wait_until(lambda: queued() == {row.pk: 1}, seconds=TAKEN_OVER_SECONDS)
        assert OutboxTask.objects.filter(arguments=[saved.record_id]).exists()
        assert process.poll() is None
