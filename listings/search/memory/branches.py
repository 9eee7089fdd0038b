"""Where the branches are, and how far each advert is from a place: by its branch."""

import dataclasses
from collections.abc import Iterable, Iterator, Mapping
from itertools import chain

import numpy as np
import numpy.typing as npt
from pyroaring import BitMap

from listings.search.distance import VECTOR_SQL
from listings.search.engine import SeekPosition
from listings.search.memory.columns import MISSING, Column
from listings.search.ordering import Direction
from listings.search.places import Point
from listings.search.places.sphere import EARTH_RADIUS, Vector, vector
from marketplace.databases.binary_copy import row_type, rows_of

LOT_MIN = 1_024
_BEYOND = np.iinfo(np.int64).max  # an id that no branch has, so that a search always ends on one

_AXES = ", ".join(f"coalesce({axis}, 'NaN')" for axis in VECTOR_SQL)
SELECT = f"SELECT id, {_AXES} FROM dealers_branch"  # noqa: S608 - names of ours
_ROW = row_type([("id", ">i8"), *((axis, ">f8") for axis in "xyz")])


@dataclasses.dataclass(frozen=True)
class Branches:
    """Ids of the branches, and the places on the unit sphere (3 by n) of those that have one.

    Those that have one are in the order of their ids.
    """

    placed: npt.NDArray[np.int64]
    vectors: npt.NDArray[np.float64]
    unplaced: npt.NDArray[np.int64]


def read(stream: Iterable[bytes | bytearray | memoryview]) -> Branches:
    """Turn a binary COPY of `SELECT` into branches."""
    rows = np.concatenate(list(rows_of(stream, _ROW)))
    rows = rows[np.argsort(rows["id"])]
    ids = rows["id"].astype(np.int64)
    vectors = np.stack([rows[axis].astype(np.float64) for axis in "xyz"])
    has_place = ~np.isnan(vectors).any(axis=0)
    return Branches(ids[has_place], vectors[:, has_place], ids[~has_place])


def chords(vectors: npt.NDArray[np.float64], place: Vector) -> npt.NDArray[np.int32]:
    """Return the whole metres of chord from a place to each of some (3 by n) on the unit sphere."""
    x, y, z = place
    cosine = vectors[0] * x + vectors[1] * y + vectors[2] * z
    metres: npt.NDArray[np.int32] = np.floor(
        np.sqrt(np.abs(2.0 - 2.0 * cosine)) * EARTH_RADIUS
    ).astype(np.int32)
    return metres


class Distances:
    """How far the adverts are from a place, in metres of chord; a column that is looked up."""

    gather_max = 4_096  # a look-up is cheap: so many matches are better looked at one by one

    def __init__(
        self, near: Point, branches: Branches, branch_of: Column, doc_ids: Mapping[int, BitMap]
    ) -> None:
        """`branch_of` is the branch of each doc id, `doc_ids` the doc ids of each branch."""
        self._branch_of = branch_of
        self._doc_ids = doc_ids
        self._unplaced: Column = branches.unplaced
        metres = chords(branches.vectors, vector(near.latitude, near.longitude))
        order = np.argsort(metres)
        self._placed: Column = branches.placed[order]
        self._metres = metres[order]
        self._ids = np.append(branches.placed, _BEYOND)
        self._metres_of_id = np.append(metres, np.int32(MISSING))

    def __getitem__(self, doc_ids: Column) -> Column:
        ids = self._branch_of[doc_ids]
        found = np.searchsorted(self._ids, ids)
        return np.where(self._ids[found] == ids, self._metres_of_id[found], MISSING)

    def within(self, metres: int, among: BitMap) -> BitMap:
        """Return those of some doc ids that are at most so many metres away."""
        end = int(np.searchsorted(self._metres, metres, side="right"))
        if 2 * end <= len(self._placed):
            return among & self._union(self._placed[:end])
        return among - self._union(np.concatenate([self._placed[end:], self._unplaced]))

    def nearest(
        self, matches: BitMap, direction: Direction, seek: SeekPosition | None, count: int
    ) -> BitMap:
        return matches

    def walk(self, direction: Direction, seek: SeekPosition | None) -> Iterator[tuple[BitMap, int]]:
        """Yield doc ids in order from the distance of `seek` on, ties included, in lots."""
        is_backwards = seek is not None and seek.is_backwards
        is_upwards = direction.is_descending == is_backwards
        known, unknown = self._placed, self._unplaced
        if seek is not None:
            metres = seek.position.values[0]
            if metres is None:
                known = known if is_backwards else known[:0]
            else:
                known = self._from(metres, is_upwards)
                unknown = unknown[:0] if is_backwards else unknown
        run = known if is_upwards else known[::-1]
        parts = (unknown, run) if is_backwards else (run, unknown)
        yield from self._lots(chain.from_iterable(part.tolist() for part in parts))

    def _lots(self, ids: Iterable[int]) -> Iterator[tuple[BitMap, int]]:
        lot, last = BitMap(), 0
        for id_ in ids:
            if doc_ids := self._doc_ids.get(id_):
                lot, last = lot | doc_ids, doc_ids[0]
            if len(lot) >= LOT_MIN:
                yield lot, last
                lot = BitMap()
        if lot:
            yield lot, last

    def _from(self, metres: int, is_upwards: bool) -> Column:
        if is_upwards:
            return self._placed[np.searchsorted(self._metres, metres, side="left") :]
        return self._placed[: np.searchsorted(self._metres, metres, side="right")]

    def _union(self, ids: Column) -> BitMap:
        doc_ids = (self._doc_ids.get(id_) for id_ in ids.tolist())
        return BitMap.union(BitMap(), *(each for each in doc_ids if each is not None))
