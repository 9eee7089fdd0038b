"""The broker is away while people work, comes back, and everything they asked for is done."""

import shutil
import subprocess
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from pathlib import Path

import pytest
from django.core.files.storage import FileSystemStorage
from pytest_django import Settings

from dealers.models import FeedRun
from listings.models import PhotoOriginal
from marketplace.models import OutboxTask
from tests import make
from tests.dealers import mail_server
from tests.marketplace.checkouts import wait_until
from tests.marketplace.outbox.brokers import broker_at, closed_port
from tests.marketplace.outbox.test_broker_away import invite, send_feed, upload_photo
from tests.marketplace.test_worker import celery

pytestmark = [
    pytest.mark.django_db(transaction=True),
    pytest.mark.timeout(700),
    pytest.mark.skipif(shutil.which("redis-server") is None, reason="there is no redis-server"),
    pytest.mark.slow,
]
SECONDS = 240
WORKER = ("-A", "marketplace.celery", "worker", "--concurrency", "1", "--without-gossip")
BEAT = ("-A", "marketplace.celery", "beat", "--pidfile=")


@pytest.fixture
def folder(monkeypatch: pytest.MonkeyPatch, settings: Settings, tmp_path: Path) -> Path:
    """Where this process and its workers keep files."""
    settings.MEDIA_ROOT = tmp_path / "media"
    monkeypatch.setenv("MEDIA_ROOT", str(settings.MEDIA_ROOT))
    monkeypatch.setenv("FEED_FILES_ROOT", str(tmp_path / "feeds"))
    storage = FileSystemStorage(location=tmp_path / "feeds")
    monkeypatch.setattr(FeedRun._meta.get_field("file"), "storage", storage)
    return tmp_path


@contextmanager
def redis_server(port: int, folder: Path) -> Iterator[None]:
    command = ["redis-server", "--port", str(port), "--bind", "127.0.0.1", "--save", ""]
    with subprocess.Popen([*command, "--dir", str(folder)], stdout=subprocess.DEVNULL) as server:
        try:
            yield
        finally:
            server.terminate()


def test_all_that_was_asked_for_meanwhile_is_done(folder: Path) -> None:
    dealer, port = make.dealer("Kings"), closed_port()
    url = f"redis://127.0.0.1:{port}/0"
    make.model()
    with ExitStack() as stack:
        mails = stack.enter_context(mail_server.running())
        stack.enter_context(broker_at(url))
        assert invite(dealer).status_code == 302
        assert upload_photo(dealer).status_code == 201
        assert send_feed(dealer).status_code == 202
        assert OutboxTask.objects.filter(publications=0).count() == 3
        for command in (WORKER, BEAT):
            process = celery(
                *command,
                heartbeats=folder,
                CELERY_BROKER_URL=url,
                CELERY_VISIBILITY_SECONDS="900",
                EMAIL_URL=f"smtp://127.0.0.1:{mails.port}",
            )
            stack.enter_context(process)
        log = folder / "celery.log"
        wait_until(lambda: "Cannot connect to redis" in log.read_text(), seconds=SECONDS)

        stack.enter_context(redis_server(port, folder))

        wait_until(lambda: not OutboxTask.objects.exists(), seconds=SECONDS)
    assert [b"To: bob@example.com" in mail for mail in mails.mails] == [True]
    assert not PhotoOriginal.objects.exists()
    assert FeedRun.objects.get().state == FeedRun.State.DONE
