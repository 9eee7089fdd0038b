"""What tells which car adverts are of, as it stands in the database, and who else has it."""

from collections import defaultdict
from collections.abc import Collection, Iterable, Mapping
from typing import Any, NamedTuple

from django.db import connection

from listings.models import CarClue
from listings.models.conditions import LIVE_SQL
from listings.physical_cars.partition import NAME_HOLDERS_MAX, PHOTO_HOLDERS_MAX, CarAdvert
from marketplace.digests import digest

PHOTOS_MAX = 8
"""Whoever takes an advert over takes its first photos."""

_Kind = CarClue.ClueKind
_HOLDERS_MAX = {
    _Kind.VIN: NAME_HOLDERS_MAX,
    _Kind.VRM: NAME_HOLDERS_MAX,
    _Kind.PHOTO: PHOTO_HOLDERS_MAX,
}


class Clue(NamedTuple):
    """What `CarClue` says, without whose it is."""

    kind: int
    number: int


Clues = Mapping[int, frozenset[Clue]]

_SAID = f"""
    WITH listing AS MATERIALIZED (
        SELECT id, status, vrm, vin FROM listings_listing WHERE id = ANY(%(ids)s)
    )
    SELECT id, {_Kind.VIN}, hashtextextended('vin ' || vin, %(seed)s) FROM listing
    WHERE vin IS NOT NULL
    UNION ALL
    SELECT id, {_Kind.VRM}, hashtextextended('vrm ' || vrm, %(seed)s) FROM listing
    WHERE vrm IS NOT NULL
    UNION ALL
    SELECT DISTINCT photo.listing_id, {_Kind.PHOTO},
        hashtextextended('photo ' || source.digest, %(seed)s)
    FROM listing JOIN listings_photo AS photo ON photo.listing_id = listing.id
    JOIN listings_photosource AS source ON source.id = photo.source_id
    WHERE {LIVE_SQL} AND source.digest <> '' AND photo.position < {PHOTOS_MAX}
"""  # noqa: S608 - put together from constants
_KEPT = "SELECT listing_id, kind, number FROM listings_carclue WHERE listing_id = ANY(%(ids)s)"
_HOLDERS = """
    SELECT given.kind, given.number, holder.listing_id
    FROM unnest(%(kinds)s::smallint[], %(numbers)s::bigint[], %(bounds)s::int[])
        AS given (kind, number, bound)
    CROSS JOIN LATERAL (
        SELECT listing_id FROM listings_carclue
        WHERE number = given.number LIMIT given.bound + 1
    ) AS holder
"""
_FORGET = """
    DELETE FROM listings_carclue USING unnest(%(ids)s::bigint[], %(numbers)s::bigint[])
        AS gone (id, number)
    WHERE listing_id = gone.id AND listings_carclue.number = gone.number
"""
_WRITE = """
    INSERT INTO listings_carclue (listing_id, kind, number)
    SELECT * FROM unnest(%(ids)s::bigint[], %(kinds)s::smallint[], %(numbers)s::bigint[])
    ON CONFLICT DO NOTHING
"""
_FACTS = """
    SELECT id, model_id, year, mileage, colour FROM listings_listing WHERE id = ANY(%(ids)s)
"""


def said(ids: Collection[int]) -> Clues:
    """Return the clues that adverts have now. The hash is seeded: nobody can try marks out."""
    seed = int(digest("clue of a car", "")[:15], 16)
    return _clues(_SAID, {"ids": list(ids), "seed": seed})


def kept(ids: Collection[int]) -> Clues:
    """Return the clues that were written."""
    return _clues(_KEPT, {"ids": list(ids)})


def write(before: Clues, now: Clues) -> None:
    """Write what differs."""
    gone = [(id_, clue) for id_ in before for clue in before[id_] - now.get(id_, frozenset())]
    new = [(id_, clue) for id_ in now for clue in now[id_] - before.get(id_, frozenset())]
    for statement, pairs in ((_FORGET, gone), (_WRITE, new)):
        if pairs:
            _run(
                statement,
                {
                    "ids": [id_ for id_, _ in pairs],
                    "kinds": [clue.kind for _, clue in pairs],
                    "numbers": [clue.number for _, clue in pairs],
                },
            )


def holders(clues: Iterable[Clue]) -> dict[Clue, list[int]]:
    """Return the adverts that have each clue; none where too many have it to tell a car."""
    asked = list(clues)
    bounds = [_HOLDERS_MAX[_Kind(clue.kind)] for clue in asked]
    found: dict[Clue, list[int]] = defaultdict(list)
    values = {
        "kinds": [clue.kind for clue in asked],
        "numbers": [clue.number for clue in asked],
        "bounds": bounds,
    }
    for kind, number, id_ in _rows(_HOLDERS, values):
        found[Clue(kind, number)].append(id_)
    for clue, bound in zip(asked, bounds, strict=True):
        if len(found[clue]) > bound:
            found[clue] = []
    return found


def adverts(clues: Clues) -> list[CarAdvert]:
    """Return adverts that are there with these clues, and the facts."""
    return [
        CarAdvert(
            id_,
            vin=_one(clues[id_], _Kind.VIN),
            vrm=_one(clues[id_], _Kind.VRM),
            photos=frozenset(each.number for each in clues[id_] if each.kind == _Kind.PHOTO),
            model=model,
            year=year,
            mileage=mileage,
            colour=colour,
        )
        for id_, model, year, mileage, colour in _rows(_FACTS, {"ids": list(clues)})
    ]


def _one(clues: frozenset[Clue], kind: int) -> int | None:
    return next((each.number for each in clues if each.kind == kind), None)


def _clues(statement: str, values: Mapping[str, Any]) -> Clues:
    found: dict[int, set[Clue]] = defaultdict(set)
    for id_, kind, number in _rows(statement, values):
        found[id_].add(Clue(kind, number))
    return {id_: frozenset(each) for id_, each in found.items()}


def _rows(statement: str, values: Mapping[str, Any]) -> list[tuple]:
    with connection.cursor() as cursor:
        cursor.execute(statement, values)
        return list(cursor.fetchall())


def _run(statement: str, values: Mapping[str, Any]) -> None:
    with connection.cursor() as cursor:
        cursor.execute(statement, values)
