"""Messages get lost: none sent, all forgotten by the broker, or sent by two at once."""

from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from threading import Barrier

import pytest
import structlog
from django.db import connection
from django.utils import timezone

from listings.models import Make
from marketplace.models import OutboxTask
from marketplace.outbox import enqueue, enqueue_each, publish_due
from tests.marketplace.checkouts import wait_until
from tests.marketplace.jobs import add_make, add_make_of_the_request
from tests.marketplace.outbox.brokers import broker_at, closed_port
from tests.marketplace.test_worker import WORKER, celery

pytestmark = pytest.mark.django_db(transaction=True)


def messages() -> list[int]:
    """Return the rows that messages wait for, in the order of sending."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT message->'headers'->'outbox_id' FROM pgmq.q_default ORDER BY 1")
        return [int(id_) for (id_,) in cursor.fetchall()]


def make_due() -> None:
    OutboxTask.objects.update(due_at=timezone.now())


@pytest.mark.slow
@pytest.mark.usefixtures("_postgresql_is_the_broker")
def test_what_the_broker_has_forgotten_runs_all_the_same(tmp_path: Path) -> None:
    enqueue(add_make, "lagonda")
    with connection.cursor() as cursor:
        cursor.execute("SELECT pgmq.purge_queue('default')")
    make_due()

    assert publish_due() == 1

    with celery(*WORKER, heartbeats=tmp_path):
        wait_until(Make.objects.filter(slug="lagonda").exists)
        wait_until(lambda: not OutboxTask.objects.exists())


@pytest.mark.usefixtures("_postgresql_is_the_broker")
def test_many_rows_sent_by_two_at_once_are_sent_once() -> None:
    enqueue_each(add_make, [(f"make-{number}",) for number in range(1_200)])
    with connection.cursor() as cursor:
        cursor.execute("SELECT pgmq.purge_queue('default')")
    make_due()
    start = Barrier(2)

    def sweep(_: int) -> int:
        start.wait(timeout=30)
        try:
            return publish_due()
        finally:
            connection.close()

    with ThreadPoolExecutor(2) as threads:
        assert sum(threads.map(sweep, range(2))) == 1_200

    assert messages() == list(OutboxTask.objects.order_by("pk").values_list("pk", flat=True))


@pytest.mark.slow
@pytest.mark.usefixtures("_postgresql_is_the_broker")
def test_a_message_that_was_sent_twice_runs_once(tmp_path: Path) -> None:
    enqueue(add_make, "lagonda")
    make_due()
    publish_due()
    assert len(messages()) == 2

    with celery(*WORKER, heartbeats=tmp_path):
        wait_until(lambda: not messages())

    assert Make.objects.count() == 1
    assert not OutboxTask.objects.exists()
    assert "outbox_task_done_already" in (tmp_path / "celery.log").read_text()


@pytest.mark.slow
@pytest.mark.usefixtures("_postgresql_is_the_broker")
def test_a_task_runs_in_the_name_of_the_request_that_asked_for_it(tmp_path: Path) -> None:
    with structlog.contextvars.bound_contextvars(request_id="of-a-request"):
        enqueue(add_make_of_the_request)
    with connection.cursor() as cursor:
        cursor.execute("SELECT pgmq.purge_queue('default')")
    enqueue(add_make_of_the_request)
    make_due()
    publish_due()

    with celery(*WORKER, heartbeats=tmp_path):
        wait_until(lambda: not OutboxTask.objects.exists())

    assert set(Make.objects.values_list("slug", flat=True)) == {"of-a-request", "of-nobody"}
    assert '"request_id": ""' not in (tmp_path / "celery.log").read_text()


def test_a_sweep_that_finds_no_broker_leaves_all_for_the_next() -> None:
    enqueue_each(add_make, [(f"make-{number}",) for number in range(600)])
    make_due()
    with broker_at(f"redis://127.0.0.1:{closed_port()}/0"):
        assert publish_due() == 0
    make_due()

    assert publish_due() == 600
