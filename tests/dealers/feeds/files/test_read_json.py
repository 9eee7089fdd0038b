"""JSON: an array, an object with the array inside, or an object on each line."""

import json

import pytest

from dealers.feeds.files import Fault, SourceRow
from tests.dealers.feeds.feed_files import cells_of, refused, rows_of


def test_an_array_of_objects() -> None:
    assert rows_of(b'[{"make": "Ford"}, {"make": "BMW"}]') == [
        SourceRow(1, {"make": "Ford"}),
        SourceRow(2, {"make": "BMW"}),
    ]


def test_the_array_may_be_inside_an_object() -> None:
    document = {"total": 1, "options": ["x"], "vehicles": [{"make": "Ford", "price": 1}]}
    assert cells_of(json.dumps(document).encode()) == [{"make": "Ford", "price": "1"}]
    assert cells_of(json.dumps(document, indent=2).encode("utf-16")) == [
        {"make": "Ford", "price": "1"}
    ]


def test_a_document_on_one_line_is_no_line() -> None:
    car = {"make": "Ford", "model": "Ka", "price": 1}
    assert cells_of(json.dumps({"data": {"stock": [car]}}).encode()) == [
        {"make": "Ford", "model": "Ka", "price": "1"}
    ]
    with_photos = {**car, "images": [{"url": "a", "width": 1, "height": 2}]}
    assert len(cells_of(json.dumps(with_photos).encode())[0]) == 6


def test_the_cars_may_be_inside_each_of_several_dealers() -> None:
    cars = [{"vrm": f"AB1{n} CDE", "make": "Ford", "price": n} for n in range(3)]
    dealers = [{"name": "A", "phone": "1", "vehicles": cars}, {"name": "B", "vehicles": cars[:1]}]
    assert [row["price"] for row in cells_of(json.dumps(dealers).encode())] == ["0", "1", "2", "0"]


def test_nested_values_are_named_by_their_path() -> None:
    car = {
        "vehicle": {"make": "Ford", "odometer": {"value": 12, "unit": "MI"}},
        "images": [{"url": "a"}, {"url": "b"}],
        "features": ["x", "y"],
    }
    assert cells_of(json.dumps({"results": [car]}).encode()) == [
        {
            "vehicle.make": "Ford",
            "vehicle.odometer.value": "12",
            "vehicle.odometer.unit": "MI",
            "images[0].url": "a",
            "images[1].url": "b",
            "features[0]": "x",
            "features[1]": "y",
        }
    ]


@pytest.mark.parametrize("pattern", [b"[%s]", b"%s\n%s\n"])
def test_numbers_stay_as_they_are_written(pattern: bytes) -> None:
    car = b'{"price": 12995.00, "litres": 1.10, "ok": true, "vin": null, "n": 12345678901234567890}'
    assert cells_of(pattern.replace(b"%s", car))[0] == {
        "price": "12995.00",
        "litres": "1.10",
        "ok": "true",
        "vin": "",
        "n": "12345678901234567890",
    }


def test_an_object_on_each_line() -> None:
    lines = (
        b'{"make": "Ford", "price": 1}\n\n{"make": "BMW", "price": NaN}\n{broken\n{"make": "Kia"}'
    )
    assert rows_of(lines) == [
        SourceRow(1, {"make": "Ford", "price": "1"}),
        SourceRow(3, {"make": "BMW", "price": "NaN"}),
        SourceRow(4, {}, Fault.UNREADABLE),
        SourceRow(5, {"make": "Kia"}),
    ]


def test_what_breaks_off_is_truncated() -> None:
    assert refused(b'[{"make": "Ford"}, {"make": "BM') == "truncated"
    assert refused(b'{"a": 1, "b": 2}\n{"a": 1, "b"') == "truncated"


def test_what_is_no_json_is_malformed() -> None:
    assert refused(b'[{"make": "Ford"}, {make: 1}]') == "malformed"


def test_null_characters_and_lone_surrogates_are_dropped() -> None:
    row = b'{"make": "Fo\\u0000rd", "model": "K\\ud800a"}'
    assert cells_of(row + b"\n" + row)[0] == {"make": "Ford", "model": "Ka"}


@pytest.mark.parametrize(
    "bomb", [b"[" * 3_000_000, b'{"a":' * 1_000_000, b'[{"a":' + b"[" * 1_000_000]
)
def test_deep_nesting_is_refused(bomb: bytes) -> None:
    assert refused(bomb) == "too_deep"


def test_deep_nesting_on_one_line_is_a_fault_of_its_row() -> None:
    deep = b'{"a":' + b"[" * 200_000 + b"]" * 200_000 + b"}\n"
    assert [row.fault for row in rows_of(b'{"a": 1, "b": 2}\n' + deep)] == ["", Fault.UNREADABLE]


def test_a_value_without_end_is_refused() -> None:
    assert refused(b'[{"a": "' + b"x" * 9_000_000 + b'"}]') == "too_large"
    assert refused(b'[{"a": [' + b'"xxxxxxxx",' * 900_000 + b'"x"]}]') == "too_large"
