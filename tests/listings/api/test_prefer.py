"""What buyers wish for comes first and hides nothing."""

from collections.abc import Iterator
from datetime import timedelta
from typing import Any

import pytest
from django.test import Client
from django.utils import timezone
from pytest_django import Settings

from listings import periodic
from listings.adverts import edit_listing
from listings.models import Listing
from listings.search.engines import engine
from listings.search.memory import MemoryEngine
from tests import make
from tests.marketplace.checkouts import wait_until

pytestmark = pytest.mark.django_db(transaction=True)

TEXTS: tuple[dict[str, Any], ...] = (
    {"derivative": "1.0 Pearl Edition 5dr"},
    {"features": ["Pearl paint", "Heated seats"]},
    {"description": "Heated windscreen, five seats."},
    {"description": "PEARL white with heated seats, and a dog guard."},
    {},
)


@pytest.fixture(params=["postgres", "memory"])
def _engine(request: pytest.FixtureRequest, settings: Settings) -> Iterator[None]:
    settings.SEARCH_ENGINE = request.param
    settings.REPLICA_SECONDS = 0.05
    engine.cache_clear()
    yield
    if isinstance(memory := engine(), MemoryEngine):
        memory.replica.stop()
    engine.cache_clear()


@pytest.fixture
def rows(_engine: None) -> list[int]:
    """Return adverts, the newest first, once their words are there and the engine has them."""
    now = timezone.now()
    published = [
        make.live(published_at=now - number * timedelta(hours=1), price=5_000 + number, **texts)
        for number, texts in enumerate(TEXTS)
    ]
    periodic.index_words()
    if isinstance(memory := engine(), MemoryEngine):
        wait_until(lambda: memory.replica.snapshot() is not None)
    return [row.pk for row in published]


def ask(client: Client, **query: Any) -> Any:
    answer = client.get("/api/v1/listings/", {"count": "exact", **query})
    assert answer.status_code == 200, answer.content
    return answer.json()


def ids(page: Any) -> list[int]:
    return [card["id"] for card in page["results"]]


def test_what_has_most_of_the_wishes_comes_first_then_the_newest(
    client: Client, rows: list[int]
) -> None:
    title, feature, apart, both, neither = rows
    page = ask(client, prefer="pearl,heated seats")
    assert ids(page) == [feature, both, title, apart, neither]
    assert page["count"] == 5
    assert ids(ask(client, prefer="Dog Guard")) == [both, title, feature, apart, neither]
    assert ids(ask(client, prefer="unheard")) == rows


def test_equipment_is_met_under_any_name(client: Client, rows: list[int]) -> None:
    equipped = Listing.objects.get(pk=rows[4])
    edit_listing(listing_id=equipped.pk, changes={"features": ["SatNav"]}, actor_id=None)
    wait_until(lambda: ids(ask(client, prefer="satellite navigation"))[0] == equipped.pk)
    assert ids(ask(client, prefer="satellite dish")) == rows


def test_an_order_that_is_asked_for_is_left_alone(client: Client, rows: list[int]) -> None:
    assert ids(ask(client, prefer="heated seats", ordering="-price")) == rows[::-1]
    assert ids(ask(client, prefer="heated seats", ordering="newest")) == rows


def test_wishes_change_no_count_and_no_facet(client: Client, rows: list[int]) -> None:
    plain = ask(client, facets="all", stats="price")
    wished = ask(client, facets="all", stats="price", prefer="pearl")
    for member in ("count", "facets", "histograms", "stats"):
        assert wished[member] == plain[member]


def test_pages_lose_nothing_forwards_and_backwards(client: Client, rows: list[int]) -> None:
    whole = ids(ask(client, prefer="pearl,heated seats,dog guard"))
    pages = [ask(client, prefer="pearl,heated seats,dog guard", page_size=2)]
    while pages[-1]["next"]:
        pages.append(client.get(pages[-1]["next"]).json())
    assert [ids(page) for page in pages] == [whole[:2], whole[2:4], whole[4:]]
    back = client.get(pages[-1]["previous"]).json()
    assert ids(back) == whole[2:4]
    assert ids(client.get(back["previous"]).json()) == whole[:2]


def test_a_cursor_belongs_to_its_wishes(client: Client, rows: list[int]) -> None:
    cursor = ask(client, prefer="pearl", page_size=2)["next_cursor"]
    answer = client.get("/api/v1/listings/", {"prefer": "seats", "cursor": cursor})
    assert answer.json()["code"] == "stale_cursor"


def test_an_advert_whose_words_are_not_there_yet_counts_by_its_title(client: Client) -> None:
    make.live(description="Pearl", published_at=timezone.now())
    title = make.live(derivative="Pearl 5dr", published_at=timezone.now() - timedelta(days=1))
    assert ids(ask(client, prefer="pearl"))[0] == title.pk
    assert Listing.objects.count() == 2


@pytest.mark.parametrize(
    "text", ["two  spaces", " ", "é", "a" * 61, "half-word", ",".join("abcdefghijklmnopqrstu")]
)
def test_what_is_no_word_is_refused(client: Client, text: str) -> None:
    answer = client.get("/api/v1/listings/", {"prefer": text})
    assert answer.status_code == 400
    assert list(answer.json()["fields"]) == ["prefer"]
