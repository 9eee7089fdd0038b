"""No request fails when a standby is killed or promoted."""

from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from contextlib import AbstractContextManager
from threading import Event

import pytest

from listings.models import Listing
from tests import make
from tests.marketplace.checkouts import wait_until
from tests.marketplace.databases.standby.servers import (
    STANDBY,
    Cluster,
    standby_server,
)
from tests.marketplace.databases.web import Answer, Web, serving

pytestmark = [
    pytest.mark.django_db(transaction=True, databases=["default", STANDBY]),
    pytest.mark.slow,
    pytest.mark.usefixtures("watched"),
    pytest.mark.timeout(90),
]


def served(primary: Cluster, standby: Cluster, **variables: str) -> AbstractContextManager[Web]:
    """Serve with standbys that may be far behind, and without logs, which nobody reads."""
    urls = {"DATABASE_URL": primary.url, "DATABASE_REPLICA_URL": standby.url}
    quiet = {"LOG_REQUESTS": "false", "LOG_LEVEL": "CRITICAL"}
    lag = {"DATABASE_REPLICA_LAG_MAX_SECONDS": "600"}
    return serving(**{**urls, **quiet, **lag, **variables})


def price(web: Web, row: Listing) -> int:
    answer = web.ask(f"/api/v1/listings/{row.pk}/")
    assert answer.status == 200, answer.body
    return int(answer.json()["price"])


def hammered(web: Web, row: Listing, while_: Callable[[], None]) -> list[Answer]:
    """Ask without a pause while something happens; return the answers."""
    stop = Event()
    paths = (f"/api/v1/listings/{row.pk}/", "/api/v1/listings/?facets=make", f"/cars/{row.pk}/x/")

    def ask(number: int) -> list[Answer]:
        answers: list[Answer] = []
        while not stop.is_set():
            answers.append(web.ask(paths[(number + len(answers)) % 3], accept="text/html,*/*"))
        return answers

    with ThreadPoolExecutor(3) as threads:
        asking = [threads.submit(ask, number) for number in range(3)]
        try:
            while_()
        finally:
            stop.set()
        return [answer for each in asking for answer in each.result()]


def test_no_request_fails_when_a_standby_dies_and_it_comes_back(
    primary: Cluster, standby: Cluster
) -> None:
    row = make.live()
    with standby_server(primary) as mortal, served(primary, mortal, SEARCH_ENGINE="memory") as web:
        wait_until(lambda: is_read(mortal, web, row))

        def die_and_rise() -> None:
            mortal.kill()
            for _ in range(20):
                assert price(web, row) == row.price
            mortal.start()
            wait_until(lambda: is_read(mortal, web, row))

        answers = hammered(web, row, die_and_rise)
    assert {each.status for each in answers} == {200}
    assert len(answers) > 20


def is_read(standby: Cluster, web: Web, row: Listing) -> bool:
    """Ask for an advert, and tell whether web processes are connected to a standby."""
    sessions = "SELECT count(*) FROM pg_stat_activity WHERE application_name = 'marketplace web'"
    return price(web, row) == row.price and standby.ask(sessions) != 0


def test_no_request_fails_when_a_standby_is_promoted_and_its_answers_end(
    primary: Cluster, standby: Cluster
) -> None:
    row = make.live(price=5_000)
    with standby_server(primary) as other, served(primary, other) as web:
        wait_until(lambda: is_read(other, web, row))

        def promote() -> None:
            other.ask("SELECT pg_promote()")
            other.ask("UPDATE listings_listing SET price = 1000")
            wait_until(lambda: price(web, row) == 5_000)
            Listing.objects.filter(pk=row.pk).update(price=6_000)
            wait_until(lambda: price(web, row) == 6_000)

        answers = hammered(web, row, promote)
        assert [price(web, row) for _ in range(20)] == [6_000] * 20
    assert {each.status for each in answers} == {200}
