"""The list of adverts, answered from the replica."""

from collections.abc import Iterator
from datetime import timedelta
from typing import Any

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.utils import timezone
from pytest_django import Settings

from listings.models import Listing
from listings.search.engines import engine
from listings.search.memory import MemoryEngine
from listings.search.memory.replica import Replica
from tests import make
from tests.listings.search.test_replica import HOUR, later
from tests.marketplace.checkouts import wait_until

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture(autouse=True)
def _memory(settings: Settings, _forget_what_another_test_read: None) -> Iterator[None]:
    settings.SEARCH_ENGINE = "memory"
    settings.REPLICA_SECONDS = 0.05
    settings.REPLICA_AGE_MAX_SECONDS = HOUR
    engine.cache_clear()
    memory = engine()
    assert isinstance(memory, MemoryEngine)
    yield
    memory.replica.stop()
    engine.cache_clear()


def prices(client: Client, query: str) -> list[int]:
    response = client.get(f"/api/v1/listings/?ordering=price&{query}")
    assert response.status_code == 200
    return [row["price"] for row in response.json()["results"]]


def until(client: Client, query: str, expected: list[int]) -> None:
    wait_until(lambda: prices(client, query) == expected)


def warm() -> Replica:
    memory = engine()
    assert isinstance(memory, MemoryEngine)
    wait_until(lambda: memory.replica.snapshot() is not None)
    return memory.replica


def test_a_search_follows_what_is_written(client: Client) -> None:
    rows = [make.live(price=price) for price in (3_000, 1_000, 2_000)]
    warm()
    until(client, "price_max=2500", [1_000, 2_000])
    Listing.objects.filter(pk=rows[0].pk).update(price=1_500)
    until(client, "price_max=2500", [1_000, 1_500, 2_000])


def test_an_expired_advert_is_gone_at_once(client: Client) -> None:
    make.live(price=1_000)
    make.live(price=2_000, expires_at=timezone.now() + timedelta(minutes=30))
    replica = warm()
    until(client, "", [1_000, 2_000])
    replica.stop()
    later(replica, 25 * 60)
    assert prices(client, "") == [1_000, 2_000]
    later(replica, 5 * 60)
    assert prices(client, "") == [1_000]


def test_a_page_of_the_replica_asks_only_for_its_rows(client: Client) -> None:
    for price in range(1_000, 1_010):
        make.live(price=price)
    warm()
    until(client, "page_size=3", [1_000, 1_001, 1_002])
    with CaptureQueriesContext(connection) as queries:
        client.get("/api/v1/listings/?ordering=price&page_size=7&count=exact&stats=price")
    assert len(queries) == 1  # for the four adverts not shown yet, with their ratings
    with CaptureQueriesContext(connection) as queries:
        client.get("/api/v1/listings/?ordering=price&page_size=7&make=land-rover&facets=all")
    assert len(queries) == 0


def test_a_card_that_was_shown_before_shows_what_changed_since(client: Client) -> None:
    row = make.live(price=1_000)
    warm()
    until(client, "", [1_000])
    type(row.dealer).objects.update(name="Another name")
    Listing.objects.update(
        mileage=5, reserved_until=timezone.now() + timedelta(hours=1), reserved_by="person"
    )

    def shows_it() -> bool:
        card = client.get("/api/v1/listings/").json()["results"][0]
        shown: tuple[Any, ...] = (card["mileage"], card["dealer"]["name"], card["reserved"])
        return shown == (5, "Another name", True)

    wait_until(shows_it)
