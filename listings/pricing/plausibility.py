"""Whether a price or a mileage may be a slip: asked by whoever takes one, before it is written.

Where a person types, the question comes first. Doors at which nobody can be asked hold the figure
by `hold_doubtful` and write the rest; what they say about it, and what lets it through, is theirs.
"""

from collections.abc import Collection, Mapping
from typing import Any

from listings.pricing.usual_prices import ModelPrices, PricedCar, UsualPrice, priced_cars

FACTOR_MAX = 5
"""A digit too many or too few changes a price more than this, and hardly any decision does."""

PRICE_MIN = 100
"""What no car is sold for, in pounds; where an advert says so already, it is asked no more."""

MILEAGE_TIMES, MILES_APART = 10, 10_000
"""A digit too many or too few; a car of a few miles may do ten times as many."""


def hold_doubtful(
    stated: Mapping[int, dict[str, Any]],
    known: Mapping[int, PricedCar],
    names: Collection[str],
    let_through: Mapping[int, Collection[str]],
    prices: ModelPrices,
) -> dict[int, dict[str, str]]:
    """Take doubtful figures out of what is stated of adverts; return what is odd about each.

    `known` are the adverts so far: none of a new one. `names` are the figures to weigh, `price`
    and `mileage`; `let_through` names the fields of an advert that nobody has to be asked about.
    """
    held: dict[int, dict[str, str]] = {}
    for name in names:
        weighed = {
            key: fields
            for key, fields in stated.items()
            if isinstance(fields.get(name), int) and name not in let_through.get(key, ())
        }
        figures = {key: fields[name] for key, fields in weighed.items()}
        if name == "mileage":
            doubts = _mileage_doubts(figures, known)
        else:
            cars = {key: as_stated(fields, known.get(key)) for key, fields in weighed.items()}
            doubts = price_doubts(figures, cars, prices)
        for key, doubt in doubts.items():
            del stated[key][name]
            held.setdefault(key, {})[name] = doubt
    return held


def price_doubts(
    new: Mapping[int, int | None], cars: Mapping[int, PricedCar], prices: ModelPrices | None = None
) -> dict[int, str]:
    """Return what is odd about prices for cars, by the keys of both; most have no doubt.

    One query for all, and none where each car has a value or keeps its price. `prices` remembers
    what was looked up for the next call.
    """
    differing = {key: car for key, car in cars.items() if new[key] not in (None, car.price)}
    usual = (prices or ModelPrices()).usual(differing)
    found = {}
    for key, car in differing.items():
        if doubt := price_doubt(car.price, new[key], usual.get(key)):
            found[key] = doubt
    return found


def price_doubts_of(new: Mapping[int, int | None]) -> dict[int, str]:
    """Return what is odd about prices for adverts, by their ids, and nothing of those unknown."""
    cars = priced_cars(new)
    return price_doubts({pk: new[pk] for pk in cars}, cars)


def as_stated(fields: Mapping[str, Any], known: PricedCar | None) -> PricedCar:
    """Return the car that a price is of: a value speaks of the model and year that it was given."""
    model, year = fields.get("model", 0), fields.get("year")
    model_id = model if isinstance(model, int) else model.pk
    if known is None:
        return PricedCar(model_id, year)
    model_id, year = model_id or known.model_id, year or known.year
    if (model_id, year) == (known.model_id, known.year):
        return known
    return known._replace(model_id=model_id, year=year, value=None)


def price_doubt(old: int | None, new: int | None, usual: UsualPrice | None = None) -> str | None:
    """Return what is odd about a price for an advert that has, or has not, another one so far.

    Where it is known what such a car asks, that decides; but an advert that is far from it already
    was asked about, and is asked again only as if nothing were known.
    """
    if new is None or new == old:
        return None
    side = usual.side(new) if usual else 0
    if usual and side and (old is None or usual.side(old) != side):
        which, what = ("below", "missing") if side < 0 else ("above", "too many")
        far = f"far {which} what such cars ask, about £{usual.pounds:,}"
        return f"£{new:,} is {far}: is a digit {what}?"
    if usual and not side and old is not None:
        return None
    return _price_change_doubt(old, new)


def mileage_doubt(old: int | None, new: int | None) -> str | None:
    """Return what is odd about a mileage for an advert that has another one so far."""
    if old is None or new is None:
        return None
    least, most = sorted((old, new))
    if most < MILEAGE_TIMES * least or not least or most - least <= MILES_APART:
        return None
    return f"{new:,} miles instead of {old:,}: is a digit {'missing' if new < old else 'too many'}?"


def _price_change_doubt(old: int | None, new: int) -> str | None:
    if old is None:
        return f"£{new:,} for a car: is a digit missing?" if new < PRICE_MIN else None
    if old >= PRICE_MIN and not old <= new * FACTOR_MAX:
        return f"£{new:,} instead of £{old:,}: is a digit missing?"
    if old >= PRICE_MIN and new > old * FACTOR_MAX:
        return f"£{new:,} instead of £{old:,}: is a digit too many?"
    return None


def _mileage_doubts(figures: Mapping[int, int], known: Mapping[int, PricedCar]) -> dict[int, str]:
    found = {
        key: mileage_doubt(known[key].mileage, miles)
        for key, miles in figures.items()
        if key in known
    }
    return {key: doubt for key, doubt in found.items() if doubt}
