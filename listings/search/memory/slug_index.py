"""The slugs and outcodes that searches name things by, held beside the replica."""

import dataclasses
from collections import defaultdict
from collections.abc import Mapping
from typing import Self

from django.db import connections, router
from django.db.models import QuerySet

from listings.models import Make, Model, Outcode
from listings.revisions import TransactionSnapshot
from listings.search.criteria import Criteria
from listings.search.engine import CardBranch, KnownNames, NamedRow
from listings.search.places import Point, Precision, locate
from listings.search.references import References, branches, dealers, resolve


@dataclasses.dataclass(frozen=True)
class SlugIndex:
    """Ids by slug; a model's slug can name models of several makes, so its makes stand with it.

    `known` tells what each id is called.
    """

    makes: Mapping[str, int]
    models: Mapping[str, Mapping[int, int]]
    dealers: Mapping[str, int]
    outcodes: Mapping[str, tuple[float, float]]
    known: KnownNames

    @classmethod
    def load(cls) -> Self:
        database = router.db_for_read(Make)  # one, so that all is as new as the snapshot says
        snapshot = _snapshot(database)
        models: dict[str, dict[int, int]] = defaultdict(dict)
        rows = Model.objects.using(database).values_list("slug", "make_id", "id")
        for slug, make_id, id_ in rows:
            models[slug][make_id] = id_
        tables = {"make": Make.objects.all(), "model": Model.objects.all(), "dealer": dealers()}
        named = {name: _named_rows(table.using(database)) for name, table in tables.items()}
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
            known=KnownNames(named, _branches(database), snapshot),
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
        return self.locate(criteria.near)

    def locate(self, near: str) -> Point:
        """Return where a place of a search is; raises `ValueError` for one that is none."""
        if near in self.outcodes:
            return Point(near, *self.outcodes[near], Precision.OUTCODE)
        return locate(near)

    def _of_makes(self, by_make: Mapping[int, int], makes: list[int], slug: str) -> list[int]:
        found = [id_ for make, id_ in by_make.items() if not makes or make in makes]
        if not found:
            raise KeyError(slug)
        return found


def _named_rows(rows: QuerySet) -> dict[int, NamedRow]:
    return {id_: NamedRow(slug, name) for id_, slug, name in rows.values_list("id", "slug", "name")}


def _branches(database: str) -> dict[int, CardBranch]:
    rows = branches().using(database).values_list("id", *CardBranch._fields)
    return {id_: CardBranch(*values) for id_, *values in rows}


def _snapshot(database: str) -> TransactionSnapshot:
    """Return what all that is read after this sees at least.

    A standby does not list the transactions that are running: there it is what ended before any.
    """
    with connections[database].cursor() as cursor:
        cursor.execute(
            "SELECT CASE WHEN pg_is_in_recovery()"
            " THEN concat(pg_snapshot_xmin(now), ':', pg_snapshot_xmin(now), ':')"
            " ELSE now::text END FROM pg_current_snapshot() AS now"
        )
        return TransactionSnapshot.parse(cursor.fetchone()[0])
