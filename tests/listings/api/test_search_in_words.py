"""Buyers search in words of their own."""

from typing import Any

import pytest
from django.test import Client

from listings.catalogue import rename_entry
from listings.catalogue.cache import CHECK_SECONDS
from listings.catalogue.vocabulary import VOCABULARY
from listings.models import Model
from tests import make
from tests.seed import nine

pytestmark = pytest.mark.django_db
URL = "/api/v1/listings/"


@pytest.fixture(autouse=True)
def _fresh_names() -> None:
    VOCABULARY.forget()


def page(client: Client, q: str, **query: Any) -> dict[str, Any]:
    answer = client.get(URL, {"q": q, **query})
    assert answer.status_code == 200, answer.content
    body: dict[str, Any] = answer.json()
    return body


def test_words_find_what_the_parameters_would(client: Client) -> None:
    nine()
    make.live(model=make.model("A3", make.make("Audi")), price=5_000)
    words = "cheap diesel automatic range rover under 40k less than 60,000 miles 2015 or newer"
    assert [card["price"] for card in page(client, words)["results"]] == [36_999, 37_649]


def test_the_answer_tells_what_was_made_of_each_word(client: Client) -> None:
    make.live()
    body = page(client, "Cheap range rover, under 40k vogue for sale near LS1", price_max=50_000)
    assert [
        (each["words"], each["field"], each["values"], each["overridden"], each["note"])
        for each in body["understood"]
    ] == [
        ("Cheap", "ordering", ["price"], False, ""),
        ("range rover", "make", ["land-rover"], False, ""),
        ("range rover", "model", ["range-rover"], False, ""),
        ("under 40k", "price_max", [40_000], True, ""),
        ("vogue", "text", ["vogue"], False, ""),
        ("for sale", None, [], False, ""),
        ("near LS1", "near", ["LS1"], False, ""),
    ]
    assert len(body["results"]) == 1
    assert body["near"]["text"] == "LS1"


def test_words_can_name_a_place_and_a_distance(client: Client) -> None:
    near = make.live(branch=make.branch(latitude=53.83, longitude=-1.55))
    make.live(branch=make.branch(latitude=51.5, longitude=-0.1))
    body = page(client, "range rover within 20 miles of LS1 4AP")
    assert [card["id"] for card in body["results"]] == [near.pk]
    assert body["near"]["text"] == "LS1"
    assert "4AP" not in str([each["values"] for each in body["understood"]])


def test_a_distance_from_nowhere_is_not_used_and_says_so(client: Client) -> None:
    make.live()
    body = page(client, "within 10 miles near QQ1 1AA")
    assert [(each["field"], each["note"]) for each in body["understood"]] == [
        ("within_miles", "Not used: no place is named that the distance could start from."),
        (None, "This place is not known."),
    ]
    assert len(body["results"]) == 1


def test_without_words_there_is_nothing_to_understand(client: Client) -> None:
    assert client.get(URL).json()["understood"] is None
    assert client.get(URL, {"q": ""}).json()["understood"] is None


def test_words_known_to_no_grammar_must_be_in_the_title(client: Client) -> None:
    row = make.live(derivative="3.0 TDV6 Vogue SE 4dr Auto")
    make.live(derivative="4.4 SDV8 Autobiography 4dr Auto")
    assert [card["id"] for card in page(client, "Vogue")["results"]] == [row.pk]
    assert page(client, "qwzxj")["results"] == []


def test_explicit_parameters_win(client: Client) -> None:
    make.live(price=30_000, fuel="diesel")
    petrol = make.live(price=30_000, fuel="petrol")
    body = page(client, "diesel under 20k", fuel="petrol", price_max=40_000)
    assert [card["id"] for card in body["results"]] == [petrol.pk]


def test_what_cannot_hold_together_finds_nothing_and_says_why(client: Client) -> None:
    make.live(price=7_000)
    body = page(client, "under 5k over 10k")
    assert body["results"] == []
    assert {each["note"] for each in body["understood"]} == {
        "No advert can be all that is said of this."
    }


def test_pages_of_a_search_in_words_belong_to_those_words(client: Client) -> None:
    for price in (3_000, 1_000, 2_000):
        make.live(price=price)
    first = page(client, "cheap range rover", page_size=2)
    assert [card["price"] for card in first["results"]] == [1_000, 2_000]
    second = client.get(first["next"]).json()
    assert [card["price"] for card in second["results"]] == [3_000]
    stale = client.get(URL, {"q": "range rover under 5k", "cursor": first["next_cursor"]})
    assert (stale.status_code, stale.json()["code"]) == (400, "stale_cursor")


def test_too_many_words_are_refused(client: Client) -> None:
    answer = client.get(URL, {"q": "a" * 201})
    assert (answer.status_code, answer.json()["fields"]) == (
        400,
        {"q": ["At most 200 characters."]},
    )
    assert client.get(f"{URL}?q=a&q=b").json()["fields"] == {"q": ["Give this parameter once."]}


def test_a_renamed_model_is_known_once_the_names_are_looked_at_again(
    client: Client, monkeypatch: pytest.MonkeyPatch
) -> None:
    row = make.live(model=make.model("Zoomster", make.make("Ford")))
    assert page(client, "zoomster")["understood"][1]["values"] == ["zoomster"]
    rename_entry(kind=Model, entry_id=row.model_id, name="Whizzer")
    monkeypatch.setattr("listings.catalogue.cache.CHECK_SECONDS", 0.0)
    assert page(client, "whizzer")["understood"][1]["values"] == ["zoomster"]
    assert CHECK_SECONDS <= 60


@pytest.mark.parametrize("text", ["  ", "🚗", "!!!", "\x00\x01", "diesel\x00"])
def test_what_holds_no_word_is_refused_and_never_finds_everything(
    client: Client, text: str
) -> None:
    response = client.get("/api/v1/listings/", {"q": text})
    assert response.status_code == 400
    assert list(response.json()["fields"]) == ["q"]


@pytest.mark.parametrize(("place", "near"), [("leeds", "LS"), ("milton keynes", "MK")])
def test_a_town_is_a_place_to_search_near(client: Client, place: str, near: str) -> None:
    row = make.live(fuel="diesel")
    body = page(client, f"diesel in {place}")
    assert body["near"]["text"] == near
    assert [card["id"] for card in body["results"]] == [row.pk]
