"""Enqueuing writes rows, in the caller's transaction and in sets."""

from pathlib import Path

import pytest
import structlog
from django.db import connection, transaction
from django.test.utils import CaptureQueriesContext

from listings.models import Make
from marketplace.models import OutboxTask
from marketplace.outbox import enqueue, enqueue_each
from marketplace.outbox.rows import PUBLISHED_AT_ONCE
from tests.marketplace.jobs import add_make
from tests.marketplace.outbox.brokers import broker_at

pytestmark = pytest.mark.django_db(transaction=True)


class Refused(Exception):
    """The caller changes its mind."""


@transaction.atomic
def change_ones_mind() -> None:
    Make.objects.create(slug="alvis", name="Alvis")
    enqueue(add_make, "lagonda")
    raise Refused


def test_what_is_rolled_back_is_not_queued() -> None:
    with pytest.raises(Refused):
        change_ones_mind()

    assert not OutboxTask.objects.exists()


def test_the_row_knows_task_arguments_and_request() -> None:
    with structlog.contextvars.bound_contextvars(request_id="a-request"):
        enqueue(add_make, "lagonda")

    row = OutboxTask.objects.get()
    assert (row.task, row.arguments) == ("tests.marketplace.jobs.add_make", ["lagonda"])
    assert (row.request_id, row.publications, row.attempts) == ("a-request", 1, 0)
    assert row.due_at > row.created_at


def test_many_rows_are_one_statement_and_the_clock_sends_most() -> None:
    names = [(f"make-{number}",) for number in range(3 * PUBLISHED_AT_ONCE)]

    with CaptureQueriesContext(
        connection,
    ) as queries:
        enqueue_each(add_make, names)

    assert len(queries) == 2  # the rows, and which of them were published
    assert OutboxTask.objects.count() == 3 * PUBLISHED_AT_ONCE
    assert OutboxTask.objects.filter(publications=1).count() <= PUBLISHED_AT_ONCE
    assert list(OutboxTask.objects.order_by("pk").values_list("arguments", flat=True)) == [
        list(name) for name in names
    ]


def test_nothing_to_do_asks_the_database_nothing() -> None:
    with CaptureQueriesContext(connection) as queries:
        enqueue_each(add_make, [])

    assert len(queries) == 0


def test_only_those_that_do_not_wait_are_added() -> None:
    enqueue_each(add_make, [("alvis",), ("riley",)])
    OutboxTask.objects.filter(arguments=["riley"]).update(started_at="2026-01-01T00:00Z")

    enqueue_each(add_make, [("alvis",), ("riley",), ("jowett",)], unless_waiting=True)

    waiting = OutboxTask.objects.order_by("pk").values_list("arguments", flat=True)
    assert list(waiting) == [["alvis"], ["riley"], ["riley"], ["jowett"]]


def test_arguments_by_name_are_refused() -> None:
    with pytest.raises(TypeError):
        enqueue(add_make, name="lagonda")

    assert not OutboxTask.objects.exists()


def test_messages_kept_in_a_file_carry_what_the_worker_needs(tmp_path: Path) -> None:
    folders = {"data_folder_in": str(tmp_path), "data_folder_out": str(tmp_path)}
    folders["control_folder"] = str(tmp_path / "control")
    with broker_at("filesystem://", **folders):
        enqueue(add_make, "lagonda")

    (message,) = tmp_path.glob("*.msg")
    assert f'"outbox_id": {OutboxTask.objects.get().pk}' in message.read_text()
