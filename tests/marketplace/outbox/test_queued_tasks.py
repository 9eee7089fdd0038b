"""Staff see what was given up, and have it run again."""

import pytest
from django.test import Client
from django.utils import timezone

from marketplace.models import OutboxTask
from marketplace.outbox import publish_due
from tests import make
from tests.marketplace.jobs import add_make

pytestmark = pytest.mark.django_db
URL = "/admin/marketplace/outboxtask/"


@pytest.fixture
def row() -> OutboxTask:
    return OutboxTask.objects.create(
        task=add_make.name,
        arguments=["alvis"],
        due_at=timezone.now(),
        attempts=6,
        failure="OperationalError",
        given_up_at=timezone.now(),
    )


def test_what_was_given_up_is_shown_and_runs_again(client: Client, row: OutboxTask) -> None:
    client.force_login(make.staff(is_superuser=True))
    page = client.get(URL).content.decode()
    assert "Given up" in page
    assert "OperationalError" in page
    assert publish_due() == 0

    client.post(URL, {"action": "run_again", "_selected_action": [row.pk]})

    row.refresh_from_db()
    assert (row.given_up_at, row.attempts, row.failure) == (None, 0, "")
    assert publish_due() == 1


def test_staff_without_the_permission_cannot(client: Client, row: OutboxTask) -> None:
    client.force_login(make.staff(is_superuser=False))

    client.post(URL, {"action": "run_again", "_selected_action": [row.pk]})

    row.refresh_from_db()
    assert row.given_up_at is not None
