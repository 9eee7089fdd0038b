"""How prices stand to market values: filter, facet, order and answers, from both engines."""

from collections.abc import Callable, Iterator
from typing import Any

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from pytest_django import Settings

from listings.api import price_ratings
from listings.choices import PriceRating
from listings.models import Listing, ListingValue
from listings.search.engines import engine
from listings.search.memory import MemoryEngine
from tests import make
from tests.listings.search.test_replica import HOUR
from tests.marketplace.checkouts import wait_until

pytestmark = pytest.mark.django_db(transaction=True)
Ask = Callable[[str], Any]


@pytest.fixture(params=["postgres", "memory"])
def searched(
    request: pytest.FixtureRequest, settings: Settings, _forget_what_another_test_read: None
) -> Iterator[str]:
    settings.SEARCH_ENGINE = request.param
    settings.REPLICA_SECONDS = 0.05
    settings.REPLICA_AGE_MAX_SECONDS = HOUR
    yield request.param
    if isinstance(memory := engine(), MemoryEngine):
        memory.replica.stop()
    engine.cache_clear()


@pytest.fixture
def ask(client: Client, searched: str) -> Ask:
    """Return what searches, once the replica knows all that was written."""

    def answer(query: str) -> Any:
        catch_up()
        response = client.get(f"/api/v1/listings/?{query}")
        assert response.status_code == 200, response.content
        return response.json()

    return answer


def catch_up() -> None:
    """Wait until the replica, where there is one, was read after now.

    Its clock is of a moment after what it read, so that a second reading is waited for.
    """
    asked = engine()
    if not isinstance(asked, MemoryEngine):
        return
    with connection.cursor() as cursor:
        cursor.execute("SELECT extract(epoch FROM clock_timestamp()) * 1000000")
        (now,) = cursor.fetchone()
    read = asked.replica.snapshot
    wait_until(lambda: (first := read()) is not None and first[0].as_of > now)
    (first, _) = read() or (None, 0)
    wait_until(lambda: (later := read()) is not None and later[0] is not first)


