"""A row goes once its task has run; a task that fails runs again, and not for ever."""

from collections.abc import Iterator
from datetime import timedelta

import pytest
from celery import current_app
from django.db.models import F
from django.utils import timezone

from dealers import retention
from listings.models import Make
from marketplace.models import OutboxTask
from marketplace.outbox import enqueue, publish_due, run_again
from marketplace.outbox.delivery import ATTEMPTS_MAX, AWAY_DAYS_MAX, BACKOFF_SECONDS
from marketplace.outbox.publisher import PUBLICATIONS_MAX, Message, publish
from tests.marketplace.jobs import add_make, miss_service, refuse

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture
def _tasks_run_here() -> Iterator[None]:
    current_app.conf.task_always_eager = True
    yield
    current_app.conf.task_always_eager = False


def make_due() -> None:
    OutboxTask.objects.update(due_at=timezone.now())


def grow_old(age: timedelta) -> None:
    OutboxTask.objects.update(created_at=timezone.now() - age, due_at=timezone.now())


def seconds_until_due() -> float:
    return (OutboxTask.objects.get().due_at - timezone.now()).total_seconds()


@pytest.mark.usefixtures("_tasks_run_here")
def test_a_task_that_has_run_leaves_no_row() -> None:
    enqueue(add_make, "lagonda")

    assert Make.objects.get().slug == "lagonda"
    assert not OutboxTask.objects.exists()


@pytest.mark.usefixtures("_tasks_run_here")
def test_a_message_that_comes_twice_runs_nothing_twice() -> None:
    now = timezone.now()
    row = OutboxTask.objects.create(task=add_make.name, arguments=["lagonda"], due_at=now)

    publish(2 * [Message(row.pk, row.task, row.arguments, "", row.due_at)])

    assert Make.objects.count() == 1
    assert not OutboxTask.objects.exists()


@pytest.mark.usefixtures("_tasks_run_here")
def test_a_task_that_fails_runs_again_later_and_is_given_up_in_the_end() -> None:
    enqueue(refuse)
    row = OutboxTask.objects.get()
    assert (row.attempts, row.failure, row.given_up_at) == (1, "Refused", None)
    assert 0 < seconds_until_due() <= BACKOFF_SECONDS
    assert publish_due() == 0  # not yet

    for attempt in range(2, ATTEMPTS_MAX + 1):
        make_due()
        assert publish_due() == 1
        row.refresh_from_db()
        assert row.attempts == attempt
        assert seconds_until_due() <= BACKOFF_SECONDS * 2 ** (attempt - 1)

    assert row.given_up_at is not None
    make_due()
    assert publish_due() == 0
    assert OutboxTask.objects.count() == 1


@pytest.mark.usefixtures("_tasks_run_here")
def test_what_fails_while_its_batch_is_being_sent_runs_again_as_soon_as_ever() -> None:
    enqueue(refuse)
    OutboxTask.objects.update(publications=PUBLICATIONS_MAX)
    OutboxTask.objects.create(task=add_make.name, arguments=["riley"], due_at=timezone.now())
    make_due()

    assert publish_due() == 2

    row = OutboxTask.objects.get()
    assert (row.attempts, row.publications) == (2, 0)
    assert BACKOFF_SECONDS < seconds_until_due() <= 2 * BACKOFF_SECONDS


@pytest.mark.usefixtures("_tasks_run_here")
def test_a_service_that_is_away_is_waited_for_and_is_nobodys_failure() -> None:
    enqueue(miss_service)
    for _ in range(2 * PUBLICATIONS_MAX):
        row = OutboxTask.objects.get()
        assert (row.attempts, row.failure, row.given_up_at) == (0, "ServiceAway", None)
        assert 0 < seconds_until_due() <= BACKOFF_SECONDS
        make_due()
        assert publish_due() == 1


@pytest.mark.usefixtures("_tasks_run_here")
@pytest.mark.parametrize(("minutes", "seconds"), [(0, 30), (2, 120), (60, 600), (4_300, 600)])
def test_the_pauses_grow_while_a_service_is_away(minutes: int, seconds: int) -> None:
    enqueue(miss_service)
    grow_old(timedelta(minutes=minutes))

    assert publish_due() == 1

    assert seconds - 5 < seconds_until_due() < seconds + 5


@pytest.mark.usefixtures("_tasks_run_here")
def test_a_service_that_stays_away_is_given_up_and_may_be_waited_for_again() -> None:
    enqueue(miss_service)
    grow_old(timedelta(days=AWAY_DAYS_MAX))
    assert publish_due() == 1
    assert OutboxTask.objects.get().given_up_at is not None
    assert publish_due() == 0

    assert run_again(OutboxTask.objects.all()) == 1

    assert publish_due() == 1
    assert OutboxTask.objects.get().given_up_at is None
    assert seconds_until_due() <= BACKOFF_SECONDS


@pytest.mark.usefixtures("_tasks_run_here")
def test_what_ends_its_worker_each_time_is_given_up() -> None:
    OutboxTask.objects.create(
        task=add_make.name, arguments=["alvis"], due_at=timezone.now(), attempts=ATTEMPTS_MAX
    )

    publish_due()

    assert OutboxTask.objects.get().failure == "NeverEnded"
    assert OutboxTask.objects.filter(given_up_at=None).count() == Make.objects.count() == 0


def test_what_no_worker_ever_starts_is_given_up() -> None:
    enqueue(add_make, "alvis")
    for _ in range(PUBLICATIONS_MAX):
        make_due()
        assert publish_due() == 1
    make_due()

    assert publish_due() == 0

    assert OutboxTask.objects.get().failure == "NeverStarted"


def test_the_pauses_between_two_messages_of_a_row_grow() -> None:
    enqueue(add_make, "alvis")
    pauses = []
    for _ in range(3):
        make_due()
        publish_due()
        pauses.append(OutboxTask.objects.get().due_at - timezone.now())

    assert pauses[1] > 1.5 * pauses[0]
    assert pauses[2] > 1.5 * pauses[1]


def test_what_was_given_up_is_kept_for_a_month() -> None:
    enqueue(add_make, "alvis")
    enqueue(add_make, "riley")
    now = timezone.now()
    OutboxTask.objects.update(given_up_at=now - timedelta(days=29))
    OutboxTask.objects.filter(arguments=["alvis"]).update(
        given_up_at=F("given_up_at") - timedelta(days=2)
    )

    assert retention.apply("failed_tasks") == 1

    assert OutboxTask.objects.get().arguments == ["riley"]
