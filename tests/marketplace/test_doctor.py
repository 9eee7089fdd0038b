"""`manage.py doctor` says what is wrong with a deployment, and what is not."""

import os
import re
import subprocess
import sys
from collections.abc import Iterator
from datetime import timedelta
from io import StringIO
from pathlib import Path

import pytest
from django.conf import settings
from django.core.files.storage import storages
from django.core.management import CommandError, call_command
from django.test import override_settings
from django.utils import timezone
from pytest_django.live_server_helper import LiveServer

from dealers.models import WebhookEndpoint
from dealers.permissions import SYSTEM
from dealers.webhooks.endpoints import add_marketplace_endpoint
from marketplace.database_checks import look_at_encryption
from marketplace.diagnosis import CLOCK_JOB
from marketplace.job_runs import note_alive
from marketplace.models import JobRun, Lease, OutboxTask
from marketplace.verdicts import Verdict
from tests.marketplace.checkouts import ROOT, run, wait_until
from tests.marketplace.test_health import free_port
from tests.marketplace.test_worker import database_url

pytestmark = pytest.mark.django_db


def examine() -> tuple[str, int]:
    """Return the page, and how many things it calls wrong."""
    page = StringIO()
    try:
        call_command("doctor", stdout=page)
    except CommandError as error:
        return page.getvalue(), int(re.match(r"\d+", str(error)).group())  # type: ignore[union-attr]
    return page.getvalue(), 0


@pytest.fixture
def running(live_server: LiveServer) -> Iterator[None]:
    """A marketplace that runs: its clock, its follower, its sender, an address that answers."""
    now = timezone.now()
    JobRun.objects.create(name=CLOCK_JOB, runs=1, finished_at=now)
    note_alive("send_webhooks")
    Lease.objects.create(name="follow_changes", ends_at=now + timedelta(minutes=1))
    with override_settings(PUBLIC_URL=live_server.url):
        yield


@pytest.mark.django_db(transaction=True)
@pytest.mark.usefixtures("running")
def test_what_runs_as_it_should_is_told_so() -> None:
    page, wrong = examine()
    assert wrong == 0, page
    assert "Every migration is applied." in page
    assert "One process follows the changes." in page
    assert f"{settings.PUBLIC_URL} answers." in page


@pytest.mark.django_db(transaction=True)
@pytest.mark.usefixtures("running")
def test_a_clock_that_stands_still_and_a_follower_that_is_gone_are_wrong() -> None:
    hour_ago = timezone.now() - timedelta(hours=1)
    JobRun.objects.filter(name=CLOCK_JOB).update(finished_at=hour_ago)
    Lease.objects.update(ends_at=hour_ago)
    OutboxTask.objects.create(task="a", arguments=[], due_at=hour_ago, given_up_at=hour_ago)
    page, wrong = examine()
    assert wrong == 2
    assert "The clock's jobs stand still since" in page
    assert "`manage.py follow_changes` is gone since" in page
    assert "1 tasks were given up" in page


@pytest.mark.django_db(transaction=True)
@pytest.mark.usefixtures("running")
def test_a_mail_server_and_an_address_that_do_not_answer_are_told() -> None:
    port = free_port()
    smtp = {
        "EMAIL_BACKEND": "django.core.mail.backends.smtp.EmailBackend",
        "EMAIL_HOST": "127.0.0.1",
        "EMAIL_PORT": port,
        "PUBLIC_URL": f"http://127.0.0.1:{port}",
    }
    with override_settings(**smtp):
        page, wrong = examine()
    assert wrong == 1
    assert "WRONG  mail" in page
    assert "cannot be reached from here" in page


@pytest.mark.django_db(transaction=True)
@pytest.mark.usefixtures("running")
def test_a_folder_that_takes_no_file_is_wrong(tmp_path: Path) -> None:
    (tmp_path / "media").write_text("a file where a folder is meant")
    place = {
        **settings.STORAGES,
        "default": {
            "BACKEND": "marketplace.storage.FolderStorage",
            "OPTIONS": {"location": str(tmp_path / "media")},
        },
    }
    with override_settings(STORAGES=place):
        page, wrong = examine()
    assert wrong == 1
    assert "The place for photographs takes no file" in page
    assert list(Path(storages["feeds"].location).glob("doctor/*")) == []  # type: ignore[attr-defined]


