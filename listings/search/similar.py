"""The public adverts nearest to one of them, and what they have over it."""

import dataclasses
from collections.abc import Iterable, Iterator
from typing import Any, NamedTuple, Self

from django.db.models import F, Subquery

from listings.models import CarLink, Listing
from listings.models.listing import ListingQuerySet

MODEL_NEAREST = 120
MAKE_NEAREST = 100
BODY_NEAREST = 40
BODY_PRICE_BAND = 0.3
"""How many adverts either side of the price are weighed, and how far the widest look reaches.

They bound the cost: however many adverts there are, a few hundred are read.
"""

SAME_MAKE_AND_BODY, SAME_MAKE, SAME_BODY, OTHER_BODY = 3.0, 4.0, 5.0, 1.0
OTHER_FUEL, OTHER_TRANSMISSION, NOT_KNOWN = 1.5, 1.0, 1.0
PRICE_SCALE = 0.1
"""What is as far as one year: a tenth of the price, and the scales below."""


class Difference(NamedTuple):
    """A number by which cars differ, what of it is as far as one year, and what differing is."""

    name: str
    scale: int
    less: str
    more: str
    same: str | None = None


DIFFERENCES = (
    Difference("year", 1, "older_by_years", "newer_by_years", "same_year"),
    Difference("mileage", 10_000, "fewer_miles_by", "more_miles_by"),
    Difference("power_bhp", 20, "less_power_by_bhp", "more_power_by_bhp", "same_power"),
)
PRICE = Difference("price", 0, "cheaper_by", "dearer_by", "same_price")
REASONS = (
    *("same_model", "same_make", "same_body_type", "same_fuel", "same_transmission"),
    *(
        code
        for each in (PRICE, *DIFFERENCES)
        for code in (each.same, each.less, each.more)
        if code is not None
    ),
)


class Car(NamedTuple):
    """What two adverts are compared by."""

    id: int
    vrm: str | None
    make_id: int
    model_id: int
    body_type: str | None
    price: int | None
    year: int
    mileage: int
    power_bhp: int | None
    fuel: str | None
    transmission: str | None
    linked_car: int | None = None

    @classmethod
    def of(cls, listing: Listing) -> Self:
        """Return an advert's car, without which other adverts are linked to it."""
        return cls(*(getattr(listing, name) for name in _COLUMNS))

    @property
    def names(self) -> set[str | int]:
        """What says which physical car it is: its mark, and its number among those linked."""
        return {each for each in (self.vrm, self.linked_car) if each is not None}


_COLUMNS = Car._fields[:-1]


class SimilarityReason(NamedTuple):
    """Something true of an alternative beside the advert asked about; `value` says by how much."""

    code: str
    value: int | None = None


@dataclasses.dataclass(frozen=True)
class Alternative:
    id: int
    distance: float
    reasons: tuple[SimilarityReason, ...]


def similar(listing: Listing, *, limit: int) -> list[Alternative]:
    """Return the nearest public adverts, nearest first, in one query or two.

    The same car at another dealer is no alternative, and no car comes twice: by the links between
    adverts, and by the mark as it is now, for the links follow a while later. Other models are
    read only where one of them can be nearer than what the model offers.
    """
    car = Car.of(listing)
    others = _read(car, _of_model(car))
    ranked = _ranked(car, others)[:limit]
    if len(ranked) < limit or ranked[-1][0] >= SAME_MAKE_AND_BODY:
        ranked = _ranked(car, others + _read(car, _of_other_models(car)))[:limit]
    return [Alternative(other.id, far, tuple(reasons(car, other))) for far, other in ranked]


def distance(car: Car, other: Car) -> float:
    """Return how far apart two cars are; one is a year, a tenth of the price or 10,000 miles."""
    far = _kinship(car, other)
    for difference in DIFFERENCES:
        mine, others = getattr(car, difference.name), getattr(other, difference.name)
        far += NOT_KNOWN if None in (mine, others) else abs(others - mine) / difference.scale
    if car.price is None or other.price is None:
        far += NOT_KNOWN if car.price != other.price else 0
    else:
        far += abs(other.price - car.price) / (PRICE_SCALE * car.price)
    far += OTHER_FUEL if car.fuel != other.fuel else 0
    return far + (OTHER_TRANSMISSION if car.transmission != other.transmission else 0)


