"""What tells which car adverts are of, as it stands in the database, and who else has it."""

from collections import Counter, defaultdict
from collections.abc import Collection, Iterable, Mapping
from dataclasses import replace
from typing import Any, NamedTuple

from django.db import connection

from listings.models import CarClue
from listings.models.conditions import LIVE_SQL
from listings.photos.difference_hash import NO_HASH
from listings.physical_cars.partition import NAME_HOLDERS_MAX, PHOTO_HOLDERS_MAX, CarAdvert
from marketplace.digests import digest

PHOTOS_MAX = 8
"""Whoever takes an advert over takes its first photos."""

_Kind = CarClue.ClueKind
NAME_KINDS = frozenset({_Kind.VIN.value, _Kind.VRM.value})
PHOTO_KINDS = frozenset({_Kind.PHOTO.value, _Kind.PICTURE.value})
HOLDERS_MAX = dict.fromkeys(NAME_KINDS, NAME_HOLDERS_MAX) | dict.fromkeys(
    PHOTO_KINDS, PHOTO_HOLDERS_MAX
)


class Clue(NamedTuple):
    """What `CarClue` says, without whose it is."""

    kind: int
    number: int


Clues = Mapping[int, frozenset[Clue]]

_SAID = f"""
    WITH listing AS MATERIALIZED (
        SELECT id, status, vrm, vin FROM listings_listing WHERE id = ANY(%(ids)s::bigint[])
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
    UNION ALL
    SELECT DISTINCT photo.listing_id, {_Kind.PICTURE},
        hashtextextended('picture ' || photo.difference_hash, %(seed)s)
    FROM listing JOIN listings_photo AS photo ON photo.listing_id = listing.id
    WHERE {LIVE_SQL} AND photo.difference_hash <> {NO_HASH} AND photo.position < {PHOTOS_MAX}
"""  # noqa: S608 - put together from constants
# OFFSET: by the index for each advert, whatever the planner makes of a table that is being filled.
_KEPT = """
    SELECT given.id, clue.kind, clue.number FROM unnest(%(ids)s::bigint[]) AS given (id)
    CROSS JOIN LATERAL (
        SELECT kind, number FROM listings_carclue WHERE listing_id = given.id OFFSET 0
    ) AS clue
"""
_HOLDERS = """
    SELECT given.at, holder.ids
    FROM unnest(%(numbers)s::bigint[], %(leasts)s::int[], %(bounds)s::int[])
        WITH ORDINALITY AS given (number, least, bound, at)
    CROSS JOIN LATERAL (
        SELECT array_agg(listing_id) AS ids FROM (
            SELECT listing_id FROM listings_carclue
            WHERE number = given.number LIMIT given.bound + 1
        ) AS few
    ) AS holder
    WHERE cardinality(holder.ids) >= given.least
"""
_FORGET = """
    DELETE FROM listings_carclue
    USING unnest(%(ids)s::bigint[], %(kinds)s::smallint[], %(numbers)s::bigint[])
        AS gone (id, kind, number)
    WHERE listing_id = gone.id AND listings_carclue.number = gone.number
"""
_WRITE = """
    INSERT INTO listings_carclue (listing_id, kind, number)
    SELECT * FROM unnest(%(ids)s::bigint[], %(kinds)s::smallint[], %(numbers)s::bigint[])
    ON CONFLICT DO NOTHING
"""
_FACTS = """
    SELECT id, model_id, year, mileage, colour FROM listings_listing
    WHERE id = ANY(%(ids)s::bigint[])
"""


class Sharers(NamedTuple):
    """Who shares the clues asked for: the adverts of each, and the clues that too many have."""

    asked: Collection[Clue]
    ids: dict[Clue, list[int]]
    too_many: set[Clue]


def said(ids: Collection[int]) -> Clues:
    """Return the clues that adverts have now. The hash is seeded: nobody can try marks out."""
    seed = int(digest("clue of a car", "")[:15], 16)
    return _clues(_SAID, {"ids": _array(ids), "seed": seed})


def kept(ids: Collection[int]) -> Clues:
    """Return the clues that were written."""
    return _clues(_KEPT, {"ids": _array(ids)})


