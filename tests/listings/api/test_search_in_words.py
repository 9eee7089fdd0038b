"""Buyers search in words of their own."""

from typing import Any

import pytest
from django.test import Client

from listings.catalogue import rename_entry
from listings.catalogue.cache import CHECK_SECONDS
from listings.models import Model
from tests import make
from tests.seed import nine

pytestmark = pytest.mark.django_db
URL = "/api/v1/listings/"


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
    make.live(branch=make.branch(latitude=53.8, longitude=-1.55))
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
        ("near LS1", "within_miles", [25], False, ""),
    ]
    assert len(body["results"]) == 1
    assert body["near"]["text"] == "LS1"


def test_each_phrase_says_for_people_what_it_does(client: Client) -> None:
    make.live()
    said = "cheap diesel range rover, not black, under 40k vogue near LS1 for sale"
    told = page(client, said, count="exact")["understood"]
    assert [(each["label"], each["effect"]) for each in told] == [
        ("Cheapest first", "orders"),
        ("Diesel", "filters"),
        ("Land Rover", "filters"),
        ("Range Rover", "filters"),
        ("Not Black", "filters"),
        ("Up to £40,000", "filters"),
        ("“vogue” in the title", "filters"),
        ("Near LS1", "locates"),
        ("Within 25 miles", "filters"),
        ("", "none"),
    ]
    assert all(said[each["start"] :].startswith(each["words"]) for each in told)


def test_each_phrase_has_the_search_without_it(client: Client) -> None:
    make.live(colour="blue", fuel="diesel", price=9_000)
    make.live(colour="blue", fuel="petrol", price=90_000)
    said = "blue diesel or electric range rover under 10k, cheap"
    told = page(client, said, count="exact", make="land-rover")["understood"]
    without = {each["words"]: each["without"] for each in told}
    kept = "count=exact&make=land-rover&q=blue+diesel+or+electric+range+rover+under+10k,+cheap"
    before, _, after = kept.partition("&make")
    assert without["under 10k"] == f"{before}&drop=price_max&make{after}"
    assert without["diesel"] == f"{before}&fuel=electric&make{after}"
    assert without["cheap"] == f"{before}&drop=ordering&make{after}"
    answer = client.get(f"{URL}?{without['under 10k']}").json()
    assert answer["count"] == 1
    dropped = [each for each in answer["understood"] if each["overridden"]]
    assert [(each["words"], each["effect"], each["without"]) for each in dropped[-1:]] == [
        ("under 10k", "none", None)
    ]
    assert dropped[-1]["note"] == "Taken away by the parameter drop."


def test_a_make_is_taken_away_with_its_model_and_a_place_with_its_distance(client: Client) -> None:
    make.live()
    told = page(client, "range rover within 20 miles of LS1")["understood"]
    without = {each["field"]: each["without"] for each in told}
    said = "q=range+rover+within+20+miles+of+LS1"
    assert without == {
        "make": f"drop=make,model&{said}",
        "model": f"drop=model&{said}",
        "within_miles": f"drop=within_miles&{said}",
        "near": f"drop=near,within_miles,ordering&{said}",
        "ordering": f"drop=ordering&{said}",
    }
    assert client.get(f"{URL}?{without['near']}").json()["near"] is None
    assert client.get(URL, {"q": "range rover", "drop": "colours"}).status_code == 400


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


def test_a_trim_of_the_model_and_quoted_words_must_be_in_the_title(client: Client) -> None:
    row = make.live(derivative="3.0 TDV6 Vogue SE 4dr Auto")
    make.live(derivative="4.4 SDV8 Autobiography 4dr Auto")
    for words in ("Range Rover Vogue", '"Vogue SE"'):
        assert [card["id"] for card in page(client, words)["results"]] == [row.pk]
    assert page(client, '"qwzxj"')["results"] == []


def test_words_that_no_filter_asks_for_empty_no_result(client: Client) -> None:
    make.live(derivative="3.0 TDV6 Vogue SE 4dr Auto")
    make.live(derivative="4.4 SDV8 Autobiography 4dr Auto")
    body = page(client, "hi do you have any with a qwzxj and a big boot please")
    assert len(body["results"]) == 2
    assert [each["words"] for each in body["understood"] if each["note"]] == [
        "qwzxj",
        "big",
        "boot",
    ]


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


LEEDS, YORK, DOVER = (53.797, -1.548), (53.959, -1.082), (51.129, 1.308)


@pytest.mark.parametrize(
    ("words", "towns"),
    [
        ("diesel in leeds", [LEEDS, YORK]),
        ("york diesel", [YORK, LEEDS]),
        ("diesel leeds 10 miles", [LEEDS]),
        ("diesel kent", [DOVER]),
        ("nearest diesel to york", [YORK, LEEDS, DOVER]),
        ("diesel near narnia", [DOVER, YORK, LEEDS]),
    ],
)
def test_a_place_in_words_shows_the_nearest_first_and_none_far_away(
    client: Client, words: str, towns: list[tuple[float, float]]
) -> None:
    dealer = make.dealer()
    ids = {
        place: make.live(
            fuel="diesel", branch=make.branch(dealer, latitude=place[0], longitude=place[1])
        ).pk
        for place in (LEEDS, YORK, DOVER)
    }
    found = [card["id"] for card in page(client, words)["results"]]
    assert found == [ids[place] for place in towns]


def test_the_distance_that_a_place_brings_is_told_and_can_be_taken_away(client: Client) -> None:
    make.live(branch=make.branch(latitude=LEEDS[0], longitude=LEEDS[1]))
    far = make.live(branch=make.branch(latitude=DOVER[0], longitude=DOVER[1]))
    body = page(client, "range rover near leeds", within_miles=1_000)
    assert [(each["field"], each["values"], each["overridden"]) for each in body["understood"]] == [
        ("make", ["land-rover"], False),
        ("model", ["range-rover"], False),
        ("near", ["Leeds"], False),
        ("within_miles", [25], True),
        ("ordering", ["distance"], False),
    ]
    assert [card["id"] for card in body["results"]][1:] == [far.pk]
