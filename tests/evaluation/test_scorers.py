"""A scorer is strict, and fair: what it calls right, wrong and not asked for."""

from collections.abc import Mapping, Sequence
from typing import Any, NamedTuple

import pytest

from evaluation.figures import Tally
from evaluation.scorers import derivatives, feed_cells, feed_headers, feed_status, pages, phrases
from listings.language.article import Article
from tests.listings.language.query.names import vocabulary


def counts(tally: Tally) -> dict[str, tuple[int, int]]:
    return {share.name: (share.count, share.total) for share in tally.shares if share.total}


def derivative(text: str, **labels: Any) -> dict[str, tuple[int, int]]:
    return counts(derivatives.score([{"id": "1", "text": text, "expect": {}, **labels}]))


def test_what_a_derivative_states_must_be_read_and_nothing_else() -> None:
    text = "1.5 TSI Style 150PS 5dr"
    right = derivative(text, expect={"engine_litres": 1.5, "doors": 5, "power_bhp": 147})
    assert right["engine_litres"] == right["doors"] == right["power_bhp"] == (1, 1)
    assert right["a wrong value, of the values read"] == (0, 3)
    wrong = derivative(
        text, expect={"doors": 3}, absent=["power_bhp"], **{"not": {"fuel": ["petrol"]}}
    )
    assert wrong["doors"] == (0, 1)
    assert wrong["a wrong value, of the values read"] == (3, 3)
    assert wrong["derivatives with a wrong value"] == (1, 1)
    missed = derivative("Style", expect={"doors": 5}, absent=["fuel"])
    assert (missed["doors"], missed["derivatives with a wrong value"]) == ((0, 1), (0, 1))


def test_a_longer_trim_is_right_and_another_is_not() -> None:
    text = "1.5 TSI Style Edition 5dr"
    assert derivative(text, expect={"trim": "STYLE"})["trim"] == (1, 1)
    assert derivative(text, expect={"trim": "Edition"})["trim"] == (0, 1)


def phrase(text: str, expect: Mapping[str, Any], **labels: Any) -> dict[str, tuple[int, int]]:
    case = {"id": "1", "text": text, "expect": expect, **labels}
    return counts(phrases.score([case], vocabulary(), lambda _: 1))


GOLF = {"make": ["volkswagen"], "model": ["golf"]}
UNASKED = "a filter that nobody asked for"


@pytest.mark.django_db
@pytest.mark.parametrize(
    ("text", "expect", "labels", "is_exact", "is_unasked"),
    [
        ("diesel golf", {**GOLF, "fuel": ["diesel"]}, {}, True, False),
        ("diesel golf", GOLF, {}, False, True),
        ("diesel golf", GOLF, {"allowed": ["fuel"]}, True, False),
        ("diesel golf", {**GOLF, "fuel": ["petrol"]}, {}, False, True),
        ("diesel golf", {"fuel": ["petrol"]}, {"or": [{**GOLF, "fuel": ["diesel"]}]}, True, False),
        ("golf", {**GOLF, "fuel": ["diesel"]}, {}, False, False),  # too much, and nothing lost
        ("golf under 9k", {**GOLF, "price_max": 9_000}, {}, True, False),
        ("golf under 9k", {**GOLF, "price_max": 8_000}, {}, False, False),
        ("golf under 9k", {**GOLF, "price_max": 10_000}, {}, False, True),
        ("golf over 9k", {**GOLF, "price_min": 8_000}, {}, False, True),
        ("golf near LS1", {**GOLF, "near": "ls1"}, {}, True, False),
        ("golf near LS1", {**GOLF, "near": "M1"}, {}, False, True),
        ("golf within 9 miles of LS1", {**GOLF, "near": "LS1"}, {}, True, False),
        ("cheapest golf", GOLF, {}, False, False),
        ("cheapest golf", {**GOLF, "ordering": ["price"]}, {}, True, False),
        ("id.3", {"make": ["volkswagen"], "model": ["id3"]}, {}, True, False),
        (
            "land rover freelander 2",
            {"make": ["land-rover"], "model": ["freelander"]},
            {},
            True,
            False,
        ),
    ],
)
def test_a_phrase_is_exact_or_asks_too_much(
    text: str, expect: dict[str, Any], labels: dict[str, Any], *, is_exact: bool, is_unasked: bool
) -> None:
    found = phrase(text, expect, **labels)
    assert found["exact"] == (is_exact, 1)
    assert found[UNASKED] == (is_unasked, 1)


