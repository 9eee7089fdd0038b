"""Saved searches in memory, as fresh as the database when asked: whom an advert is news to."""

import time
from collections.abc import Collection, Iterator, Mapping

import numpy as np
from django.db import connection

from listings.buyers.percolator.adverts import ChangedAdverts
from listings.buyers.percolator.standing_searches import Pairs, StandingSearches
from listings.buyers.percolator.truths import Truths
from listings.revisions import ReadMoment, TransactionSnapshot, one_moment
from listings.search.memory.columns import Column
from listings.search.memory.slug_index import SlugIndex

ROWS_AT_ONCE = 20_000
LOADED_SECONDS_MAX = 6 * 3_600.0
"""After so long all are read again, as what they name may be called otherwise by then."""

_COLUMNS = (
    "saved.id, saved.criteria::text, extract(epoch FROM saved.active_since) * 1000000,"
    " jsonb_exists(saved.criteria, 'price_rating')"
)
_ACTIVE = "saved.state = 'active' AND saved.criteria <> '{}'"
_ALL = f"SELECT {_COLUMNS} FROM listings_savedsearch AS saved WHERE {_ACTIVE}"  # noqa: S608
_CHANGED = f"""
    SELECT {_COLUMNS}, {_ACTIVE}
    FROM unnest(%s::xid8[], %s::xid8[]) AS span (low, high)
    JOIN listings_savedsearch AS saved ON saved.revision >= span.low AND saved.revision < span.high
"""  # noqa: S608 - texts of ours


class SearchMatcher:
    """Every active search, with the moment since which it is told of what happens."""

    def __init__(self) -> None:
        self._seen: TransactionSnapshot | None = None
        self._incarnation = ""
        self._loaded_at = time.monotonic()
        self._standing = StandingSearches((), SlugIndex.load())
        self._ids: Column = np.zeros(0, dtype=np.int64)
        self._since: Column = np.zeros(0, dtype=np.int64)
        self._asks_rating: Truths = np.zeros(0, dtype=np.bool_)

    @property
    def asks_for_ratings(self) -> bool:
        """Tell whether any search does."""
        return bool(self._asks_rating.any())

    def refresh(self) -> None:
        """Take in every search that was committed until now."""
        with one_moment() as moment:
            is_old = time.monotonic() > self._loaded_at + LOADED_SECONDS_MAX
            if is_old or not self._take_changes(moment) or self._standing.needs_rebuild:
                self._load()
            self._seen, self._incarnation = moment.snapshot, moment.incarnation

    def pairs(self, adverts: ChangedAdverts, happened_at: Column, rated_at: Column) -> Pairs:
        """Return whom adverts are news to: those who find them, and were there when it happened.

        To a search that asks for a rating it also happened when the advert got the rating it has.
        Both are microseconds since 1970, in the order of the adverts.
        """
        found = self._standing.matches(adverts)
        ids = adverts.columns["id"]
        order = np.argsort(ids)
        places = order[np.searchsorted(ids, found.adverts, sorter=order)]
        searches = np.searchsorted(self._ids, found.searches)
        rated = np.where(self._asks_rating[searches], rated_at[places], 0)
        is_news = np.maximum(happened_at[places], rated) > self._since[searches]
        return Pairs(found.searches[is_news], found.adverts[is_news])

    def _load(self) -> None:
        ids, since, asks_rating = list[int](), list[int](), list[bool]()

        def rows() -> Iterator[tuple[int, str]]:
            for id_, text, moment, asks in _all_rows():
                ids.append(id_)
                since.append(int(moment))
                asks_rating.append(asks)
                yield id_, text

        self._loaded_at = time.monotonic()
        self._standing = StandingSearches(rows(), SlugIndex.load())
        order = np.argsort(np.array(ids, dtype=np.int64))
        self._ids = np.array(ids, dtype=np.int64)[order]
        self._since = np.array(since, dtype=np.int64)[order]
        self._asks_rating = np.array(asks_rating, dtype=np.bool_)[order]

    def _take_changes(self, moment: ReadMoment) -> bool:
        """Take in what changed since the searches were read; False where that is not known."""
        if self._seen is None or not moment.remembers(self._seen, self._incarnation):
            return False
        spans = self._seen.unseen_until(moment.snapshot)
        lows, highs = zip(*spans, strict=True) if spans else ((), ())
        with connection.cursor() as cursor:
            cursor.execute(_CHANGED, [list(map(str, lows)), list(map(str, highs))])
            rows = cursor.fetchall()
        active = [row for *row, is_active in rows if is_active]
        ended = [id_ for id_, *_, is_active in rows if not is_active]
        if rows:
            self._standing.change(
                [(id_, text) for id_, text, *_ in active], ended, SlugIndex.load()
            )
        self._keep({id_: (int(since), asks) for id_, _, since, asks in active}, ended)
        return True

    def _keep(self, active: Mapping[int, tuple[int, bool]], ended: Collection[int]) -> None:
        """Remember of searches since when they are active, and whether they ask for a rating."""
        if not active and not ended:
            return
        known = ~np.isin(self._ids, _column([*active, *ended]))
        moments, asks = zip(*active.values(), strict=True) if active else ((), ())
        ids = np.concatenate([self._ids[known], _column(active)])
        order = np.argsort(ids)
        self._ids = ids[order]
        self._since = np.concatenate([self._since[known], _column(moments)])[order]
        added = np.array(asks, dtype=np.bool_)
        self._asks_rating = np.concatenate([self._asks_rating[known], added])[order]


def _all_rows() -> Iterator[tuple[int, str, int, bool]]:
    """Yield all active searches, some at a time: the answer is too large to be held whole."""
    with connection.chunked_cursor() as cursor:
        cursor.execute(_ALL)
        while rows := cursor.fetchmany(ROWS_AT_ONCE):
            yield from rows


def _column(values: Collection[int]) -> Column:
    return np.fromiter(values, dtype=np.int64, count=len(values))
