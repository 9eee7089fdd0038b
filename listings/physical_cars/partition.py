"""Which adverts are of one physical car.

What links is a function of what the adverts say now, so that the order of writes does not matter:
an advert can be of one car only, and whatever contradicts itself links nothing.
"""

from collections import defaultdict
from collections.abc import Collection, Iterable, Iterator, Mapping
from dataclasses import dataclass, field

MILES_APART_MAX = 500
"""A car is driven while it is for sale, if little: to a viewing, to another site."""

MILES_MIN = 500
"""Cars that were hardly driven are many of a kind, and their photos are often the maker's."""

NAME_HOLDERS_MAX = 50
PHOTO_HOLDERS_MAX = 8
"""A mark on more adverts stands for none, and a photo is a stock photo."""


@dataclass(frozen=True)
class CarAdvert:
    """What an advert says of its car: numbers for its names and photos, and the facts.

    `model` is the model's id; photos count only with the facts known.
    """

    id: int
    vin: int | None = None
    vrm: int | None = None
    photos: frozenset[int] = frozenset()
    model: int = 0
    year: int = 0
    mileage: int = 0
    colour: str | None = None

    @property
    def is_named(self) -> bool:
        return self.vin is not None or self.vrm is not None


def same_cars(adverts: Collection[CarAdvert]) -> dict[int, int]:
    """Return the adverts whose car has others, each with the id of the first of its car.

    A VIN links all who state it. A mark links those who do not state two VINs; where they do, it
    was moved to another car, and links those who state none. A photo links adverts of one model,
    year and colour that are few miles apart, unless that joined two marks or two VINs; and links no
    chain: among cars told apart by their names, one shares a photo with each of the others.
    """
    groups = _Groups(each.id for each in adverts)
    for same in _holders((each.vin, each) for each in adverts if each.vin is not None):
        groups.join(same)
    for same in _holders((each.vrm, each) for each in adverts if each.vrm is not None):
        vins = {each.vin for each in same} - {None}
        groups.join(same if len(vins) < 2 else [each for each in same if each.vin is None])
    _join_by_photos(groups, adverts)
    return {
        each.id: first
        for members in groups.of(adverts)
        if len(members) > 1
        for first in [min(members, key=_rank).id]
        for each in members
    }


def are_alike(adverts: Collection[CarAdvert]) -> bool:
    """Tell whether a photo may link these: one model, year and known colour, few miles apart."""
    miles = [each.mileage for each in adverts]
    facts = {(each.model, each.year, each.colour) for each in adverts}
    is_known = all(each.colour for each in adverts) and min(miles) >= MILES_MIN
    return is_known and len(facts) == 1 and max(miles) - min(miles) <= MILES_APART_MAX


def _join_by_photos(groups: "_Groups", adverts: Collection[CarAdvert]) -> None:
    """Join what photos link, but for every set of them that would be two cars in one."""
    shown = _holders((photo, each) for each in adverts for photo in each.photos)
    named = groups.copy()
    trusted = [same for same in shown if are_alike(same) and _is_one_car(same, named)]
    for same in trusted:
        groups.join(same)
    photos: dict[int, list[list[CarAdvert]]] = defaultdict(list)
    for same in trusted:
        photos[groups.root(same[0].id)].append(same)
    joined = [each for each in adverts if groups.root(each.id) in photos]
    for members in list(groups.of(joined)):
        same_photos = photos[groups.root(members[0].id)]
        if not (_is_one_car(members, named) and _is_around_one(same_photos, named)):
            groups.part(members, named)


def _is_around_one(same_photos: Collection[list[CarAdvert]], named: "_Groups") -> bool:
    """Tell whether all who show these photos are alike, and one of them has one with each other.

    So a group is as large as the photos of one car allow, and no chain of photos goes on from
    stock to stock.
    """
    beside: dict[int, set[int]] = defaultdict(set)
    for same in same_photos:
        roots = {named.root(each.id) for each in same}
        for root in roots:
            beside[root] |= roots
    is_around_one = any(len(others) == len(beside) for others in beside.values())
    return is_around_one and are_alike([each for same in same_photos for each in same])


def _is_one_car(adverts: Collection[CarAdvert], named: "_Groups") -> bool:
    """Tell whether no two cars with names of one kind are among these."""
    cars = {named.root(each.id) for each in adverts if each.is_named}
    vins = {each.vin for each in adverts} - {None}
    marks = {each.vrm for each in adverts} - {None}
    return len(cars) < 2 or max(len(vins), len(marks)) < 2


def _rank(advert: CarAdvert) -> tuple[bool, bool, int]:
    return advert.vrm is None, advert.vin is None, advert.id


def _holders(pairs: Iterable[tuple[int | None, CarAdvert]]) -> Iterator[list[CarAdvert]]:
    """Yield the adverts that share something, where more than one does."""
    found: dict[int | None, list[CarAdvert]] = defaultdict(list)
    for shared, advert in pairs:
        found[shared].append(advert)
    return (same for same in found.values() if len(same) > 1)


@dataclass
class _Groups:
    """Disjoint sets of ids, joined one by one (Tarjan's union-find, with halved paths)."""

    ids: Iterable[int]
    _parent: dict[int, int] = field(default_factory=dict)

    def __post_init__(self) -> None:
        self._parent = self._parent or {each: each for each in self.ids}

    def root(self, id_: int) -> int:
        parent = self._parent
        while parent[id_] != id_:
            parent[id_] = id_ = parent[parent[id_]]
        return id_

    def join(self, adverts: Collection[CarAdvert]) -> None:
        roots = {self.root(each.id) for each in adverts}
        for each in roots:
            self._parent[each] = min(roots)

    def part(self, adverts: Collection[CarAdvert], before: "_Groups") -> None:
        """Put these into the sets that they were in before."""
        self._parent |= {each.id: before.root(each.id) for each in adverts}

    def copy(self) -> "_Groups":
        return _Groups((), dict(self._parent))

    def of(self, adverts: Iterable[CarAdvert]) -> Collection[list[CarAdvert]]:
        found: Mapping[int, list[CarAdvert]] = defaultdict(list)
        for each in adverts:
            found[self.root(each.id)].append(each)
        return found.values()
