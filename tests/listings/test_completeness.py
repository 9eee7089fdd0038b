"""How complete an advert is, and what each fix is worth."""

from datetime import date
from typing import Any

import pytest

from listings.completeness import RULES, STATED, gaps_in, gaps_of, with_completeness
from listings.models import Listing, Photo
from tests import make

pytestmark = pytest.mark.django_db

COMPLETE: dict[str, Any] = {
    "description": "x" * 150,
    "features": ["Heated seats", "Sunroof", "Tow bar", "Camera", "Satnav"],
    "vrm": "AB15CDE",
    "service_history": "full",
    "body_type": "suv",
    "colour": "black",
    "owners": 2,
    "mot_expires_on": date(2027, 1, 1),
    "engine_cc": 2_993,
}


def photographed(row: Listing, count: int) -> Listing:
    for position in range(count):
        Photo.objects.create(listing=row, image="a.jpg", width=4, height=3, position=position)
    return row


def score(row: Listing) -> int:
    found: Any = with_completeness(Listing.objects.all()).get(pk=row.pk)
    return int(found.completeness)


def test_the_rules_make_a_hundred() -> None:
    assert sum(rule.points for rule in RULES) == 100


def test_an_advert_with_everything_is_complete() -> None:
    row = photographed(make.draft(**COMPLETE), 8)
    assert score(row) == 100
    assert gaps_of(row.pk) == (100, [])


def test_what_it_lacks_is_told_with_its_points_the_dearest_first() -> None:
    row = photographed(make.draft(**{**COMPLETE, "colour": None, "description": "short"}), 7)
    points, gaps = gaps_of(row.pk)
    assert [(gap.field, gap.points) for gap in gaps] == [
        ("description", 12),
        ("photos", 10),
        ("colour", 4),
    ]
    assert points == score(row) == 74


@pytest.mark.parametrize(
    ("field", "empty", "points"),
    [
        ("price", None, 15),
        ("vrm", None, 5),
        ("features", ["One"], 8),
        ("derivative", "", 3),
        ("fuel", None, 4),
        ("doors", None, 2),
        ("engine_cc", None, 3),
    ],
)
def test_each_field_is_worth_its_points(field: str, empty: Any, points: int) -> None:
    row = photographed(make.draft(**{**COMPLETE, field: empty}), 8)
    assert score(row) == 100 - points
    assert gaps_of(row.pk)[0] == 100 - points


def test_an_electric_car_states_its_battery_instead_of_an_engine() -> None:
    electric = {**COMPLETE, "engine_cc": None, "battery_kwh": 64, "fuel": "electric"}
    assert score(photographed(make.draft(**electric), 8)) == 100


def test_a_bare_advert_has_few_points() -> None:
    row = make.draft(price=None, derivative="", fuel=None, transmission=None, doors=None)
    assert score(row) == 0
    assert len(gaps_of(row.pk)[1]) == len(RULES)


@pytest.mark.parametrize("photos", [0, 1, 7, 8])
@pytest.mark.parametrize(
    "changes",
    [
        {},
        {"description": "", "features": [], "derivative": "", "price": None},
        {"fuel": None, "engine_cc": None},
        {"fuel": "hydrogen", "engine_cc": None},
        {"battery_kwh": "77.4", "engine_cc": None, "description": "ü" * 149},
        {"features": ["One", "Two", "Three", "Four"], "mot_expires_on": None, "vrm": None},
    ],
)
def test_what_is_being_written_is_measured_as_what_is_stored(
    changes: dict[str, Any], photos: int
) -> None:
    row = photographed(make.draft(**{**COMPLETE, **changes}), photos)
    written = {name: getattr(row, name) for name in STATED}
    assert gaps_in(written, photos=photos) == gaps_of(row.pk)


def test_an_empty_form_lacks_everything() -> None:
    points, gaps = gaps_in({}, photos=0)
    assert points == 0
    assert len(gaps) == len(RULES)
