"""One car has the same facts, whether a title, a feed, a dealer's system or a buyer names it."""

from collections.abc import Mapping
from datetime import date
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from dealers.feeds.cells import StagedCar, read_car
from dealers.feeds.columns import ColumnMapper, suggest
from listings.catalogue import Finder, known_names, load_seed
from listings.catalogue.names import match_key
from listings.language.derivative import Catalogue, ParsedDerivative, read_title
from listings.language.query import Vocabulary, parse_query
from listings.models import Model
from tests import make
from tests.dealers.doors import writers
from tests.dealers.doors.cars import Car, cars, models
from tests.dealers.stock_api.caller import Caller, caller

pytestmark = pytest.mark.django_db
TODAY = date(2026, 11, 28)
KEPT = settings(suppress_health_check=[HealthCheck.function_scoped_fixture])
TOLD = frozenset({"kilometres_converted"})  # a note, and nothing odd
# Names that buyers mean otherwise, or that say more than one thing.
MEANT_OTHERWISE = {
    ("Audi", "Cabriolet"),
    ("London Taxis", "Fairway"),
    ("MINI", "Electric"),
    ("Skoda", "Yeti Outdoor"),
}
PARAMETERS = ("fuel", "transmission", "doors", "body_type", "colour")


def is_typed(car: Car) -> bool:
    return car.colour not in writers.NOT_TYPED


class Doors:
    """The catalogue, and what each door makes of a text."""

    def __init__(self, catalogue: Catalogue, api: Caller) -> None:
        self.catalogue, self.api = catalogue, api
        self.vocabulary = Vocabulary(catalogue)
        self.finder = Finder()
        rows = Model.objects.select_related("make")
        self.slugs = {(row.make.name, row.name): (row.make.slug, row.slug) for row in rows}
        self.ids = {(row.make_id, row.pk): (row.make.slug, row.slug) for row in rows}

    def row(self, cells: Mapping[str, str]) -> StagedCar:
        mapping = suggest(list(cells), [cells]).mapping()
        texts, _ = ColumnMapper(mapping).apply(cells)
        return read_car(texts, today=TODAY, catalogue=self.catalogue)

    def names(self, car: StagedCar) -> tuple[str, str] | None:
        found = self.finder.find(car.make, car.model)
        return None if found is None else self.ids[found]


@pytest.fixture
def doors() -> Doors:
    load_seed()
    return Doors(known_names(), caller(make.branch().dealer))


@KEPT
@given(data=st.data(), car=cars())
def test_a_title_says_what_the_car_is(doors: Doors, data: st.DataObject, car: Car) -> None:
    text = data.draw(writers.titles(car))
    found = read_title(text, doors.catalogue)
    assert (found.make, found.model) == doors.slugs[car.make, car.model], text
    assert _as_of(car, _of_derivative(found.parsed)) == _in_a_title(car), text


@KEPT
@given(data=st.data(), car=cars())
def test_a_row_of_a_feed_says_what_the_car_is(doors: Doors, data: st.DataObject, car: Car) -> None:
    cells = data.draw(writers.feed_rows(car))
    found = doors.row(cells)
    assert [each for each in found.warnings if each.code not in TOLD] == found.errors == [], cells
    assert doors.names(found) == doors.slugs[car.make, car.model]
    stated = {name: value for name, value in _facts(car).items() if value is not None}
    read = {name: found.values.get(name) for name in stated}
    assert _as_of(car, read) == stated, cells


@KEPT
@given(data=st.data(), car=cars())
def test_a_row_with_a_title_says_what_the_car_is(
    doors: Doors, data: st.DataObject, car: Car
) -> None:
    cells = data.draw(writers.feed_rows_with_titles(car))
    found = doors.row(cells)
    assert found.errors == []
    assert doors.names(found) == doors.slugs[car.make, car.model], cells
    stated = {name: value for name, value in _facts(car).items() if value is not None}
    if car.engine_cc is not None:
        stated["engine_cc"] = round(float(car.litres) * 1000)
    read = {name: found.values.get(name) for name in stated}
    assert _as_of(car, read) == stated, cells


@KEPT
@given(car=cars())
def test_a_dealers_system_says_what_the_car_is(doors: Doors, car: Car) -> None:
    answer = doors.api.post(body=writers.stock_body(car))
    assert answer.status_code == 201, answer.content
    body = answer.json()
    assert body["warnings"] == []
    assert (body["make"]["slug"], body["model"]["slug"]) == doors.slugs[car.make, car.model]
    assert {name: body[name] for name in _facts(car)} == _facts(car)


