"""`manage.py read` prints what is made of lines, and the words that decided."""

import io
import json
import sys
from typing import Any

import pytest
from django.core.management import CommandError, call_command

from dealers.feeds.cells import FIELDS
from listings.catalogue import load_seed
from listings.models import Listing

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def _shipped() -> None:
    load_seed()


def read(monkeypatch: pytest.MonkeyPatch, kind: str, typed: bytes | str) -> list[dict[str, Any]]:
    """Return what the command prints for the lines that are typed."""
    content = typed if isinstance(typed, bytes) else typed.encode()
    monkeypatch.setattr(sys, "stdin", io.TextIOWrapper(io.BytesIO(content)))
    out = io.StringIO()
    call_command("read", f"--as={kind}", stdout=out)
    return [json.loads(line) for line in out.getvalue().splitlines()]


def test_a_title_is_make_model_and_what_the_derivative_states(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    (found,) = read(monkeypatch, "title", "Used Skoda Octavia 2.0 TDI SE L 5dr DSG\n")
    assert Listing.objects.count() == 0
    assert found["text"] == "Used Skoda Octavia 2.0 TDI SE L 5dr DSG"
    assert found["derivative"] == "2.0 TDI SE L 5dr DSG"
    assert found["fields"] == {
        "make": "skoda",
        "model": "octavia",
        "engine_cc": 2000,
        "fuel": "diesel",
        "transmission": "automatic",
        "doors": 5,
    }
    assert found["words"] == {
        "make": ["Used Skoda Octavia"],
        "model": ["Used Skoda Octavia"],
        "engine_cc": ["2.0"],
        "fuel": ["TDI"],
        "transmission": ["DSG"],
        "doors": ["5dr"],
    }


def test_a_derivative_keeps_its_trim(monkeypatch: pytest.MonkeyPatch) -> None:
    (found,) = read(monkeypatch, "derivative", "1.5 TSI 150PS Style Edition 4Motion 3dr")
    assert found["trim"] == "Style Edition"
    assert found["fields"] == {
        "engine_cc": 1500,
        "fuel": "petrol",
        "drivetrain": "four_wheel",
        "doors": 3,
        "power_bhp": 148,
    }
    assert (found["words"]["drivetrain"], found["words"]["power_bhp"]) == (["4Motion"], ["150PS"])


def test_a_buyers_words_are_the_parameters_of_a_search(monkeypatch: pytest.MonkeyPatch) -> None:
    (found,) = read(monkeypatch, "query", "cheapest diesel kuga under 9k")
    assert found["fields"] == {
        "make": ["ford"],
        "model": ["kuga"],
        "fuel": ["diesel"],
        "price_max": 9_000,
        "ordering": ["price"],
    }
    assert found["words"]["price_max"] == ["under 9k"]
    assert found["words"]["ordering"] == ["cheapest"]
    assert [each["words"] for each in found["phrases"]].count("under 9k") == 1


def test_an_article_is_plain_text_or_json(monkeypatch: pytest.MonkeyPatch) -> None:
    article = {"title": "Kia EV3 review", "text": "The Kia EV3 is an electric SUV."}
    sentence = "The Kia EV3 is an electric SUV, and of the cars that we drove it is the quietest. "
    for sent in (json.dumps(article), sentence * 6):
        (found,) = read(monkeypatch, "article", sent)
        assert found["fields"] == {"make": ["kia"], "model": ["ev3"]}
        assert set(found["words"]["model"]) == {"EV3"}
        assert [each["model"] for each in found["models"]] == ["ev3"]
    (silent,) = read(monkeypatch, "article", "How to bake bread in a cold kitchen.")
    assert (silent["fields"], silent["models"]) == ({}, [])


def test_a_cell_is_read_as_the_field_it_stands_for(monkeypatch: pytest.MonkeyPatch) -> None:
    miles, none, nothing = read(monkeypatch, "cell:mileage", "30,000 miles\nlots\n\n")
    assert (miles["fields"], miles["words"]) == (
        {"mileage": 30_000},
        {"mileage": ["30,000 miles"]},
    )
    assert (none["fields"], none["findings"][0]["code"]) == ({}, "unreadable_mileage")
    assert (nothing["fields"], nothing["findings"]) == ({}, [])
    (day,) = read(monkeypatch, "cell:mot_expires_on", "3 March 2027")
    assert day["fields"] == {"mot_expires_on": "2027-03-03"}


@pytest.mark.parametrize("field", FIELDS)
def test_every_field_of_a_feed_can_be_asked_for(
    monkeypatch: pytest.MonkeyPatch, field: str
) -> None:
    (found,) = read(monkeypatch, f"cell:{field}", "2019")
    assert found["text"] == "2019"
    assert isinstance(found["fields"], dict)


def test_a_bad_line_is_told_and_the_others_are_read(monkeypatch: pytest.MonkeyPatch) -> None:
    lines = [b'{"title": 3}', b"{", b"\xff\xfe", b'{"titel": "Kia"}', b"[1]", b"A Kia."]
    found = read(monkeypatch, "article", b"\n".join(lines))
    assert ["error" in each for each in found] == [True, True, True, True, False, False]
    assert found[2] == {"text": "\ufffd\ufffd", "error": "This is not UTF-8."}
    deep, after = read(monkeypatch, "article", '{"tags": ' + "[" * 100_000 + "\nA Kia.")
    assert ("error" in deep, "error" in after) == (True, False)

    long, empty, read_well = read(monkeypatch, "query", "golf " * 60 + "\n\ndiesel golf")
    assert long["error"] == "At most 200 characters."
    assert "error" in empty
    assert read_well["fields"]["model"] == ["golf"]


def test_a_line_ends_at_a_line_feed_alone(monkeypatch: pytest.MonkeyPatch) -> None:
    found = read(monkeypatch, "derivative", "1.2 SE\u20283dr\r\n1.4 S\x0b5dr")
    assert [each["fields"]["doors"] for each in found] == [3, 5]


def test_an_unknown_kind_is_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    for kind in ("poem", "cell:", "cell:poem"):
        with pytest.raises(CommandError):
            read(monkeypatch, kind, "2019")
