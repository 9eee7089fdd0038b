"""The adverts around some that changed, as far as the car of any of them can depend on it."""

from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass, field
from typing import Self

from listings.physical_cars import clues
from listings.physical_cars.clues import NAME_KINDS, PHOTO_KINDS, Clue, Sharers
from listings.physical_cars.partition import CarAdvert, are_alike

NEAR = 2
STEPS = 5
"""A car that photos link is around one of its adverts, so two of them are two photos apart at most.

Whoever can be linked otherwise than before is that near to an advert that is concerned, and tells
by what is three photos away whether its own group is around one.
"""


@dataclass
class Neighbourhood:
    """Adverts with the clues that may link them; `near` are those whose car may have changed.

    Names are followed to their end, which is near: a name that many state is none. Photos are
    followed where they stand on cars that are alike, and for `STEPS`.
    """

    near: set[int] = field(default_factory=set)
    _clues: dict[int, frozenset[Clue]] = field(default_factory=dict)
    _facts: dict[int, CarAdvert] = field(default_factory=dict)
    _ids: dict[Clue, list[int]] = field(default_factory=dict)
    _asked: set[Clue] = field(default_factory=set)
    _unfit: set[Clue] = field(default_factory=set)

    @classmethod
    def of(cls, concerned: Collection[int], sharers: Sharers) -> Self:
        """Return what is around adverts; `sharers` are known, and among them."""
        found = cls()
        found._add(sharers)
        wanted = set(concerned)
        for step in range(STEPS + 1):
            added = found._follow_names(wanted)
            if step <= NEAR:
                found.near |= added.keys()
            wanted = found._follow(added, PHOTO_KINDS) if step < STEPS else set()
            if not wanted:
                break
        return found

    def adverts(self) -> list[CarAdvert]:
        """Return those that are there, each with its names and the photos that may link it."""
        self._read_facts(self._clues)
        return [
            clues.with_clues(self._facts[id_], filter(self._may_link, have))
            for id_, have in self._clues.items()
            if id_ in self._facts
        ]

    def _may_link(self, clue: Clue) -> bool:
        """Tell whether a clue counts: a name even where one advert alone has it, as it parts."""
        return clue in self._ids if clue.kind in PHOTO_KINDS else clue not in self._unfit

    def _follow_names(self, wanted: set[int]) -> dict[int, frozenset[Clue]]:
        """Read the clues of adverts and of whoever shares a name with them; return all of these."""
        added: dict[int, frozenset[Clue]] = {}
        while wanted:
            found = clues.kept(wanted)
            added |= found
            self._clues |= found
            wanted = self._follow(found, NAME_KINDS)
        return added

    def _follow(self, adverts: Mapping[int, frozenset[Clue]], kinds: Collection[int]) -> set[int]:
        """Return who shares clues of these kinds with adverts and is not known yet."""
        these = {clue for have in adverts.values() for clue in have if clue.kind in kinds}
        self._add(clues.sharers(these - self._asked))
        found = {id_ for clue in these & self._ids.keys() for id_ in self._ids[clue]}
        return found - self._clues.keys()

    def _add(self, sharers: Sharers) -> None:
        """Remember who shares clues, but for photos of cars that are not alike."""
        self._asked.update(sharers.asked)
        self._unfit |= sharers.too_many
        photos = [clue for clue in sharers.ids if clue.kind in PHOTO_KINDS]
        self._read_facts(id_ for clue in photos for id_ in sharers.ids[clue])
        unlike = {clue for clue in photos if not self._are_alike(sharers.ids[clue])}
        self._unfit |= unlike
        self._ids |= {clue: ids for clue, ids in sharers.ids.items() if clue not in unlike}

    def _are_alike(self, ids: Collection[int]) -> bool:
        there = [self._facts[id_] for id_ in ids if id_ in self._facts]
        return len(there) > 1 and are_alike(there)

    def _read_facts(self, ids: Iterable[int]) -> None:
        self._facts |= clues.facts(set(ids) - self._facts.keys())