def rated(label: str | None, ratio: int, **fields: Any) -> Listing:
    """Return an advert of £10,000 with a label, and the price in thousandths of its value."""
    advert = make.live(price=10_000, **fields)
    make.value(advert, 10_000_000 // ratio, label=label, ratio=ratio)
    return advert


def ids(page: Any) -> list[int]:
    return [card["id"] for card in page["results"]]


def labels(page: Any) -> list[str | None]:
    return [card["price_rating"] and card["price_rating"]["label"] for card in page["results"]]


def test_only_adverts_with_a_label_that_is_asked_for_are_found(ask: Ask) -> None:
    lower, great, good = rated("lower", 800), rated("great", 900), rated("good", 1_000)
    rated(None, 1_000)
    make.live(price=10_000)
    page = ask("price_rating=great&price_rating=good&ordering=value&count=exact&facets=all")
    assert (ids(page), page["count"]) == ([great.pk, good.pk], 2)
    assert labels(page) == ["great", "good"]
    assert page["facets"]["price_rating"] == [
        {"value": "lower", "label": "Lower price", "count": 1},
        {"value": "great", "label": "Great price", "count": 1},
        {"value": "good", "label": "Good price", "count": 1},
        {"value": "none", "label": "Not rated", "count": 2},
    ]
    assert ids(ask("price_rating=lower,higher")) == [lower.pk]


def test_the_lowest_price_for_what_a_car_is_worth_comes_first(ask: Ask) -> None:
    dear, cheap, middling = rated("higher", 1_300), rated("lower", 700), rated("good", 1_000)
    unrated, slip = make.live(), rated(None, 1)
    assert ids(ask("ordering=value")) == [cheap.pk, middling.pk, dear.pk, unrated.pk, slip.pk]
    assert ids(ask("ordering=-value")) == [dear.pk, middling.pk, cheap.pk, slip.pk, unrated.pk]
    page = ask("ordering=value&page_size=2")
    first = ids(page)
    while page["next"]:
        page = ask(page["next"].partition("?")[2])
        first += ids(page)
    assert first == [cheap.pk, middling.pk, dear.pk, unrated.pk, slip.pk]


def test_ratios_of_rated_adverts_are_summed_up(ask: Ask) -> None:
    for ratio in (900, 1_000, 1_400):
        rated("good", ratio)
    rated(None, 1)
    assert ask("stats=price_ratio")["stats"] == {
        "price_ratio": {"count": 3, "min": 900, "max": 1_400, "mean": 1_100.0, "median": 1_000.0}
    }


def test_a_changed_price_takes_the_rating_away_until_it_is_worked_out_anew(ask: Ask) -> None:
    advert = rated("good", 1_000)
    assert labels(ask("price_rating=good")) == ["good"]
    Listing.objects.filter(pk=advert.pk).update(price=5_000)
    assert ids(ask("price_rating=good")) == []
    assert [card["price_rating"] for card in ask("")["results"]] == [None]
    ListingValue.objects.filter(pk=advert.pk).delete()
    make.value(advert, 10_000, label=PriceRating.LOWER, ratio=500)
    assert labels(ask("price_rating=lower")) == ["lower"]


def test_another_label_is_found_though_the_advert_did_not_change(ask: Ask) -> None:
    advert = rated("good", 1_000)
    assert labels(ask("price_rating=good")) == ["good"]
    revision = Listing.objects.get(pk=advert.pk).revision
    ListingValue.objects.update(label="great", value=11_000, ratio=909)
    assert ids(ask("price_rating=good")) == []
    (card,) = ask("price_rating=great")["results"]
    assert (card["price_rating"]["label"], card["price_rating"]["value"]) == ("great", 11_000)
    assert Listing.objects.get(pk=advert.pk).revision == revision
    ListingValue.objects.update(label=None, reason="wide_interval")
    assert ids(ask("price_rating=great")) == []
    (card,) = ask("")["results"]
    assert card["price_rating"]["reason"] == "wide_interval"


def test_a_rating_is_shown_whole_wherever_the_advert_is(client: Client, ask: Ask) -> None:
    advert, other = rated("good", 1_000, mileage=50_000), rated("fair", 1_080, mileage=50_100)
    row = ListingValue.objects.get(pk=advert.pk)
    expected = {
        "label": "good",
        "value": 10_000,
        "low": 9_300,
        "high": 10_700,
        "edges": [8_500, 9_300, 10_300, 11_200],
        "comparables": 12,
        "confidence": "medium",
        "reason": None,
        "rule": "2026.1",
        "valued_at": row.valued_at.isoformat().replace("+00:00", "Z"),
    }
    listed = {card["id"]: card["price_rating"] for card in ask("")["results"]}
    detail = client.get(f"/api/v1/listings/{advert.pk}/").json()
    compared = client.get(f"/api/v1/listings/compare/?id={advert.pk},{other.pk}").json()["results"][
        0
    ]
    similar = client.get(f"/api/v1/listings/{other.pk}/similar/").json()["results"][0]
    assert listed[advert.pk] == expected
    assert detail["price_rating"] == compared["price_rating"] == expected
    assert (similar["id"], similar["price_rating"]) == (advert.pk, expected)


def test_buyers_are_not_told_that_a_price_looks_like_a_slip(client: Client, ask: Ask) -> None:
    advert = make.live(price=12)
    make.value(advert, 15_000, reason="check_price")
    (card,) = ask("")["results"]
    shown = client.get(f"/api/v1/listings/{advert.pk}/").json()["price_rating"]
    assert card["price_rating"] == shown
    assert (shown["label"], shown["value"], shown["edges"], shown["reason"]) == (
        None,
        None,
        [],
        "not_rated",
    )


def test_mirrors_are_told_of_no_ratings(client: Client, ask: Ask) -> None:
    advert = rated("good", 1_000)
    page = client.get("/api/v1/changes/").json()
    assert page["results"][0]["id"] == advert.pk
    assert "price_rating" not in page["results"][0]["listing"]
    ListingValue.objects.update(label="great", ratio=900)
    assert client.get("/api/v1/changes/", {"after": page["after"]}).json()["results"] == []


def test_a_label_that_there_is_not_is_refused(client: Client) -> None:
    answer = client.get("/api/v1/listings/?price_rating=great,superb")
    assert (answer.status_code, list(answer.json()["fields"])) == (400, ["price_rating"])


@pytest.mark.parametrize("searched", ["memory"], indirect=True)
def test_ratings_that_were_shown_are_shown_again_without_a_query(
    client: Client, ask: Ask, monkeypatch: pytest.MonkeyPatch
) -> None:
    for ratio in (900, 1_000, 1_100):
        rated("good", ratio)
    make.live()
    ask("")
    assert queries_of(client) == 0
    ListingValue.objects.filter(ratio=1_000).update(label="fair", value=9_300)
    catch_up()
    assert queries_of(client) == 1
    assert queries_of(client) == 0
    monkeypatch.setattr(price_ratings, "KEPT_SECONDS", 0)
    assert queries_of(client) == 1


@pytest.mark.parametrize("searched", ["memory"], indirect=True)
def test_a_page_never_mixes_what_two_rows_say(client: Client, ask: Ask) -> None:
    advert = rated("good", 1_000)
    ask("")
    memory = engine()
    assert isinstance(memory, MemoryEngine)
    memory.replica.stop()
    ListingValue.objects.update(label="great", value=12_000, ratio=833)
    (card,) = client.get("/api/v1/listings/?price_rating=good").json()["results"]
    assert (card["price_rating"]["label"], card["price_rating"]["value"]) == ("good", 10_000)
    Listing.objects.filter(pk=advert.pk).update(price=8_000)
    price_ratings._kept.clear()
    (card,) = client.get("/api/v1/listings/?price_rating=good").json()["results"]
    assert (card["price"], card["price_rating"]) == (10_000, None)


def queries_of(client: Client) -> int:
    with CaptureQueriesContext(connection) as queries:
        assert client.get("/api/v1/listings/").status_code == 200
    return len(queries)