def rewritten(ids: Collection[int], now: Clues) -> tuple[set[int], Sharers]:
    """Write the clues of adverts; return whom that concerns, and who shares these clues now.

    Everybody is concerned who shares a clue with them, as they were or as they are, but for clues
    that too many had and have. As a batch may give many one clue, so many more are looked up.
    """
    before = kept(ids)
    gone = _beyond(before, now)
    new = _beyond(now, before)
    _write(_FORGET, gone)
    _write(_WRITE, new)
    more, fewer = (Counter(clue for _, clue in pairs) for pairs in (new, gone))
    touched = {clue for each in (before, now) for have in each.values() for clue in have}
    found = _holders(touched, more, fewer)
    concerned = {
        id_
        for clue, holders in found.items()
        if len(holders) - max(0, more[clue] - fewer[clue]) <= HOLDERS_MAX[clue.kind]
        for id_ in holders
    }
    return concerned.union(ids), _sharers(touched, found)


def sharers(clues: Collection[Clue]) -> Sharers:
    """Return who shares each clue, where there are several."""
    return _sharers(clues, _holders(clues, Counter(), Counter()))


def facts(ids: Collection[int]) -> dict[int, CarAdvert]:
    """Return the adverts that are there, with their facts and without any clue."""
    rows = _rows(_FACTS, {"ids": _array(ids)}) if ids else []
    return {
        id_: CarAdvert(id_, model=model, year=year, mileage=mileage, colour=colour)
        for id_, model, year, mileage, colour in rows
    }


def with_clues(advert: CarAdvert, clues: Iterable[Clue]) -> CarAdvert:
    """Return an advert with its facts and these clues."""
    names: dict[int, int] = {}
    photos = []
    for kind, number in clues:
        if kind in PHOTO_KINDS:
            photos.append(number)
        else:
            names[kind] = number
    return replace(
        advert, vin=names.get(_Kind.VIN), vrm=names.get(_Kind.VRM), photos=frozenset(photos)
    )


def _beyond(these: Clues, those: Clues) -> list[tuple[int, Clue]]:
    nothing: frozenset[Clue] = frozenset()
    return [(id_, clue) for id_ in these for clue in these[id_] - those.get(id_, nothing)]


def _write(statement: str, pairs: Collection[tuple[int, Clue]]) -> None:
    if pairs:
        values = {
            "ids": _array(id_ for id_, _ in pairs),
            "kinds": _array(clue.kind for _, clue in pairs),
            "numbers": _array(clue.number for _, clue in pairs),
        }
        with connection.cursor() as cursor:
            cursor.execute(statement, values)


def _holders(
    clues: Collection[Clue], more: Mapping[Clue, int], fewer: Mapping[Clue, int]
) -> dict[Clue, list[int]]:
    """Return who has each clue where several do: one more than may, and `more` than that.

    Of a clue that `fewer` have than before it may be one alone.
    """
    if not clues:
        return {}
    asked = list(clues)
    bounds = (HOLDERS_MAX[clue.kind] + more[clue] for clue in asked)
    values = {
        "numbers": _array(clue.number for clue in asked),
        "leasts": _array(1 if fewer[clue] else 2 for clue in asked),
        "bounds": _array(bounds),
    }
    return {asked[at - 1]: ids for at, ids in _rows(_HOLDERS, values)}


def _sharers(asked: Collection[Clue], found: Mapping[Clue, list[int]]) -> Sharers:
    too_many = {clue for clue, ids in found.items() if len(ids) > HOLDERS_MAX[clue.kind]}
    return Sharers(asked, {clue: found[clue] for clue in found if clue not in too_many}, too_many)


def _clues(statement: str, values: Mapping[str, Any]) -> Clues:
    found: dict[int, set[Clue]] = defaultdict(set)
    for id_, kind, number in _rows(statement, values):
        found[id_].add(Clue(kind, number))
    return {id_: frozenset(each) for id_, each in found.items()}


def _rows(statement: str, values: Mapping[str, Any]) -> list[tuple]:
    with connection.cursor() as cursor:
        cursor.execute(statement, values)
        return list(cursor.fetchall())


def _array(numbers: Iterable[int]) -> str:
    """Return an array as PostgreSQL writes it, which is quicker than to adapt each number."""
    return "{" + ",".join(map(str, numbers)) + "}"
