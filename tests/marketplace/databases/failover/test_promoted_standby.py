"""The primary dies under load and its standby is promoted: all processes find it by themselves."""

import os
import signal
import time
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import ExitStack
from dataclasses import dataclass, field
from pathlib import Path
from threading import Event

import psycopg
import pytest

from dealers.models import StockFeed
from listings.models import Listing
from tests import make
from tests.dealers.feeds.stock import as_csv, car
from tests.dealers.stock_api.caller import new
from tests.listings.buyers.test_follow_changes import WORKER, follower
from tests.marketplace.checkouts import wait_until
from tests.marketplace.databases.standby.servers import (
    USER,
    Cluster,
    connected_to,
    primary_server,
    standby_server,
)
from tests.marketplace.databases.web import Web, serving
from tests.marketplace.test_worker import celery

pytestmark = [
    pytest.mark.django_db(transaction=True),
    pytest.mark.slow,
    pytest.mark.timeout(90, func_only=True),
]

WRITES = 10  # before the primary dies, and after
WAIT_SECONDS_MAX = 30.0  # for a write, from the promotion on; two were measured
POSITION = "SELECT position::text FROM listings_changesfollower WHERE name = 'alerts'"
IS_LED = "SELECT ends_at > now() FROM marketplace_lease WHERE name = 'follow_changes'"


@dataclass
class Pair:
    """Two servers by one address, which leads to whichever takes writes."""

    first: Cluster
    second: Cluster

    @property
    def url(self) -> str:
        hosts = ",".join(f"127.0.0.1:{each.port}" for each in (self.first, self.second))
        return f"postgresql://{USER}@{hosts}/marketplace?target_session_attrs=read-write"

    def commit_at_both(self) -> None:
        """Let no commit be acknowledged before the standby has it, as docs/operations.md says."""
        self.first.ask("ALTER SYSTEM SET synchronous_standby_names = '*'")
        self.first.ask("SELECT pg_reload_conf()")
        wait_until(lambda: self.first.ask("SELECT sync_state FROM pg_stat_replication") == "sync")

    def fail_over(self) -> None:
        """Kill the primary a second after the last that it sent, and promote the standby."""
        sender = self.first.ask("SELECT pid FROM pg_stat_replication")
        os.kill(int(str(sender)), signal.SIGSTOP)
        time.sleep(1)  # what is written now the standby never has
        self.first.kill()
        self.second.ask("SELECT pg_promote()")


@pytest.fixture
def pair() -> Iterator[Pair]:
    with (
        primary_server() as first,
        standby_server(first) as second,
        connected_to(first, second),
    ):
        yield Pair(first, second)


@dataclass
class Load:
    """Buyers and a dealer's system that go on asking, and what they were answered."""

    web: Web
    key: str
    row: Listing
    acknowledged: list[str] = field(default_factory=list)
    statuses: set[int] = field(default_factory=set)
    over: Event = field(default_factory=Event)

    def write(self, name: str) -> None:
        number = 0
        while not self.over.is_set():
            number += 1
            advert = {**new(), "stock_ref": f"{name}{number}"}
            answer = self.web.ask("/api/v1/stock/", post=advert, key=self.key)
            self.statuses.add(answer.status)
            if answer.status == 201:
                self.acknowledged.append(advert["stock_ref"])

    def read(self, path: str) -> None:
        while not self.over.is_set():
            self.statuses.add(self.web.ask(path).status)

    def wait_for_writes(self) -> None:
        enough = len(self.acknowledged) + WRITES
        wait_until(lambda: len(self.acknowledged) >= enough)


def test_what_was_acknowledged_is_there_and_every_process_goes_on(
    pair: Pair, tmp_path: Path
) -> None:
    row = make.live(price=5_000)
    feed = make.feed(row.branch)
    key = make.key(feed.dealer)
    pair.commit_at_both()
    variables = {
        "DATABASE_URL": pair.url,
        "DATABASE_REPLICA_URL": pair.second.url,
        "DATABASE_REPLICA_LAG_MAX_SECONDS": "600",
        "FEED_FILES_ROOT": str(tmp_path / "feed-files"),
        "CELERY_VISIBILITY_SECONDS": "10",
    }
    with ExitStack() as stack:
        worker = stack.enter_context(celery(*WORKER, heartbeats=tmp_path, **variables))
        following = stack.enter_context(follower(tmp_path, **variables))
        web = stack.enter_context(serving(**variables, SEARCH_ENGINE="memory", LOG_LEVEL="ERROR"))
        assert imported(web, feed, key, pair.first, cars=1)
        wait_until(lambda: pair.first.ask(POSITION) is not None)

        load = Load(web, key, row)
        with ThreadPoolExecutor(4) as threads:
            asking = [threads.submit(load.write, name) for name in ("A", "B")]
            paths = (f"/api/v1/listings/{row.pk}/", "/api/v1/listings/?facets=make&count=exact")
            asking += [threads.submit(load.read, path) for path in paths]
            try:
                load.wait_for_writes()
                pair.fail_over()
                began = time.monotonic()
                load.wait_for_writes()
                waited = time.monotonic() - began
            finally:
                load.over.set()
        for each in asking:
            each.result()
        position = pair.second.ask(POSITION)

        written = stock_refs(pair.second)
        assert set(load.acknowledged) <= written
        assert load.statuses <= {200, 201, 503}
        assert waited < WAIT_SECONDS_MAX
        assert [web.ask(path).status for path in paths] == [200, 200]
        assert imported(web, feed, key, pair.second, cars=2)
        wait_until(lambda: pair.second.ask(IS_LED) is True)
        wait_until(lambda: pair.second.ask(POSITION) != position)
        assert worker.poll() is None
        assert following.poll() is None


def imported(web: Web, feed: StockFeed, key: str, server: Cluster, *, cars: int) -> bool:
    """Send a file of so many cars, which a worker imports."""
    content = as_csv(car(number) for number in range(cars))
    assert web.send(f"/api/v1/feeds/{feed.pk}/runs/", content, key).status == 202
    wait_until(lambda: f"S{cars - 1}" in stock_refs(server))
    return True


def stock_refs(server: Cluster) -> set[str]:
    with psycopg.connect(server.url) as session:
        found = session.execute("SELECT stock_ref FROM listings_listing")
        return {str(ref) for (ref,) in found}
