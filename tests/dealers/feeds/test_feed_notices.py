"""A notice of a feed goes out once, however many messages ask for it at a time."""

from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from threading import Barrier

import pytest
from django.db import connection
from django.utils import timezone
from pytest_django import Settings

from dealers import account_emails
from dealers.models import FeedRun, StockFeed
from marketplace.mail import MailServerAway
from tests import make
from tests.dealers import mail_server
from tests.dealers.mail_server import MailServer

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture
def server(settings: Settings) -> Iterator[MailServer]:
    settings.EMAIL_BACKEND = "django.core.mail.backends.smtp.EmailBackend"
    with mail_server.running() as server:
        settings.EMAIL_HOST, settings.EMAIL_PORT = "127.0.0.1", server.port
        yield server


@pytest.fixture
def feed() -> StockFeed:
    return make.feed(paused_at=timezone.now())


@pytest.fixture(params=["run", "pause"])
def run_id(request: pytest.FixtureRequest, feed: StockFeed) -> int | None:
    if request.param == "pause":
        return None
    return FeedRun.objects.create(feed=feed, state="failed", source_at=timezone.now()).pk


def send(feed: StockFeed, run_id: int | None) -> bool:
    return account_emails.send_feed_notice(feed_id=feed.pk, run_id=run_id)


def test_two_that_send_at_once_send_one_mail(
    server: MailServer, feed: StockFeed, run_id: int | None
) -> None:
    start = Barrier(2)

    def send_with_another(_: int) -> bool:
        start.wait(timeout=30)
        try:
            return send(feed, run_id)
        finally:
            connection.close()

    with ThreadPoolExecutor(2) as threads:
        assert sorted(threads.map(send_with_another, range(2))) == [False, True]

    assert len(server.mails) == 1


def test_a_notice_that_could_not_be_handed_over_is_sent_later(
    server: MailServer, feed: StockFeed, run_id: int | None
) -> None:
    server.answers = [b"450 4.2.1 later\r\n"]
    with pytest.raises(MailServerAway):
        send(feed, run_id)

    assert [send(feed, run_id), send(feed, run_id)] == [True, False]

    assert len(server.mails) == 1


def test_every_pause_is_mailed_and_a_feed_that_runs_again_is_not(
    server: MailServer, feed: StockFeed
) -> None:
    assert send(feed, None)
    StockFeed.objects.update(paused_at=None)
    assert not send(feed, None)
    StockFeed.objects.update(paused_at=timezone.now())
    assert send(feed, None)

    assert len(server.mails) == 2
