"""How complete an advert is, out of 100, and what each thing it lacks is worth.

One table of rules, worked out by the database, so that a list can filter and sort by the figure;
what is still being written is measured by the same rules.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from functools import reduce
from operator import add
from typing import Any

from django.db import connection
from django.db.models import (
    BooleanField,
    Case,
    Exists,
    IntegerField,
    OuterRef,
    Q,
    QuerySet,
    Value,
    When,
)
from django.db.models.expressions import Combinable
from django.db.models.functions import Cast, Length
from django.db.models.sql import Query
from django.db.models.sql.constants import SINGLE

from listings.choices import Fuel
from listings.models import Listing, Photo

STORY_LENGTH = 150
FEATURES = 5
PHOTOS = 8


@dataclass(frozen=True)
class CompletenessRule:
    """Something buyers look for: how to get it, its points, and the field of the form it is in."""

    advice: str
    points: int
    field: str
    is_met: Q


@dataclass(frozen=True)
class Gap:
    """What an advert lacks, and the points it would gain."""

    advice: str
    points: int
    field: str


def _stated(advice: str, points: int, field: str) -> CompletenessRule:
    return CompletenessRule(advice, points, field, Q(**{f"{field}__isnull": False}))


RULES = (
    CompletenessRule("Add a photo", 15, "photos", Q(photographed=True)),
    _stated("State a price: adverts on application are passed over", 15, "price"),
    CompletenessRule(f"Show {PHOTOS} photos or more", 10, "photos", Q(well_photographed=True)),
    CompletenessRule(
        f"Tell its story in {STORY_LENGTH} characters or more",
        12,
        "description",
        Q(story_length__gte=STORY_LENGTH),
    ),
    CompletenessRule(
        f"List {FEATURES} features or more", 8, "features", Q(features__len__gte=FEATURES)
    ),
    CompletenessRule(
        "Write the derivative, such as 1.5 TSI SE 5dr", 3, "derivative", ~Q(derivative="")
    ),
    _stated("Enter the registration mark", 5, "vrm"),
    _stated("State the service history", 5, "service_history"),
    _stated("State the fuel", 4, "fuel"),
    _stated("State the gearbox", 4, "transmission"),
    _stated("State the body type", 4, "body_type"),
    _stated("State the colour", 4, "colour"),
    _stated("State how many owners it had", 3, "owners"),
    _stated("State when its MOT expires", 3, "mot_expires_on"),
    CompletenessRule(
        "State the engine's size, or the battery's",
        3,
        "engine_cc",
        Q(engine_cc__isnull=False) | Q(battery_kwh__isnull=False) | Q(fuel=Fuel.HYDROGEN),
    ),
    _stated("State the doors", 2, "doors"),
)

_MET = {
    f"met_{number}": Case(
        When(rule.is_met, then=Value(True)), default=False, output_field=BooleanField()
    )
    for number, rule in enumerate(RULES)
}
_LOOKED_AT = frozenset({"photographed", "well_photographed", "story_length"})
STATED = frozenset().union(*(rule.is_met.referenced_base_fields for rule in RULES)) - _LOOKED_AT | {
    "description"
}
"""The fields of an advert that the rules ask about."""


def with_completeness(rows: QuerySet[Any]) -> QuerySet[Any]:
    """Return these adverts with their `completeness`, 0 to 100, to show, filter and sort by."""
    found: QuerySet[Any] = _looked_at(rows).annotate(completeness=_score())
    return found


def gaps_of(listing_id: int) -> tuple[int, list[Gap]]:
    """Return an advert's completeness and what it lacks, what gains most first."""
    rows = _looked_at(Listing.objects.filter(pk=listing_id)).annotate(**_MET)
    row = rows.values_list(*_MET).first() or (False,) * len(_MET)
    return _told(row)


def gaps_in(values: Mapping[str, Any], *, photos: int) -> tuple[int, list[Gap]]:
    """Return what `gaps_of` would of an advert that says this and has so many photos.

    `values` are by the names in `STATED`; what is missing is not stated. No row is read or
    written: the database is asked about the values alone, as `Q.check` does it.
    """
    query = Query(None)
    for field in Listing._meta.concrete_fields:
        if field.name in STATED:
            given = Cast(Value(values.get(field.name)), field)
            query.add_annotation(given, field.name, select=False)
    for name, value in (
        ("photographed", photos > 0),
        ("well_photographed", photos >= PHOTOS),
        ("story_length", len(values.get("description") or "")),
    ):
        query.add_annotation(Value(value), name, select=False)
    for name, met in _MET.items():
        query.add_annotation(met, name)
    return _told(query.get_compiler(connection=connection).execute_sql(SINGLE))


def _told(met: Iterable[bool]) -> tuple[int, list[Gap]]:
    """Return the points and the gaps, from whether each rule is met."""
    lacking = [rule for rule, is_met in zip(RULES, met, strict=True) if not is_met]
    gaps = [Gap(rule.advice, rule.points, rule.field) for rule in lacking]
    points = 100 - sum(gap.points for gap in gaps)
    return points, sorted(gaps, key=lambda gap: -gap.points)


def _looked_at(rows: QuerySet[Any]) -> QuerySet[Any]:
    """Positions of photos have no holes: where there is a 7 there are eight."""
    photos = Photo.objects.filter(listing=OuterRef("pk"))
    found: QuerySet[Any] = rows.alias(
        photographed=Exists(photos.filter(position=0)),
        well_photographed=Exists(photos.filter(position=PHOTOS - 1)),
        story_length=Length("description"),
    )
    return found


def _score() -> Combinable:
    points: list[Combinable] = [
        Case(When(rule.is_met, then=rule.points), default=0, output_field=IntegerField())
        for rule in RULES
    ]
    return reduce(add, points)
