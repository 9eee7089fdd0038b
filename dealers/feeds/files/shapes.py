"""Which of the objects or elements in a nested file are its rows."""

from collections import Counter, defaultdict
from typing import NamedTuple

Path = tuple[str, ...]

_CAR = frozenset(["vehicle", "car", "advert", "listing", "stockitem", "automobile", "usedcar"])
_ROW = frozenset(["item", "entry", "row", "record", "result", "product", "unit", "offer", "ad"])
_CARS = frozenset(f"{name}s" for name in _CAR) | {"stock", "stocklist", "inventory", "usedvehicles"}
_ROWS = frozenset(f"{name}s" for name in _ROW) | {"entries", "data"}


def names_rows(name: str) -> bool:
    """Whether an array or an element of this name is expected to hold the rows."""
    return _plain(name) in _CAR | _ROW | _CARS | _ROWS


class Shape:
    """What a file's beginning shows: how often a path occurs, and the leaves below it.

    Arrays are named for all that they hold (`vehicles`), elements for the one that they are.
    """

    def __init__(self, *, of_arrays: bool) -> None:
        self._cars = _CAR | _CARS if of_arrays else _CAR
        self._known = self._cars | (_ROW | _ROWS if of_arrays else _ROW)
        self.counts: Counter[Path] = Counter()
        self._leaves: defaultdict[Path, set[str]] = defaultdict(set)

    def add_leaf(self, ancestors: list[Path], name: str) -> None:
        for path in ancestors:
            self._leaves[path].add(name)

    def leaves_of(self, path: Path) -> int:
        return len(self._leaves[path])

    def rows(self) -> Path | None:
        """Return the path of the rows: by a known name, or the first one that repeats."""
        candidates = [
            _Candidate(path, _name(path), self.counts[path], self.leaves_of(path))
            for path in sorted(self.counts, key=len)
        ]
        by_name = [each for each in candidates if each.leaves >= 2 and each.name in self._known]
        inside = _most_inside([each for each in by_name if each.name in self._cars])
        for each in by_name:
            if inside[each.path] <= each.times:
                return each.path
        for least in (2, 1):
            for each in candidates:
                if each.times >= least and each.leaves >= 3 and len(each.path) > 1:
                    return each.path
        return candidates[0].path if candidates else None


class _Candidate(NamedTuple):
    path: Path
    name: str
    times: int
    leaves: int


def _most_inside(candidates: list[_Candidate]) -> Counter[Path]:
    """Return how often the most frequent of them occurs below a path."""
    most: Counter[Path] = Counter()
    for each in candidates:
        for length in range(len(each.path)):
            above = each.path[:length]
            most[above] = max(most[above], each.times)
    return most


def _name(path: Path) -> str:
    """Return the last name of a path, without namespace and punctuation; arrays have no own."""
    named = [step for step in path if step != "[]"]
    if not named:
        return "items"
    return _plain(named[-1])


def _plain(name: str) -> str:
    local = name.rpartition("}")[2].rpartition(":")[2]
    return "".join(filter(str.isalnum, local)).lower()