def reasons(car: Car, other: Car) -> Iterator[SimilarityReason]:
    """Yield what can be said of `other` beside `car`, in a fixed order."""
    if other.model_id == car.model_id:
        yield SimilarityReason("same_model")
    elif other.make_id == car.make_id:
        yield SimilarityReason("same_make")
    for name in ("body_type", "fuel", "transmission"):
        if getattr(car, name) is not None and getattr(other, name) == getattr(car, name):
            yield SimilarityReason(f"same_{name}")
    for difference in (PRICE, *DIFFERENCES):
        mine, others = getattr(car, difference.name), getattr(other, difference.name)
        if mine is None or others is None:
            continue
        if others != mine:
            yield SimilarityReason(
                difference.less if others < mine else difference.more, abs(others - mine)
            )
        elif difference.same is not None:
            yield SimilarityReason(difference.same)


def _kinship(car: Car, other: Car) -> float:
    is_body_known = None not in (car.body_type, other.body_type)
    if other.model_id == car.model_id:
        return OTHER_BODY if is_body_known and other.body_type != car.body_type else 0
    if other.make_id == car.make_id:
        return SAME_MAKE_AND_BODY if is_body_known else SAME_MAKE
    return SAME_BODY


def _ranked(car: Car, others: Iterable[Car]) -> list[tuple[float, Car]]:
    """Return cars with their distances, nearest first, each car once."""
    ranked: list[tuple[float, Car]] = []
    names = car.names
    for far, other in sorted(
        ((distance(car, other), other) for other in set(others)),
        key=lambda each: (each[0], each[1].id),
    ):
        if not other.names & names:
            ranked.append((far, other))
            names |= other.names
    return ranked


def _of_model(car: Car) -> list[ListingQuerySet]:
    return _nearest(_public_beside(car).filter(model=car.model_id), car.price, MODEL_NEAREST)


def _of_other_models(car: Car) -> list[ListingQuerySet]:
    """Return the adverts of the same make and body type, and of the body type, near in price."""
    others = _public_beside(car).exclude(model=car.model_id)
    of_make = _nearest(others.filter(make=car.make_id), car.price, MAKE_NEAREST)
    if car.body_type is None:
        return of_make
    of_body = others.filter(body_type=car.body_type)
    if car.price is not None:
        reach = round(BODY_PRICE_BAND * car.price)
        of_body = of_body.filter(price__range=(car.price - reach, car.price + reach))
    return [
        *(_those(rows).filter(body_type=car.body_type) for rows in of_make),
        *(_those(rows) for rows in _nearest(of_body, car.price, BODY_NEAREST)),
    ]


def _public_beside(car: Car) -> ListingQuerySet:
    return Listing.objects.public().exclude(pk=car.id)


def _read(car: Car, groups: list[ListingQuerySet]) -> list[Car]:
    """Return the cars of these adverts but for those that are linked to `car`, in one query."""
    own = Subquery(CarLink.objects.filter(listing=car.id).values("car"))
    first, *others = (rows.values_list(*_COLUMNS, "car_link__car", own) for rows in groups)
    rows: Iterable[Any] = first.union(*others, all=True) if others else first
    return [Car(*row) for *row, own_car in rows if None in (own_car, row[-1]) or row[-1] != own_car]


def _nearest(rows: ListingQuerySet, price: int | None, count: int) -> list[ListingQuerySet]:
    """Return the rows nearest in price either side; without one, the priceless and the dearest."""
    if price is None:
        return [rows.order_by(F("price").desc(nulls_first=True), "-id")[:count]]
    return [
        rows.filter(price__gte=price).order_by("price", "id")[:count],
        rows.filter(price__lt=price).order_by("-price", "-id")[:count],
    ]


def _those(rows: ListingQuerySet) -> ListingQuerySet:
    """Return the same rows as a query that can be narrowed; an index alone finds which they are."""
    return Listing.objects.filter(pk__in=rows.values("pk"))
