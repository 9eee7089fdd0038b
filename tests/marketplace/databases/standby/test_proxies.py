"""A pgbouncer before the primary and one before the standby, both in transaction mode."""

import time
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager

import pytest

from listings.models import Listing
from marketplace.databases.standby_connection import SILENCE_SECONDS_MAX
from tests import make
from tests.dealers.stock_api.caller import new
from tests.marketplace.checkouts import wait_until
from tests.marketplace.databases.proxy import needs_pgbouncer, pgbouncer
from tests.marketplace.databases.standby.hanging import hung
from tests.marketplace.databases.standby.replay import pause, resume
from tests.marketplace.databases.standby.servers import STANDBY, Cluster, standby_server
from tests.marketplace.databases.standby.test_failures_of_standbys import (
    hammered,
    is_read,
    price,
    served,
)
from tests.marketplace.databases.standby.test_hanging_standby import (
    ANSWER_SECONDS_MAX,
    HANGING_SECONDS,
    answers_again,
)
from tests.marketplace.databases.web import Web

pytestmark = [
    pytest.mark.django_db(transaction=True, databases=["default", STANDBY]),
    needs_pgbouncer,
    pytest.mark.slow,
    pytest.mark.usefixtures("watched"),
    pytest.mark.timeout(90, func_only=True),
]

PAGES = range(1, 49)


@pytest.fixture
def pooled(primary: Cluster) -> Iterator[dict[str, str]]:
    """Settings of a process that reaches the primary through a proxy."""
    with pgbouncer(server=primary.url) as url:
        yield {
            "DATABASE_URL": url,
            "DATABASE_POOLED_BY_PROXY": "true",
            "DATABASE_DIRECT_URL": primary.url,
            "SEARCH_ENGINE": "memory",
        }


def test_reads_go_through_one_proxy_and_writes_through_the_other(
    primary: Cluster, standby: Cluster, pooled: dict[str, str]
) -> None:
    row = make.live(price=5_000)
    key = make.key(row.branch.dealer)
    # A replica in memory turns to the primary where a standby receives more than it shows.
    settings = {**pooled, "SEARCH_ENGINE": "postgres"}
    with (
        pgbouncer(server=standby.url) as replica,
        served(primary, standby, **settings, DATABASE_REPLICA_URL=replica) as web,
    ):
        wait_until(lambda: is_read(standby, web, row))
        pause(standby)
        Listing.objects.filter(pk=row.pk).update(price=6_000)
        made = [web.ask("/api/v1/stock/", post=new(), key=key).status for _ in range(20)]
        # A machine that is busy looks at the standby late, and the primary answers meanwhile.
        wait_until(lambda: prices_on_pages(web) == {5_000})
        own = web.ask(f"/api/v1/stock/{row.pk}/", key=key).json()
        wait_until(lambda: price(web, row) == 5_000)
        resume(standby)
        wait_until(lambda: price(web, row) == 6_000)

    assert made == [201] * 20
    assert own["price"] == 6_000


def prices_on_pages(web: Web) -> set[int]:
    """Ask for many pages at once, and return the prices on them."""
    with ThreadPoolExecutor(12) as threads:
        found = threads.map(lambda page: web.ask(f"/api/v1/listings/?page_size={page}"), PAGES)
        return {each["price"] for answer in found for each in answer.json()["results"]}


@pytest.mark.parametrize("fault", ["hangs", "dies"])
def test_the_primary_answers_for_a_standby_that_is_lost_behind_its_proxy(
    primary: Cluster, standby: Cluster, pooled: dict[str, str], fault: str
) -> None:
    row = make.live(price=5_000)
    with (
        standby_server(primary) as other,
        pgbouncer(server=other.url) as replica,
        served(primary, other, **pooled, DATABASE_REPLICA_URL=replica) as web,
    ):
        wait_until(lambda: is_read(other, web, row))

        def lose() -> None:
            with {"hangs": hung, "dies": down}[fault](other):
                time.sleep(HANGING_SECONDS)
                late = web.ask(f"/api/v1/listings/{row.pk}/")
                assert late.seconds < SILENCE_SECONDS_MAX  # it is left alone: nobody waits for it
            Listing.objects.filter(pk=row.pk).update(price=6_000)
            wait_until(lambda: answers_again(other, web, row))

        answers = hammered(web, row, lose)
    assert {each.status for each in answers} == {200}
    assert max(each.seconds for each in answers) < ANSWER_SECONDS_MAX


@contextmanager
def down(server: Cluster) -> Iterator[None]:
    server.kill()
    yield
    server.start()