def test_a_database_that_is_away_stops_none_of_the_other_checks() -> None:
    address = re.sub(r"\bdbname=\S+", "dbname=of_nobody", database_url())
    address = re.sub(r"/[^/?]+(\?|$)", r"/of_nobody\1", address)
    variables = {
        "DATABASE_URL": address,
        "DATABASE_POOL_TIMEOUT": "1",
        "DEBUG": "true",
        "SECRET_KEY": settings.SECRET_KEY,
        "PUBLIC_URL": "http://127.0.0.1:9",
    }
    code, page = run(ROOT, "manage", "doctor", **variables)
    assert code == 1
    assert "WRONG  database" in page
    assert "mail" in page
    assert "address" in page
    assert "Traceback" not in page


@pytest.mark.django_db(transaction=True)
@pytest.mark.usefixtures("running")
def test_a_queue_that_nobody_takes_from_is_named() -> None:
    late = timezone.now() - timedelta(minutes=20)
    for task in ("dealers.tasks.send_invitation", "dealers.tasks.send_answer", "a.task"):
        OutboxTask.objects.create(task=task, arguments=[], due_at=late)
    OutboxTask.objects.update(created_at=late)
    page, wrong = examine()
    assert wrong == 0
    assert "2 tasks of mail wait for more than 15 minutes." in page
    assert "1 tasks of default wait for more than 15 minutes." in page


def add_mirror() -> WebhookEndpoint:
    return add_marketplace_endpoint(
        audience="mirror",
        actor=SYSTEM,
        url="https://mirror.example.com/",
        events=["listing.created"],
    ).endpoint


@pytest.mark.django_db(transaction=True)
@pytest.mark.usefixtures("running")
def test_webhooks_that_nothing_sends_are_wrong_where_somebody_listens() -> None:
    page, wrong = examine()
    assert (wrong, "Something sends webhooks." in page) == (0, True)
    JobRun.objects.filter(name="send_webhooks").update(
        finished_at=timezone.now() - timedelta(minutes=6)
    )
    page, wrong = examine()
    assert (wrong, "Nothing sends webhooks, and nobody listens." in page) == (0, True)
    add_mirror()
    page, wrong = examine()
    assert wrong == 1
    assert "Nothing sends webhooks since" in page
    JobRun.objects.filter(name="send_webhooks").delete()
    page, wrong = examine()
    assert wrong == 1
    assert "Nothing sends webhooks, and 1 are on" in page


@pytest.mark.django_db(transaction=True)
@pytest.mark.usefixtures("running")
def test_webhooks_that_lag_or_are_off_are_to_be_looked_at() -> None:
    late, off = add_mirror(), add_mirror()
    now = timezone.now()
    WebhookEndpoint.objects.filter(pk=late.pk).update(due_at=now - timedelta(minutes=20))
    WebhookEndpoint.objects.filter(pk=off.pk).update(switched_off_at=now)
    page, wrong = examine()
    assert wrong == 0
    assert "For 20 minutes a receiver that answers at once has waited" in page
    assert "1 webhooks of mirrors or of our own systems are switched off" in page
    WebhookEndpoint.objects.filter(pk=late.pk).update(is_slow=True)
    assert "a receiver that answers at once" not in examine()[0]


@pytest.mark.django_db(transaction=True)
def test_the_process_that_sends_is_seen_from_elsewhere(tmp_path: Path) -> None:
    environment = {
        **os.environ,
        "DATABASE_URL": database_url(),
        "HEARTBEAT_FOLDER": str(tmp_path),
    }
    command = [sys.executable, "manage.py", "send_webhooks", "--threads", "2"]
    with subprocess.Popen(command, cwd=ROOT, env=environment) as process:
        try:
            wait_until(JobRun.objects.filter(name="send_webhooks").exists)
        finally:
            process.terminate()
    assert "Something sends webhooks." in examine()[0]


@pytest.mark.parametrize("address", ["", "127.0.0.1", "::1"])
def test_a_server_of_this_machine_needs_no_encryption(address: str) -> None:
    assert list(look_at_encryption(address, mode="prefer", is_encrypted=False)) == []


@pytest.mark.parametrize(
    ("mode", "is_encrypted", "verdict", "said"),
    [
        ("prefer", False, Verdict.DOUBTFUL, "is not encrypted: across a network add ?sslmode="),
        ("require", True, Verdict.DOUBTFUL, "whose server it is nobody checks"),
        ("verify-full", True, Verdict.FINE, "is encrypted, and its certificate checked."),
    ],
)
def test_the_way_to_another_machine_is_looked_at(
    mode: str, is_encrypted: bool, verdict: Verdict, said: str
) -> None:
    ((found, text),) = look_at_encryption("10.1.2.3", mode=mode, is_encrypted=is_encrypted)
    assert found == verdict
    assert text.startswith("The way to PostgreSQL at 10.1.2.3 ")
    assert said in text
