"""What a Prometheus server reads: of all web processes together, and of the marketplace."""

import shutil
from datetime import timedelta
from pathlib import Path

import pytest
from celery import shared_task
from django.db import connection
from django.test import Client, override_settings
from django.utils import timezone

from dealers.models import FeedRun
from dealers.tasks import send_invitation
from listings.choices import Status
from marketplace.models import JobRun, OutboxTask
from marketplace.outbox import enqueue
from tests import make
from tests.marketplace.checkouts import wait_until
from tests.marketplace.databases.web import serving
from tests.marketplace.jobs import add_make
from tests.marketplace.metrics.scrape import TOKEN, Scrape, sample, samples
from tests.marketplace.outbox.brokers import broker_at
from tests.marketplace.outbox.test_broker_returns import redis_server
from tests.marketplace.test_health import free_port
from tests.marketplace.test_worker import WORKER, celery, send


@pytest.mark.django_db
def test_without_a_token_there_is_no_such_page() -> None:
    assert Client().get("/metrics").status_code == 404


@pytest.mark.django_db
@pytest.mark.parametrize("given", ["", "Bearer ", f"Bearer {TOKEN}x", f"Basic {TOKEN}"])
def test_only_the_token_opens_it(given: str) -> None:
    with override_settings(METRICS_TOKEN=TOKEN):
        answer = Client().get("/metrics", headers={"Authorization": given})
    assert answer.status_code == 401
    assert b"marketplace" not in answer.content


@pytest.mark.django_db
def test_the_marketplace_is_told_from_the_database(scrape: Scrape) -> None:
    make.live()
    make.draft()
    feed = make.feed()
    FeedRun.objects.create(feed=feed, state=FeedRun.State.HELD, source_at=timezone.now())
    hour_ago = timezone.now() - timedelta(hours=1)
    for given_up in (None, hour_ago):
        OutboxTask.objects.create(
            task="a.task", arguments=[], due_at=hour_ago, created_at=hour_ago, given_up_at=given_up
        )
    JobRun.objects.create(name="a.job", runs=3, failures=1, seconds=4.5, finished_at=hour_ago)
    JobRun.objects.create(name="another.job", runs=1, failures=1)
    with connection.cursor() as cursor:
        cursor.execute("SELECT pgmq.create('a_queue'), pgmq.send('a_queue', '{}'::jsonb)")

    found = scrape()

    assert sample(found, "database_up") == 1
    assert sample(found, "adverts", status=Status.LIVE) == 1
    assert sample(found, "adverts", status=Status.DRAFT) == 1
    assert sample(found, "feed_runs", state="held") == 1
    assert sample(found, "tasks", task="a.task", state="waiting") == 1
    assert sample(found, "tasks", task="a.task", state="given_up") == 1
    age = sample(found, "oldest_task_seconds", task="a.task", state="waiting")
    assert age is not None
    assert age >= 3_600
    assert sample(found, "job_runs_total", job="a.job") == 3
    assert sample(found, "job_failures_total", job="a.job") == 1
    assert sample(found, "job_seconds_total", job="a.job") == 4.5
    finished = sample(found, "job_finished_timestamp_seconds", job="a.job")
    assert finished == pytest.approx(hour_ago.timestamp())
    assert sample(found, "job_runs_total", job="another.job") == 1
    assert sample(found, "job_finished_timestamp_seconds", job="another.job") is None
    assert sample(found, "queue_messages", queue="a_queue") == 1


@pytest.mark.slow
@pytest.mark.django_db(transaction=True)
def test_whichever_process_is_asked_answers_for_all() -> None:
    row = make.live()
    with serving(METRICS_TOKEN=TOKEN, GRANIAN_WORKERS="2") as web:
        for number in range(30):
            assert web.ask(f"/api/v1/listings/{row.pk}/").status == 200
            assert web.ask(f"/api/v1/listings/{row.pk + 1 + number}/").status == 404
        for _ in range(8):
            text = web.ask("/metrics", key=TOKEN).body.decode()
            found = samples(text)
            counted = {"route": "listing-detail", "method": "GET"}
            assert sample(found, "requests_total", **counted, status="200") == 30
            assert sample(found, "requests_total", **counted, status="404") == 30
            assert sample(found, "request_seconds_count", route="listing-detail") == 60
            assert (sample(found, "pool_connections") or 0) >= 1
            assert "/api/" not in text  # routes, never paths


@pytest.mark.slow
@pytest.mark.django_db(transaction=True)
def test_a_worker_counts_what_it_runs(tmp_path: Path) -> None:
    with celery(*WORKER, heartbeats=tmp_path):
        send(add_make, "Rover")
        send(add_make, "Rover")  # a name that is taken
        wait_until(lambda: JobRun.objects.filter(name=add_make.name, runs=2).exists())
    run = JobRun.objects.get(name=add_make.name)
    assert run.failures == 1
    assert run.seconds > 0
    assert run.finished_at is not None
    assert run.failed_at is not None


@pytest.mark.django_db(transaction=True)
def test_a_run_that_cannot_be_counted_has_still_run() -> None:
    done = []

    @shared_task(name="a.run")
    def run() -> None:
        done.append(1)
        with connection.cursor() as cursor:
            cursor.execute("ALTER TABLE marketplace_jobrun RENAME TO marketplace_away")

    try:
        assert run.apply().successful()
    finally:
        with connection.cursor() as cursor:
            cursor.execute("ALTER TABLE marketplace_away RENAME TO marketplace_jobrun")
    assert done == [1]
    assert not JobRun.objects.exists()


@pytest.mark.slow
@pytest.mark.django_db(transaction=True)
@pytest.mark.skipif(shutil.which("redis-server") is None, reason="there is no redis-server")
def test_another_broker_tells_what_waits_in_its_queues(scrape: Scrape, tmp_path: Path) -> None:
    port = free_port()
    url = f"redis://127.0.0.1:{port}/0"
    with override_settings(CELERY_BROKER_URL=url), broker_at(url):
        assert sample(scrape(), "broker_up") == 0
        with redis_server(port, tmp_path):
            wait_until(lambda: sample(scrape(), "broker_up") == 1)
            enqueue(send_invitation, 0)
            hour_ago = timezone.now() - timedelta(hours=1)
            OutboxTask.objects.update(created_at=hour_ago)

            found = scrape()

    assert sample(found, "queue_messages", queue="mail") == 1
    assert sample(found, "queue_messages", queue="default") == 0
    assert (sample(found, "queue_age_seconds", queue="mail") or 0) >= 3_600
    assert sample(found, "queue_age_seconds", queue="default") is None
