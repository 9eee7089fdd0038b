"""Nobody is told of the same advert at the same price twice."""

from collections.abc import Mapping
from typing import TypeAlias

import numpy as np
from django.db import connection, transaction
from psycopg import Connection, Cursor
from pyroaring import BitMap

from listings.buyers.percolator.standing_searches import Pairs
from listings.search.memory.bitmaps import doc_ids_of, grouped
from listings.search.memory.columns import Column

_LOCK = 5_432_000_013  # an advisory lock's number
_ID_MAX = 2**31 - 1

_TOLD = """
    SELECT entry.listing_id, entry.searches FROM listings_alertledgerentry entry
    JOIN unnest(%s::bigint[], %s::int[]) AS given (listing_id, price)
        ON entry.listing_id = given.listing_id AND entry.price IS NOT DISTINCT FROM given.price
"""
_WRITE = """
    INSERT INTO listings_alertledgerentry (listing_id, price, searches)
    SELECT * FROM unnest(%b::bigint[], %b::int[], %b::bytea[])
    ON CONFLICT (listing_id, price)
        DO UPDATE SET searches = excluded.searches, told_at = statement_timestamp()
"""
_Told: TypeAlias = list[tuple[int, BitMap]]


def enter_untold(pairs: Pairs, prices: Mapping[int, int | None]) -> Pairs:
    """Enter pairs at the adverts' prices of now, and return those that were not entered before.

    What tells them must be written in the same transaction: then each is told once, whoever else
    enters pairs and whenever a process is killed.
    """
    found = grouped(_within(pairs.adverts), _within(pairs.searches))
    with transaction.atomic(savepoint=False):
        before = _told([advert for advert, _ in found], prices)
        new, entries = [], []
        for advert, searches in found:
            told = before.get(advert)
            untold = searches if told is None else searches - told
            if untold:
                new.append((advert, untold))
                entries.append((advert, untold if told is None else told | untold))
        _write(entries, prices)
    return _pairs(new)


def _told(adverts: list[int], prices: Mapping[int, int | None]) -> dict[int, BitMap]:
    """Return who was told of some adverts at their prices; what others enter waits meanwhile."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_advisory_xact_lock(%s)", [_LOCK])
        cursor.execute(_TOLD, [adverts, [prices[each] for each in adverts]])
        return {advert: BitMap.deserialize(bytes(searches)) for advert, searches in cursor}


def _write(entries: _Told, prices: Mapping[int, int | None]) -> None:
    adverts = [advert for advert, _ in entries]
    bitmaps = [searches.serialize() for _, searches in entries]
    raw: Connection = connection.connection
    with Cursor(raw) as cursor:  # Django's would write the bytes out as text
        cursor.execute(_WRITE, [adverts, [prices[each] for each in adverts], bitmaps])


def _pairs(told: _Told) -> Pairs:
    searches = [doc_ids_of(each).astype(np.int64) for _, each in told]
    counts = [len(each) for each in searches]
    adverts = np.repeat(np.array([advert for advert, _ in told], dtype=np.int64), counts)
    return Pairs(np.concatenate([np.zeros(0, dtype=np.int64), *searches]), adverts)


def _within(ids: Column) -> Column:
    """Return ids, none of which may be beyond 32 bits; raises `OverflowError`."""
    if len(ids) and int(ids.max()) > _ID_MAX:
        raise OverflowError(int(ids.max()))
    return ids