@KEPT
@given(data=st.data(), car=cars())
def test_a_derivative_of_a_dealers_system_says_what_the_car_is(
    doors: Doors, data: st.DataObject, car: Car
) -> None:
    body = writers.stock_body(car)
    sent = {name: body[name] for name in ("make", "model", "year", "mileage", "price")}
    derivative = data.draw(writers.derivatives(car))
    answer = doors.api.post(body={**sent, "derivative": derivative}).json()
    facts = {**_facts(car), "colour": None}
    if car.engine_cc is not None:
        facts["engine_cc"] = round(float(car.litres) * 1000)
    assert _as_of(car, {name: answer[name] for name in facts}) == facts, derivative


@KEPT
@given(data=st.data(), car=cars(except_for=MEANT_OTHERWISE).filter(is_typed))
def test_a_buyers_words_find_the_car(doors: Doors, data: st.DataObject, car: Car) -> None:
    text = data.draw(writers.phrases(car))
    asked = _as_of(car, _asked(doors, text))
    assert _without_kin(asked, car) == _wanted(doors, car), text


def test_every_word_of_a_phrase_says_its_value(doors: Doors) -> None:
    words = list(writers.typed_words())
    read = [(name, _asked(doors, f"{word} under £7,000"), word) for name, _, word in words]
    found = [(name, asked.get(name), word) for name, asked, word in read]
    assert found == [(name, [value], word) for name, value, word in words]


@pytest.mark.parametrize("first", range(0, len(models()), 100))
def test_every_model_is_known_at_every_door(doors: Doors, first: int) -> None:
    """A car of each model: its name alone must not lead astray."""
    expected, found = {}, {}
    for named in models()[first : first + 100]:
        maker, model = named
        slugs = expected[named] = doors.slugs[named]
        title = read_title(f"{maker} {model} 1.6 5dr Manual", doors.catalogue)
        row = doors.row({"Make": maker, "Model": model, "Year": "2016", "Mileage": "40000"})
        asked = _asked(doors, f"{maker} {model} manual")
        is_asked = asked["make"] == [slugs[0]] and slugs[1] in asked.get("model", [])
        found[named] = {
            "title": (title.make, title.model),
            "row": doors.names(row),
            "phrase": slugs if is_asked or named in MEANT_OTHERWISE else asked,
        }
    assert found == {
        named: dict.fromkeys(("title", "row", "phrase"), expected[named]) for named in found
    }


def _facts(car: Car) -> dict[str, Any]:
    body = writers.stock_body(car)
    return {name: value for name, value in body.items() if name not in ("make", "model")}


def _in_a_title(car: Car) -> dict[str, object]:
    return {
        "fuel": car.fuel,
        "transmission": car.transmission,
        "doors": car.doors,
        "body_type": car.body_type,
        "power_bhp": car.power_bhp,
        "battery_kwh": car.battery_kwh,
        "engine_litres": car.litres if car.engine_cc else None,
    }


def _of_derivative(parsed: ParsedDerivative) -> dict[str, object]:
    litres = parsed.engine_litres
    names = ("fuel", "transmission", "doors", "body_type", "battery_kwh")
    read = {name: getattr(parsed, name) for name in names}
    size = None if litres is None else f"{litres:.1f}"
    return {**read, "engine_litres": size, "power_bhp": parsed.brake_horsepower}


def _as_of(car: Car, read: dict[str, Any]) -> dict[str, Any]:
    """Return what was read, figures that came from other units as the car has them."""
    exact = {"mileage": car.mileage, "power_bhp": car.power_bhp, "power_bhp_min": car.power_bhp}
    near = {
        name: figure
        for name, figure in exact.items()
        if isinstance(read.get(name), int) and abs(read[name] - figure) <= 1
    }
    return {**read, **near}


def _asked(doors: Doors, text: str) -> dict[str, Any]:
    parsed = parse_query(text, doors.vocabulary, year=TODAY.year)
    return {**parsed.parameters, **({"ordering": parsed.ordering} if parsed.ordering else {})}


def _wanted(doors: Doors, car: Car) -> dict[str, Any]:
    maker, model = doors.slugs[car.make, car.model]
    cc = round(float(car.litres) * 1000)
    size = {"engine_cc_min": cc - 50, "engine_cc_max": cc + 49} if car.engine_cc else {}
    return {
        "make": [maker],
        "model": [model],
        **{name: [getattr(car, name)] for name in PARAMETERS},
        **size,
        "power_bhp_min": car.power_bhp,
        "price_max": car.price,
        "mileage_max": car.mileage,
        "year_min": car.year,
        "year_max": car.year,
    }


def _without_kin(asked: dict[str, Any], car: Car) -> dict[str, Any]:
    """Return the search without models that are this one with the fuel in its name."""
    own = [slug for slug in asked.get("model", []) if match_key(slug) == match_key(car.model)]
    return {**asked, "model": own} if own else asked