def test_a_search_that_finds_nothing_is_held_against_the_one_that_is_meant() -> None:
    case = {"id": "1", "text": 'golf "zzz"', "expect": GOLF}
    empty = "finds nothing where the search that is meant does"
    by_word = "... but for a word that the title must hold"

    def count(parameters: Mapping[str, object]) -> int:
        return 0 if parameters.get("text") else 1

    found = counts(phrases.score([case], vocabulary(), count))
    assert (found[empty], found[by_word]) == ((1, 1), (1, 1))
    assert empty not in counts(phrases.score([case], vocabulary(), lambda _: 0))


class Answered(NamedTuple):
    make: str
    model: str | None


def page(answers: Sequence[tuple[str, str | None]], **labels: Any) -> dict[str, tuple[int, int]]:
    def match(article: Article) -> list[Answered]:
        return [Answered(make, model) for make, model in answers]

    case = {"id": "1", "title": "A page", "text": "", **labels}
    return counts(pages.score([case], vocabulary().catalogue, match))


def test_a_page_is_answered_by_one_of_its_models_and_by_no_other() -> None:
    expect = {"make": ["Skoda", "Kia"], "model": ["Fabia", "Ceed"]}
    precision, answered = "precision where it answers", "answers where it should"
    right = page([("skoda", "fabia")], expect=expect)
    assert (right[precision], right[answered]) == ((1, 1), (1, 1))
    wrong = page([("skoda", "fabia"), ("kia", "rio")], expect=expect)
    assert (wrong[precision], wrong[answered]) == ((0, 1), (1, 1))
    assert page([("skoda", "fabia"), ("kia", "rio")], expect=expect, also=["Rio"])[precision] == (
        1,
        1,
    )
    make = page([("kia", None)], expect=expect)
    assert (make[precision], make[answered]) == ((1, 1), (0, 1))
    assert make["... but names the make alone"] == (1, 1)
    assert page([("kia", None)], expect={"make": ["Kia"], "model": []})[answered] == (1, 1)
    silent = page([], expect=expect)
    assert (precision in silent, silent[answered]) == (False, (0, 1))


def test_a_page_of_no_car_asks_for_silence() -> None:
    assert page([], expect=None) == {"silent on a trap": (1, 1)}
    assert page([("kia", None)], expect=None) == {
        "precision where it answers": (0, 1),
        "silent on a trap": (0, 1),
    }
    assert page([], expect={"make": [], "model": []}, optional=True) == {}


def cell(header: str, text: str, **labels: Any) -> dict[str, tuple[int, int]]:
    return counts(feed_cells.score([{"id": "1", "header": header, "cell": text, **labels}]))


def test_a_cell_has_its_value_or_a_warning() -> None:
    right = cell("Power (kW)", "100", field="power_bhp", expect=134, warning=False)
    assert (right["value or blank as meant"], right["quiet where it is not"]) == ((1, 1), (1, 1))
    wrong = cell("Doors", "5", field="doors", expect=4, warning=None)
    assert wrong == {
        "value or blank as meant": (0, 1),
        "a wrong value, of the values read": (1, 1),
    }
    odd = cell("Mileage", "lots", field="mileage", expect=None, warning=True)
    assert (odd["value or blank as meant"], odd["told where it is odd"]) == ((1, 1), (1, 1))


def status(header: str, text: str, expect: str, kind: str = "words") -> dict[str, tuple[int, int]]:
    case = {"id": "1", "kind": kind, "header": header, "cell": text, "expect": expect}
    return counts(feed_status.score([case]))


def test_a_status_must_not_put_a_car_on_sale() -> None:
    assert status("Status", "For sale", "on_sale") == {"state as meant": (1, 1)}
    assert status("Status", "For sale", "sold") == {
        "state as meant": (0, 1),
        "put on sale on a guess": (1, 1),
    }
    assert status("Wheelbase", "2.4 m", "unknown", feed_status.OTHER_COLUMNS)["state as meant"] == (
        1,
        1,
    )
    assert status("Wheelbase", "2.4 m", "sold")["put on sale on a guess"] == (1, 1)


def test_of_two_headers_for_one_field_one_may_be_left() -> None:
    case = {
        "id": "1",
        "headers": ["Make", "Model", "Mileage", "Odometer", "Tyre Size"],
        "expect": {
            "Make": "make",
            "Model": "model",
            "Mileage": "mileage",
            "Odometer": "mileage",
            "Tyre Size": None,
        },
    }
    assert counts(feed_headers.score([case])) == {
        "field of a header as meant": (5, 5),
        "a wrong field, of the headers mapped": (0, 3),
    }
