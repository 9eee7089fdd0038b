"""The whole marketplace behind pgbouncer, which gives each transaction another session."""

import csv
import io
import os
import signal
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from pathlib import Path

import pytest
from django.conf import settings
from django.db import connection
from django.test import Client
from psycopg import connect
from psycopg.conninfo import make_conninfo

from dealers.models import Dealer, FeedRun, StockFeed
from listings.models import Listing
from tests import make
from tests.dealers.feeds.stock import as_csv, car
from tests.dealers.stock_api.caller import new
from tests.listings.changes.connections import another
from tests.marketplace.checkouts import wait_until
from tests.marketplace.databases.proxy import needs_pgbouncer, pgbouncer
from tests.marketplace.databases.test_failures import wait_until_somebody_waits
from tests.marketplace.databases.web import Web, serving
from tests.marketplace.test_worker import celery, database_url

pytestmark = [
    pytest.mark.django_db(transaction=True),
    needs_pgbouncer,
    pytest.mark.timeout(300),
    pytest.mark.slow,
]

ROWS = 20_000
SHOW = "SELECT current_user, current_setting('lock_timeout'), current_setting('statement_timeout')"
PAGES = range(1, 49)
TOKEN = "t" * 32


@pytest.fixture
def pooled(tmp_path: Path) -> Iterator[dict[str, str]]:
    """Settings of processes that reach PostgreSQL through the proxy."""
    with pgbouncer() as url:
        yield {
            "DATABASE_URL": url,
            "DATABASE_POOLED_BY_PROXY": "true",
            "DATABASE_DIRECT_URL": database_url(),
            "FEED_FILES_ROOT": str(tmp_path / "feed-files"),
        }


def test_an_export_is_whole_or_refused(pooled: dict[str, str]) -> None:
    dealer = make.dealer()
    row = make.draft(branch=make.branch(dealer), vrm=None, stock_ref=None)
    make.copies(row, ROWS - 1)
    cookies = signed_in(dealer)
    fields = {"action": "export", "_selected_action": row.pk, "select_across": "1"}
    asked = ("/dealer/listings/listing/", fields, cookies)

    with serving(**pooled) as web, ThreadPoolExecutor(1) as threads, another() as holder:
        whole = web.submit(*asked)
        holder.execute("LOCK TABLE listings_listing IN ACCESS EXCLUSIVE MODE")
        sent = threads.submit(web.submit, *asked)
        wait_until_somebody_waits()
        end_sessions_that_wait()
        refused = sent.result()

    lines = list(csv.reader(io.StringIO(whole.body.decode("utf-8-sig"))))
    assert whole.status == 200
    assert whole.headers["Content-Length"] == str(len(whole.body))
    assert len(lines) == 1 + ROWS
    assert (refused.status, refused.headers["Retry-After"]) == (503, "5")
    assert b"The database cannot be reached" in refused.body


def test_web_worker_and_beat_do_their_work(pooled: dict[str, str], tmp_path: Path) -> None:
    feed = make.feed()
    key = make.key(feed.dealer)
    overdue = make.live(branch=feed.branch)
    Listing.objects.filter(pk=overdue.pk).update(expires_at="2026-01-01T00:00Z")

    with (
        serving(**{**pooled, "SEARCH_ENGINE": "memory"}) as web,
        running("worker", pooled, tmp_path),
        running("beat", pooled, tmp_path),
    ):
        content = as_csv(car(number) for number in range(300))
        runs = [web.send(f"/api/v1/feeds/{feed.pk}/runs/", content, key) for _ in range(3)]
        assert [run.status for run in runs] == [202] * 3
        write_twice(web, key)
        wait_until(lambda: states(feed) <= {"done", "dropped"}, seconds=120)
        wait_until(Listing.objects.filter(pk=overdue.pk, status="expired").exists)
        wait_until(lambda: web.ask("/api/v1/listings/?count=exact").json()["count"] == 300)
        with ThreadPoolExecutor(12) as threads:
            found = threads.map(lambda page: web.ask(f"/api/v1/listings/?page_size={page}"), PAGES)
        assert {answer.status for answer in found} == {200}

    log = (tmp_path / "celery.log").read_text()
    assert "PreparedStatement" not in log
    assert "Traceback" not in log


def test_the_timeouts_of_roles_hold_behind_the_proxy(roles: dict[str, str]) -> None:
    with (
        pgbouncer(*roles.values()) as url,
        connect(make_conninfo(url, user=roles["web"])) as web,
        connect(make_conninfo(url, user=roles["worker"])) as worker,
    ):
        shown = [session.execute(SHOW).fetchone() for session in (web, worker)]

    assert shown == [(roles["web"], "3s", "10s"), (roles["worker"], "30s", "4min")]


def end_sessions_that_wait() -> None:
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT pg_terminate_backend(pid) FROM pg_stat_activity"
            " WHERE datname = current_database() AND wait_event_type = 'Lock'"
        )


def write_twice(web: Web, key: str) -> None:
    """Send twenty adverts, and the very same again."""
    items = [{"op": "create", "stock_ref": f"T{number}", "listing": new()} for number in range(20)]
    first = web.ask("/api/v1/stock/batch/", post={"items": items}, key=key, once="batch-1")
    again = web.ask("/api/v1/stock/batch/", post={"items": items}, key=key, once="batch-1")

    assert [result["status"] for result in first.json()["results"]] == [201] * 20, first.body
    assert (again.status, again.headers["Idempotency-Replayed"]) == (200, "true")
    assert again.json() == first.json()


def states(feed: StockFeed) -> set[str]:
    return set(FeedRun.objects.filter(feed=feed).values_list("state", flat=True))


def signed_in(dealer: Dealer) -> dict[str, str]:
    """Return the cookies of somebody who works for this dealer."""
    client = Client()
    client.force_login(make.member(dealer))
    session = client.cookies[settings.SESSION_COOKIE_NAME].value
    return {settings.SESSION_COOKIE_NAME: session, settings.CSRF_COOKIE_NAME: TOKEN}


@contextmanager
def running(what: str, variables: dict[str, str], folder: Path) -> Iterator[None]:
    arguments = {"worker": ("--concurrency", "1"), "beat": ("--pidfile=",)}[what]
    with celery(
        "-A", "marketplace.celery", what, *arguments, heartbeats=folder, **variables
    ) as process:
        yield
        os.killpg(process.pid, signal.SIGTERM)
