"""What buyers wish for: which adverts have it, and the order that follows from that."""

import threading
import time
from collections import OrderedDict
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass

import numpy as np
from psycopg import Connection
from pyroaring import BitMap

from listings.choices import Equipment
from listings.models.words import as_query
from listings.search.engine import SeekPosition
from listings.search.memory.bitmaps import bitmap
from listings.search.memory.columns import Column
from listings.search.memory.store import Snapshot, find
from listings.search.ordering import Direction, Position
from listings.search.wishes import HAVING_SQL, named_equipment
from marketplace.databases.binary_copy import row_type, rows_of
from marketplace.databases.read_routes import read_connection

KEPT_SECONDS = 60
KEPT_MAX = 500  # phrases
KEPT_ADVERTS_MAX = 4_000_000  # adverts that the phrases kept have between them: some 40 MB
_ID = row_type([("id", ">i8")])
_EQUIPMENT = {value: code for code, value in enumerate(Equipment.values, start=1)}
_BEYOND = 1 << 62  # an id that no advert has


@dataclass(frozen=True)
class _Answer:
    """The adverts that have a phrase, as of a moment, by id and as doc ids of a store."""

    ids: Column
    read_at: float
    base: BitMap
    size: int
    doc_ids: BitMap


class WordsInTexts:
    """Which adverts have a phrase in their features or description.

    PostgreSQL is asked, and its answer kept for a minute. In a snapshot of another store their doc
    ids are found anew; in one that has only grown, among those that came.
    """

    def __init__(self) -> None:
        self._kept: OrderedDict[str, _Answer] = OrderedDict()
        self._lock = threading.Lock()

    def wishes(self, phrases: Iterable[str], snapshot: Snapshot) -> tuple[BitMap, ...]:
        """Return the doc ids of the adverts that have each phrase, anywhere or by another name."""
        return tuple(
            snapshot.words.having(phrase.split())
            | self.having(phrase, snapshot)
            | _equipped(phrase, snapshot)
            for phrase in phrases
        )

    def having(self, phrase: str, snapshot: Snapshot) -> BitMap:
        before = self._kept.get(phrase)
        if before is None or time.monotonic() - before.read_at > KEPT_SECONDS:
            before = None
            ids, read_at = _read(phrase), time.monotonic()
        else:
            ids, read_at = before.ids, before.read_at
        if before is None or before.base is not snapshot.base:
            doc_ids, size = snapshot.ids.in_base(ids), len(snapshot.base)
        else:
            doc_ids, size = before.doc_ids, before.size
        if size < snapshot.size:
            later = np.flatnonzero(find(snapshot.columns["id"][size : snapshot.size], ids)[1])
            doc_ids = doc_ids | bitmap(later + size)
        size = max(size, snapshot.size)
        self._keep(phrase, _Answer(ids, read_at, snapshot.base, size, doc_ids))
        return doc_ids

    def _keep(self, phrase: str, answer: _Answer) -> None:
        with self._lock:
            self._kept[phrase] = answer
            self._kept.move_to_end(phrase)
            total = sum(len(each.ids) for each in self._kept.values())
            while len(self._kept) > KEPT_MAX or (total > KEPT_ADVERTS_MAX and len(self._kept) > 1):
                _, oldest = self._kept.popitem(last=False)
                total -= len(oldest.ids)


class WishesMet:
    """How many wishes each advert meets: a column that is looked up."""

    def __init__(self, wishes: Sequence[BitMap]) -> None:
        self._wishes = wishes

    def __getitem__(self, doc_ids: Sequence[int]) -> Column:
        met = [sum(doc_id in wish for wish in self._wishes) for doc_id in doc_ids]
        return np.array(met, dtype=np.int64)

    def tiers(self, matches: BitMap) -> list[BitMap]:
        """Return the matches that meet no wish, one, two and so on."""
        at_least = [matches]
        for wish in self._wishes:
            meeting = [each & wish for each in at_least]
            at_least = [
                more | fewer for more, fewer in zip([*at_least[1:], BitMap()], meeting, strict=True)
            ]
            at_least.insert(0, matches)
        return [each - more for each, more in zip(at_least, [*at_least[1:], BitMap()], strict=True)]


def segments(
    tiers: Sequence[BitMap], order: tuple[Direction, ...], seek: SeekPosition | None
) -> Iterator[tuple[BitMap, SeekPosition | None]]:
    """Yield the tiers that are read one after the other from `seek` on, and where each begins.

    `order` is that within a tier.
    """
    is_backwards = seek is not None and seek.is_backwards
    first = None if seek is None else seek.position.values[0]
    numbers = range(len(tiers)) if is_backwards else range(len(tiers) - 1, -1, -1)
    for met in numbers:
        if seek is not None and met == first:
            place = Position(seek.position.values[1:], seek.position.id)
            yield tiers[met], SeekPosition(place, is_backwards)
        elif first is None or (met > first) == is_backwards:
            yield tiers[met], _end_of(order) if is_backwards else None


def _equipped(phrase: str, snapshot: Snapshot) -> BitMap:
    named = named_equipment(phrase)
    return snapshot.values.doc_ids["equipment"].get(_EQUIPMENT.get(named or "", 0), BitMap())


def _end_of(order: tuple[Direction, ...]) -> SeekPosition:
    """Return the place behind everything, to read backwards from."""
    id_ = -_BEYOND if order[-1].is_descending else _BEYOND
    return SeekPosition(Position((None,) * len(order), id_), is_backwards=True)


def _read(phrase: str) -> Column:
    """Return the ids of the adverts that have a phrase, ascending."""
    reading = read_connection()
    reading.ensure_connection()
    raw: Connection = reading.connection
    with raw.transaction(), raw.cursor() as cursor:
        # The planner does not count what it costs to fetch words that are kept out of their rows.
        cursor.execute("SET LOCAL enable_seqscan = off")
        with cursor.copy(HAVING_SQL, [as_query(phrase)]) as stream:
            ids = np.concatenate([rows["id"] for rows in rows_of(stream, _ID)])
        cursor.execute("SET LOCAL enable_seqscan TO DEFAULT")
    return np.sort(ids.astype(np.int64))
