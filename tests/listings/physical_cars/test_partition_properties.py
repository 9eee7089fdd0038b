"""Links are a partition that only what adverts say now decides: not the order of writes."""

from collections import Counter, defaultdict
from collections.abc import Collection, Sequence
from dataclasses import replace
from itertools import combinations
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from hypothesis.extra.django import TransactionTestCase

from listings.models import CarClue, CarLink, Listing, Photo, PhotoSource
from listings.physical_cars import CarAdvert, links, same_cars
from listings.physical_cars.partition import MILES_APART_MAX, MILES_MIN
from tests import make
from tests.listings.physical_cars import adverts

_MARKS = (None, "AB15CDE", "CD16EFG")
_VINS = (None, "SALLMAMC7CA123456", "SALLMAMC7CA654321")
_DIGESTS = ("aa", "bb", "cc")

_state = st.fixed_dictionaries(
    {
        "vrm": st.sampled_from(_MARKS),
        "vin": st.sampled_from(_VINS),
        "colour": st.sampled_from(("blue", "blue", "red", None)),
        "mileage": st.sampled_from((10, 20_000, 20_000, 20_300, 20_600)),
        "photos": st.frozensets(st.sampled_from(_DIGESTS), max_size=2),
    }
)
_CHAIN = 9
_links_of_a_chain = st.fixed_dictionaries(
    {
        "vrm": st.sampled_from((None, None, None, *_MARKS[1:])),
        "vin": st.none(),
        "colour": st.sampled_from(("blue", "blue", "blue", "red")),
        "mileage": st.sampled_from((20_000, 20_300)),
        "photos": st.frozensets(st.sampled_from(("left", "right", "far")), max_size=3),
    }
)
_writes_of_a_chain = st.lists(
    st.tuples(st.integers(0, _CHAIN - 1), _links_of_a_chain, st.booleans()),
    min_size=1,
    max_size=20,
)
_writes = st.lists(st.tuples(st.integers(0, 5), _state, st.booleans()), min_size=1, max_size=12)


def advert(id_: int, state: dict[str, Any], digests: Sequence[str] = _DIGESTS) -> CarAdvert:
    return CarAdvert(
        id_,
        vin=_VINS.index(state["vin"]) or None,
        vrm=_MARKS.index(state["vrm"]) or None,
        photos=frozenset(map(digests.index, state["photos"])),
        mileage=state["mileage"],
        colour=state["colour"],
    )


@given(st.lists(_state, max_size=8), st.randoms())
def test_what_is_linked_does_not_depend_on_the_order(
    states: list[dict[str, Any]], random: Any
) -> None:
    rows = [advert(number, state) for number, state in enumerate(states)]
    cars = same_cars(rows)
    random.shuffle(rows)
    assert same_cars(rows) == cars
    assert all(
        cars[first] == first and count > 1 for first, count in Counter(cars.values()).items()
    )


@given(st.lists(_state, max_size=8))
def test_a_car_is_one_by_what_its_adverts_say(states: list[dict[str, Any]]) -> None:
    rows = [advert(number, state) for number, state in enumerate(states)]
    cars = same_cars(rows)
    for one, two in combinations(rows, 2):
        is_one = cars.get(one.id, -1) == cars.get(two.id, -2)
        if one.vin and two.vin:
            assert is_one == (one.vin == two.vin)
        elif is_one and one.vrm is None and two.vrm is None and not (one.vin or two.vin):
            assert (one.colour, two.colour) == ("blue", "blue") or one.colour == two.colour
            assert min(one.mileage, two.mileage) >= MILES_MIN
    for car in set(cars.values()):
        members = [each for each in rows if cars.get(each.id) == car]
        assert len({each.vin for each in members} - {None}) <= 1
        assert all(_reached(each, members) for each in members)


@given(st.lists(_state, max_size=12))
def test_what_photos_link_is_around_one_car(states: list[dict[str, Any]]) -> None:
    rows = [advert(number, state) for number, state in enumerate(states)]
    named = same_cars([replace(row, photos=frozenset()) for row in rows])
    cars = same_cars(rows)
    for car in set(cars.values()):
        shown: dict[int, set[int]] = defaultdict(set)
        for row in rows:
            if cars.get(row.id) == car:
                shown[named.get(row.id, row.id)] |= row.photos
        assert any(
            all(one == other or shown[one] & shown[other] for other in shown) for one in shown
        )


