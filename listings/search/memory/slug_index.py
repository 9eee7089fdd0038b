"""The slugs and outcodes that searches name things by, held beside the replica."""

import dataclasses
from collections import defaultdict
from collections.abc import Mapping
from typing import Self

from django.db.models import QuerySet

from listings.models import Make, Model, Outcode
from listings.search.criteria import Criteria
from listings.search.engine import NamedRow
from listings.search.places import Point, Precision, locate
from listings.search.references import References, dealers, resolve


@dataclasses.dataclass(frozen=True)
class SlugIndex:
    """Ids by slug; a model's slug can name models of several makes, so its makes stand with it.

    `named` tells the slug and the name of each id, by field.
    """

    makes: Mapping[str, int]
    models: Mapping[str, Mapping[int, int]]
    dealers: Mapping[str, int]
    outcodes: Mapping[str, tuple[float, float]]
    named: Mapping[str, Mapping[int, NamedRow]]

    @classmethod
    def load(cls) -> Self:
        models: dict[str, dict[int, int]] = defaultdict(dict)
        for slug, make_id, id_ in Model.objects.values_list("slug", "make_id", "id"):
            models[slug][make_id] = id_
        named = {"make": _named_rows(Make.objects.all()), "model": _named_rows(Model.objects.all())}
        named["dealer"] = _named_rows(dealers())
        return cls(
            makes={each.slug: id_ for id_, each in named["make"].items()},
            models=dict(models),
            dealers={each.slug: id_ for id_, each in named["dealer"].items()},
            outcodes={
                code: (latitude, longitude)
                for code, latitude, longitude in Outcode.objects.values_list(
                    "code", "latitude", "longitude"
                )
            },
            named=named,
        )

    def resolve(self, criteria: Criteria) -> References:
        """Look slugs and the place up; what is not known here may be new: the database decides."""
        try:
            makes = [self.makes[slug] for slug in criteria.make]
            models = [
                id_
                for slug in criteria.model
                for id_ in self._of_makes(self.models[slug], makes, slug)
            ]
            sellers = [self.dealers[slug] for slug in criteria.dealer]
            near = self._point(criteria)
        except (KeyError, ValueError):
            return resolve(criteria)
        return References(
            make=tuple(makes) or None,
            model=tuple(models) or None,
            dealer=tuple(sellers) or None,
            near=near,
        )

    def _point(self, criteria: Criteria) -> Point | None:
        if criteria.near is None:
            if criteria.within_miles is not None:
                raise KeyError("near")
            return None
        if criteria.near in self.outcodes:
            return Point(criteria.near, *self.outcodes[criteria.near], Precision.OUTCODE)
        return locate(criteria.near)

    def _of_makes(self, by_make: Mapping[int, int], makes: list[int], slug: str) -> list[int]:
        found = [id_ for make, id_ in by_make.items() if not makes or make in makes]
        if not found:
            raise KeyError(slug)
        return found


def _named_rows(rows: QuerySet) -> dict[int, NamedRow]:
    return {id_: NamedRow(slug, name) for id_, slug, name in rows.values_list("id", "slug", "name")}
