"""From the slugs in a search to the rows they name."""

import dataclasses
from collections.abc import Iterable, Mapping
from typing import Any

from django.db.models import QuerySet

from listings.models import Listing, Make, Model
from listings.search.criteria import FIELDS, Criteria
from listings.search.fields import Range, Slugs
from listings.search.places import Point, locate
from listings.search.slug_hints import no_such
from marketplace.errors import Invalid


@dataclasses.dataclass(frozen=True)
class References:
    """Ids of the rows that a search names, and the point of its place; None where it has none."""

    make: tuple[int, ...] | None = None
    model: tuple[int, ...] | None = None
    dealer: tuple[int, ...] | None = None
    near: Point | None = None


def resolve(criteria: Criteria) -> References:
    """Look up every slug and place of a search. Raises `Invalid`, naming what names nothing."""
    refused: dict[str, list[str]] = {}
    makes = _ids(Make.objects.all(), "make", criteria, refused)
    models = Model.objects.filter(make__in=makes) if makes else Model.objects.all()
    model_ids = _ids(models, "model", criteria, refused)
    dealer_ids = _ids(dealers(), "dealer", criteria, refused)
    near = _point(criteria, refused)
    if refused:
        raise Invalid(f"Not accepted: {', '.join(sorted(refused))}.", fields=refused)
    return References(make=makes, model=model_ids, dealer=dealer_ids, near=near)


def chosen_values(name: str, criteria: Criteria, references: References) -> tuple[Any, ...]:
    """Return the values that a search filters a field by, rows by their ids; of a range none."""
    field = FIELDS.get(name)
    if isinstance(field, Slugs):
        return getattr(references, name) or ()
    value = getattr(criteria, name) if field else ()
    return value if isinstance(value, tuple) and not isinstance(value, Range) else ()


def branches() -> QuerySet:
    """Every branch, found like the dealers."""
    branches: Any = Listing.branch.field.related_model
    rows: QuerySet = branches.objects.all()
    return rows


def dealers() -> QuerySet:
    """Public dealers, found through the relation: listings does not import dealers."""
    dealers: Any = Listing.dealer.field.related_model
    rows: QuerySet = dealers.objects.public()
    return rows


def _ids(
    rows: QuerySet, name: str, criteria: Criteria, refused: dict[str, list[str]]
) -> tuple[int, ...] | None:
    slugs: tuple[str, ...] = getattr(criteria, name)
    if not slugs:
        return None
    found: Mapping[str, list[int]] = _by_slug(rows.filter(slug__in=slugs).values_list("slug", "id"))
    if missing := [slug for slug in slugs if slug not in found]:
        refused[name] = no_such(name, missing, rows, criteria.make)
    return tuple(sorted(row for ids in found.values() for row in ids))


def _point(criteria: Criteria, refused: dict[str, list[str]]) -> Point | None:
    if criteria.near is None:
        if criteria.within_miles is not None:
            refused["within_miles"] = ["Miles from where? This needs the parameter near."]
        return None
    try:
        return locate(criteria.near)
    except ValueError as error:
        refused["near"] = [str(error)]
        return None


def _by_slug(pairs: Iterable[tuple[str, int]]) -> dict[str, list[int]]:
    grouped: dict[str, list[int]] = {}
    for slug, row in pairs:
        grouped.setdefault(slug, []).append(row)
    return grouped