@pytest.mark.parametrize("length", [4, 5, 1_000])
def test_no_chain_of_photos_links(length: int) -> None:
    """As where a dealer uses the pictures of one car for the next, and so on."""
    rows = [
        CarAdvert(id_, photos=frozenset((id_, id_ + 1)), mileage=20_000, colour="blue")
        for id_ in range(length)
    ]
    assert same_cars(rows) == {}
    assert same_cars(rows[:2]) == {0: 0, 1: 0}
    assert same_cars(rows[:3]) == {0: 0, 1: 0, 2: 0}, "the second has a photo of each other"


def test_miles_do_not_add_up_along_photos() -> None:
    rows = [
        CarAdvert(id_, photos=frozenset(photos), mileage=miles, colour="blue")
        for id_, photos, miles in ((1, {1}, 20_000), (2, {1, 2}, 20_400), (3, {2}, 20_800))
    ]
    assert same_cars(rows[:2]) == {1: 1, 2: 1}
    assert same_cars(rows) == {}


def _reached(advert: CarAdvert, members: Sequence[CarAdvert]) -> bool:
    """Tell whether an advert shares a name with another of its car, or a photo and the facts."""
    return any(
        (advert.vin and advert.vin == other.vin)
        or (advert.vrm and advert.vrm == other.vrm)
        or (
            advert.photos & other.photos
            and advert.colour == other.colour
            and abs(advert.mileage - other.mileage) <= MILES_APART_MAX
        )
        for other in members
        if other is not advert
    )


_PLACES = (*(f"between {place}" for place in range(_CHAIN + 1)), "far 0", "far 1")


def _shown(number: int, photos: Collection[str]) -> frozenset[str]:
    """Return the digests of an advert's photos: of its neighbours in a chain, and of some far."""
    places = {
        "left": f"between {number}",
        "right": f"between {number + 1}",
        "far": f"far {number % 2}",
    }
    return frozenset(places[photo] for photo in photos)


class LinksFollowWrites(TransactionTestCase):
    """Whatever was written in whatever batches, the links are those of the adverts as they are."""

    @settings(max_examples=15, deadline=None)
    @given(_writes)
    def test_links_are_those_of_the_adverts_as_they_are(self, writes: list[Any]) -> None:
        rows = [make.live() for _ in range(6)]
        ids = {row.pk for row in rows}
        states: dict[int, dict[str, Any]] = {}
        for number, state, is_followed in writes:
            states[rows[number].pk] = state
            self._write(rows[number], state)
            if is_followed:
                links.follow_cars()
        links.follow_cars()
        found = dict(CarLink.objects.filter(pk__in=ids).values_list("listing_id", "car"))
        assert found == same_cars([advert(id_, state) for id_, state in states.items()])
        Listing.objects.filter(pk__in=ids).delete()
        links.follow_cars()
        assert not CarLink.objects.exists()
        assert not CarClue.objects.exists()

    @settings(max_examples=15, deadline=None)
    @given(_writes_of_a_chain)
    def test_so_are_those_along_a_chain_of_photos(self, writes: list[Any]) -> None:
        """Beyond what is looked at around a change nothing depends on it."""
        rows = [make.live() for _ in range(_CHAIN)]
        ids = {row.pk for row in rows}
        states: list[dict[str, Any]] = [
            {"vrm": None, "vin": None, "colour": "blue", "mileage": 20_000, "photos": place}
            for place in (_shown(number, {"left", "right"}) for number in range(_CHAIN))
        ]
        for row, state in zip(rows, states, strict=True):
            self._write(row, state)
        links.follow_cars()
        for number, state, is_followed in writes:
            states[number] = state | {"photos": _shown(number, state["photos"])}
            self._write(rows[number], states[number])
            if is_followed:
                links.follow_cars()
        links.follow_cars()
        found = dict(CarLink.objects.filter(pk__in=ids).values_list("listing_id", "car"))
        said = zip(rows, states, strict=True)
        assert found == same_cars([advert(row.pk, state, _PLACES) for row, state in said])
        Listing.objects.filter(pk__in=ids).delete()
        links.follow_cars()

    def _write(self, row: Listing, state: dict[str, Any]) -> None:
        fields = {name: state[name] for name in ("vin", "colour", "mileage")}
        # One dealer may not have a mark live twice: each row is of a dealer of its own.
        Listing.objects.filter(pk=row.pk).update(vrm=state["vrm"], **fields)
        Photo.objects.filter(listing=row).delete()
        PhotoSource.objects.filter(listing=row).delete()
        for place, digest in enumerate(sorted(state["photos"])):
            adverts.photo(row, digest, place)
