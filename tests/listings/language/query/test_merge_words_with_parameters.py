"""Explicit parameters win over a buyer's words, and the words say so."""

from listings.language.query import ParsedQuery, merge, parse_query
from tests.listings.language.query.names import vocabulary


def merged(words: str, /, **explicit: object) -> ParsedQuery:
    return merge(explicit, parse_query(words, vocabulary(), year=2025))


def overridden(parsed: ParsedQuery) -> list[str | None]:
    return [phrase.name for phrase in parsed.phrases if phrase.is_overridden]


def test_a_parameter_replaces_what_the_words_say_of_it() -> None:
    both = merged("diesel golf under 10k", fuel=["petrol"], price_max=8_000, year_min=None)
    assert both.parameters == {
        "make": ["volkswagen"],
        "model": ["golf"],
        "fuel": ["petrol"],
        "price_max": 8_000,
    }
    assert overridden(both) == ["fuel", "price_max"]


def test_the_other_end_of_a_range_stays() -> None:
    both = merged("over 5k", price_max=8_000)
    assert both.parameters == {"price_min": 5_000, "price_max": 8_000}
    assert overridden(both) == []


def test_an_end_that_the_explicit_one_rules_out_goes() -> None:
    both = merged("over 10k", price_max=8_000)
    assert both.parameters == {"price_max": 8_000}
    assert overridden(both) == ["price_min"]


def test_an_explicit_make_keeps_its_models_of_the_words() -> None:
    both = merged("golf or audi a3", make=["audi"])
    assert both.parameters == {"make": ["audi"], "model": ["a3"]}
    assert [phrase.words for phrase in both.phrases if phrase.is_overridden] == [
        "golf",
        "golf",
        "audi a3",
    ]


def test_another_explicit_make_replaces_the_models_of_the_words() -> None:
    both = merged("golf", make=["audi"])
    assert both.parameters == {"make": ["audi"]}
    assert overridden(both) == ["make", "model"]


def test_an_explicit_model_replaces_make_and_model_of_the_words() -> None:
    both = merged("bmw", model=["a3"])
    assert both.parameters == {"model": ["a3"]}
    assert overridden(both) == ["make"]


def test_words_for_the_title_add_up() -> None:
    both = merged('"vogue"', text=["se"])
    assert both.parameters == {"text": ["se", "vogue"]}
    assert overridden(both) == []


def test_wishes_add_up() -> None:
    both = merged("big boot", prefer=["quiet"])
    assert both.parameters == {"prefer": ["quiet", "big", "boot"]}
    assert overridden(both) == []


def test_an_explicit_order_and_place_win() -> None:
    both = merged("cheap golf within 20 miles of leeds", ordering=["year"], near="M1")
    assert both.ordering == ()
    assert both.parameters == {"make": ["volkswagen"], "model": ["golf"], "near": "M1"}
    assert overridden(both) == ["ordering", "within_miles", "near"]


def test_an_explicit_distance_wins_over_the_usual_one_of_a_place() -> None:
    both = merged("golf near leeds", within_miles=1_000)
    assert both.parameters == {
        "make": ["volkswagen"],
        "model": ["golf"],
        "near": "Leeds",
        "within_miles": 1_000,
    }
    assert both.ordering == ("distance",)
    assert overridden(both) == ["within_miles"]


def test_the_nearest_is_asked_for_only_where_a_place_is() -> None:
    nowhere = merged("nearest cheap golf")
    assert nowhere.ordering == ("price",)
    assert [(phrase.words, phrase.note) for phrase in nowhere.phrases if phrase.note] == [
        ("nearest", "Not used: no place is named that the distance could start from.")
    ]
    assert merged("nearest golf", near="M1").ordering == ("distance",)
    assert merged("nearest golf to leeds", ordering=["price"]).ordering == ()


def test_what_cannot_hold_together_is_told() -> None:
    both = merged("under 5k over 10k")
    assert both.parameters == {"price_min": 10_000, "price_max": 5_000}
    assert [(phrase.words, bool(phrase.note)) for phrase in both.phrases] == [
        ("under 5k", True),
        ("over 10k", True),
    ]


def test_words_that_cannot_be_asked_for_are_told() -> None:
    both = merged("bmw or golf near narnia")
    assert [(phrase.words, phrase.note) for phrase in both.phrases if phrase.note] == [
        ("bmw", "Not used: a model of another make is named."),
        ("near narnia", "This place is not known."),
    ]
