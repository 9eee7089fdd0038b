"""Slow feeds hold up neither mail nor the clock: the workers are those of docker-compose.yml."""

import re
import socketserver
import threading
from collections.abc import Iterator
from contextlib import AbstractContextManager, ExitStack
from datetime import timedelta
from pathlib import Path

import pytest
import yaml
from django.core.files.storage import FileSystemStorage
from django.test import Client
from django.utils import timezone

from dealers.feeds.periodic import poll_feed
from dealers.models import FeedRun, StockFeed
from listings.choices import Status
from listings.models import Listing
from listings.periodic import sweep_expired
from marketplace.celery import app
from marketplace.outbox import enqueue, enqueue_each
from marketplace.queues import QUEUES, queue_of
from tests import make, websites
from tests.dealers import mail_server
from tests.dealers.feeds.stock import as_csv, car
from tests.marketplace.checkouts import ROOT, wait_until
from tests.marketplace.test_worker import celery

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.timeout(700)]
SLOW_FEEDS = 4
"""More than the processes that may fetch them."""
SECONDS = 200
"""For workers that start on a busy machine; the slow feeds are given 240 each."""


def worker_commands() -> dict[str, list[str]]:
    """Return the workers' arguments to celery, as docker compose runs them."""
    services = yaml.safe_load((ROOT / "docker-compose.yml").read_text())["services"]
    commands = {
        name: [re.sub(r"\$\{\w+:-(.*)\}", r"\1", argument) for argument in service["command"]]
        for name, service in services.items()
        if name.startswith("worker")
    }
    return {name: command[1:] for name, command in commands.items()}


@pytest.fixture
def slow_site(monkeypatch: pytest.MonkeyPatch) -> Iterator[websites.Website]:
    """A site whose answers begin at once and never end while the test runs."""
    over = threading.Event()

    def trickle(handler: socketserver.StreamRequestHandler) -> None:
        while not over.wait(0.2):
            handler.wfile.write(b"\n")

    with websites.running() as site:
        monkeypatch.setenv("FETCH_ALLOWED_HOSTS", site.host)
        site.pages["/stock.csv"] = websites.Page(write=trickle, headers={"Content-Length": "9999"})
        yield site
        over.set()


@pytest.fixture
def mails(monkeypatch: pytest.MonkeyPatch) -> Iterator[mail_server.MailServer]:
    with mail_server.running() as server:
        monkeypatch.setenv("EMAIL_URL", f"smtp://127.0.0.1:{server.port}")
        yield server


@pytest.mark.slow
@pytest.mark.usefixtures("_postgresql_is_the_broker")
def test_mail_expiry_and_imports_run_while_slow_feeds_are_fetched(
    slow_site: websites.Website,
    mails: mail_server.MailServer,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    files = tmp_path / "feeds"
    monkeypatch.setenv("FEED_FILES_ROOT", str(files))
    storage = FileSystemStorage(location=files)
    monkeypatch.setattr(FeedRun._meta.get_field("file"), "storage", storage)
    make.model()
    enqueue_each(poll_feed, [(slow_feed(slow_site).pk,) for _ in range(SLOW_FEEDS)])
    with ExitStack() as workers:
        for name, command in worker_commands().items():
            folder = tmp_path / name
            folder.mkdir()
            workers.enter_context(running(command, folder))
        wait_until(lambda: len(slow_site.asked) == 2, seconds=SECONDS)

        invite("bob@example.com")
        row = make.live(expires_at=timezone.now() - timedelta(minutes=1))
        enqueue(sweep_expired)
        send_feed()

        to_bob = b"To: bob@example.com"
        wait_until(lambda: any(to_bob in mail for mail in mails.mails), seconds=SECONDS)
        is_expired = Listing.objects.filter(pk=row.pk, status=Status.EXPIRED).exists
        wait_until(is_expired, seconds=SECONDS)
        wait_until(FeedRun.objects.filter(state=FeedRun.State.DONE).exists, seconds=SECONDS)
        assert len(slow_site.asked) == 2  # the first two are still at it
        assert not FeedRun.objects.filter(feed__channel=StockFeed.Channel.URL).exists()


def running(command: list[str], folder: Path) -> AbstractContextManager[object]:
    return celery(*command, heartbeats=folder, CELERY_VISIBILITY_SECONDS="900")


def slow_feed(site: websites.Website) -> StockFeed:
    return make.feed(make.branch(), channel=StockFeed.Channel.URL, url=site.url("/stock.csv"))


def invite(email: str) -> None:
    client = Client()
    client.force_login(make.member(make.dealer()))
    client.post("/dealer/team/invite/", {"email": email, "role": "sales"})


def send_feed() -> None:
    feed = make.feed(make.branch())
    answer = Client().post(
        f"/api/v1/feeds/{feed.pk}/runs/",
        as_csv([car(1)]),
        content_type="text/csv",
        headers={"Authorization": f"Bearer {make.key(feed.dealer, 'feeds:write')}"},
    )
    assert answer.status_code == 202


def test_every_queue_has_a_worker_and_those_that_people_wait_for_one_without_polls() -> None:
    consumed = {
        name: set(command[command.index("-Q") + 1].split(",")) if "-Q" in command else set(QUEUES)
        for name, command in worker_commands().items()
    }

    every = {"default", "mail", "feeds", "photos", "polls", "values"}
    assert set.union(*consumed.values()) == set(QUEUES) == every
    assert [queues for queues in consumed.values() if queues == {"default"}]
    assert [queues for queues in consumed.values() if queues == {"mail"}]
    assert [queues for queues in consumed.values() if "feeds" in queues and "polls" not in queues]


@pytest.mark.parametrize(
    ("task", "queue"),
    [
        ("dealers.tasks.send_invitation", "mail"),
        ("listings.buyers.tasks.give_deposit_back", "default"),
        ("listings.periodic.sweep_expired", "default"),
        ("listings.periodic.refit_values", "values"),
        ("marketplace.periodic.publish_due", "default"),
        ("dealers.feeds.periodic.poll_feeds", "default"),
        ("dealers.feeds.periodic.poll_feed", "polls"),
        ("dealers.feeds.tasks.process_run", "feeds"),
        ("listings.photos.tasks.fetch_photos_of", "photos"),
        ("listings.photos.tasks.make_photo_sizes", "photos"),
    ],
)
def test_each_task_has_its_queue(task: str, queue: str) -> None:
    assert app.amqp.router.route({}, task)["queue"].name == queue_of(task) == queue


def test_no_task_that_hands_over_a_mail_is_in_the_way_of_another_kind() -> None:
    app.loader.import_default_modules()
    by_name = {name for name in app.tasks if ".tasks.send_" in name}

    assert len(by_name) > 10
    assert {name for name in app.tasks if queue_of(name) == "mail"} == by_name
