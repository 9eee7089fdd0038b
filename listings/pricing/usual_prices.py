"""What cars usually ask, as far as it is known without a model: to weigh a price that is typed."""

from collections.abc import Collection, Iterable, Mapping
from math import exp, log
from typing import NamedTuple

from django.db import connection

from listings.models import Listing
from listings.models.conditions import LIVE_SQL, OF_MARKET_SQL
from listings.models.rules import YEAR_MAX, YEAR_MIN
from listings.pricing.value.ratings import RULE

SIMILAR_MIN = 8

VALUE_TIMES, MEDIAN_TIMES = 2.5, 5
"""How far a price is from an advert's value, or from the median of its model, to be far from it.

Of 98,482 adverts of the UK one in 1,200 is 2.5 times the median of its model and year, or less
than a 2.5th; one in 5,000 is five times, and none is less than a fifth. Most of them are slips.
"""

SIGMAS = RULE.check_price_sigmas
"""And at least so many typical errors of a value, beyond which its price is not rated either."""

SIGMAS_OF_90 = 1.645

# They are few, and asked for apart: the index of a model's prices does not hold the dealer.
_SANDBOXED = f"""
    SELECT listing.id FROM listings_listing AS listing
    JOIN dealers_dealer AS dealer ON dealer.id = listing.dealer_id
    WHERE {LIVE_SQL} AND NOT ({OF_MARKET_SQL})
"""  # noqa: S608 - put together from constants

# Answered by the index of a model's prices alone: it holds the years. All of a model is read once,
# as some that the index yields first would be the cheapest.
_MEDIANS = f"""
    WITH offered AS MATERIALIZED (
        SELECT listing.id, listing.model_id, listing.year, listing.price
        FROM listings_listing AS listing
        WHERE {LIVE_SQL} AND listing.price IS NOT NULL AND listing.model_id = ANY(%s)
            AND listing.id NOT IN ({_SANDBOXED})
    )
    SELECT wanted.model_id, wanted.year,
        percentile_cont(0.5) WITHIN GROUP (ORDER BY offered.price)
    FROM unnest(%s::bigint[], %s::bigint[], %s::integer[]) AS wanted (id, model_id, year)
    JOIN offered ON offered.model_id = wanted.model_id
        AND offered.year BETWEEN wanted.year - 1 AND wanted.year + 1
        AND offered.id <> wanted.id
    GROUP BY wanted.model_id, wanted.year HAVING count(*) >= {SIMILAR_MIN}
"""  # noqa: S608 - put together from constants


class UsualPrice(NamedTuple):
    """What such a car asks, in pounds, and how many times as much or as little is far from it."""

    pounds: int
    times: float

    def side(self, price: int) -> int:
        """Return -1 for a price that is far below, 1 for one far above, otherwise 0."""
        if price * self.times < self.pounds:
            return -1
        return int(price > self.pounds * self.times)


class PricedCar(NamedTuple):
    """An advert, or a car that is none yet: its id is 0 then. A year may not be known."""

    model_id: int
    year: int | None
    listing_id: int = 0
    price: int | None = None
    mileage: int | None = None
    locked: Collection[str] = ()
    value: UsualPrice | None = None


class ModelPrices:
    """Medians of live adverts of models about years, asked for once, and together."""

    def __init__(self) -> None:
        self._medians: dict[tuple[int, int], float | None] = {}

    def look_up(self, cars: Iterable[PricedCar]) -> None:
        """Find what is not known yet; of the cars of one key the last is not its own measure."""
        keys = {
            (car.model_id, car.year): car.listing_id
            for car in cars
            if car.year is not None and YEAR_MIN <= car.year <= YEAR_MAX
        }
        missing = [key for key in keys if key not in self._medians]
        if not missing:
            return
        models, years = zip(*missing, strict=True)
        ids = [keys[key] for key in missing]
        self._medians |= dict.fromkeys(missing)
        with connection.cursor() as cursor:
            cursor.execute(_MEDIANS, [sorted(set(models)), ids, list(models), list(years)])
            self._medians |= {(model, year): price for model, year, price in cursor.fetchall()}

    def median(self, car: PricedCar) -> float | None:
        """Return the median of what was looked up; None below `SIMILAR_MIN` adverts."""
        return self._medians.get((car.model_id, car.year or 0))

    def usual(self, cars: Mapping[int, PricedCar]) -> dict[int, UsualPrice]:
        """Return what is known of cars, by the same keys: the value, or else the median."""
        self.look_up(car for car in cars.values() if car.value is None)
        found = {}
        for key, car in cars.items():
            if car.value is not None:
                found[key] = car.value
            elif median := self.median(car):
                found[key] = UsualPrice(round(median), MEDIAN_TIMES)
        return found


def priced_cars(listing_ids: Collection[int]) -> dict[int, PricedCar]:
    """Return adverts as they stand by their ids, with the last value that each was given.

    A value may be older than the last change of its advert by a minute: that is near enough to
    tell a slip by, and the moment after a slip is when its mending is weighed.
    """
    rows = Listing.objects.filter(pk__in=listing_ids).values_list(
        *("model_id", "year", "pk", "price", "mileage", "locked_fields"),
        *("market_value__value", "market_value__low_90", "market_value__high_90"),
    )
    return {
        pk: PricedCar(model_id, year, pk, price, miles, locked, _usual(value, low, high))
        for model_id, year, pk, price, miles, locked, value, low, high in rows
    }


def _usual(value: int | None, low: int | None, high: int | None) -> UsualPrice | None:
    if not value:
        return None
    sigma = log(high / low) / (2 * SIGMAS_OF_90) if low and high else 0.0
    return UsualPrice(value, max(VALUE_TIMES, exp(SIGMAS * sigma)))
