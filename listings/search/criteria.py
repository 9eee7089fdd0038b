"""What a buyer asks for, free of how it was asked."""

import dataclasses
from collections.abc import Mapping
from typing import Any, Self

from listings.choices import BodyType, Colour, Drivetrain, Fuel, ServiceHistory, Transmission, Ulez
from listings.models.rules import MILEAGE_MAX, PRICE_MAX, YEAR_MAX, YEAR_MIN
from listings.search.fields import (
    Range,
    RangeField,
    choice,
    days,
    filter_fields,
    flag,
    numbers,
    origin,
    radius,
    range_of,
    slugs,
    words,
)


@dataclasses.dataclass(frozen=True, kw_only=True)
class Criteria:
    """A search: equal ones are the same question, and each can be stored and read back.

    This is also the table of the search's fields: a line added here is a filter everywhere.
    """

    make: tuple[str, ...] = slugs("make", 60, "Makes, by slug.")
    model: tuple[str, ...] = slugs(
        "model", 80, "Models, by slug, of the makes asked for; of any make where none is."
    )
    price: Range = range_of(
        "price", 0, PRICE_MAX, "Whole pounds. Adverts priced on application match no bound."
    )
    mileage: Range = range_of("mileage", 0, MILEAGE_MAX, "Miles.")
    year: Range = range_of("year", YEAR_MIN, YEAR_MAX, "Year of the car.")
    fuel: tuple[str, ...] = choice("fuel", Fuel, "Fuels.")
    transmission: tuple[str, ...] = choice("transmission", Transmission, "Transmissions.")
    doors: tuple[int, ...] = numbers("doors", 1, 9, "Numbers of doors.")
    body_type: tuple[str, ...] = choice("body_type", BodyType, "Body types.")
    seats: tuple[int, ...] = numbers("seats", 1, 60, "Numbers of seats.")
    colour: tuple[str, ...] = choice("colour", Colour, "Basic colours, as DVLA records them.")
    drivetrain: tuple[str, ...] = choice("drivetrain", Drivetrain, "Driven wheels.")
    engine_cc: Range = range_of("engine_cc", 0, 30_000, "Engine size in cubic centimetres.")
    power_bhp: Range = range_of("power_bhp", 0, 3_000, "Power in brake horsepower.")
    electric_range_miles: Range = range_of(
        "electric_range_miles", 0, 1_000, "Miles that an electric car goes on one charge."
    )
    owners: Range = range_of("owners", 0, 50, "Previous owners.")
    service_history: tuple[str, ...] = choice(
        "service_history", ServiceHistory, "How much of the service history there is."
    )
    dealer: tuple[str, ...] = slugs("dealer", 120, "Dealers, by slug.")
    ulez: tuple[str, ...] = choice(
        "ulez", Ulez, "Whether the car meets London's Ultra Low Emission Zone standard."
    )
    reduced: bool | None = flag(
        "reduced", "Whether the price is below the one the advert had before."
    )
    added_within_days: int | None = days("published_at", 365, "Published at most so many days ago.")
    near: str | None = origin(
        "branch",
        "Where the buyer is: a postcode, an outcode (`LS1`), a postcode area (`LS`) or its name "
        "(`Leeds`), or `latitude,longitude` in degrees. Of a postcode only its outcode is used and "
        "kept.",
    )
    within_miles: int | None = radius(
        "branch", 1_000, "At most so many miles from `near`, in a straight line."
    )

    text: tuple[str, ...] = words(
        "title", "Words that the title must hold, each as a whole word; case does not matter."
    )

    @classmethod
    def from_parameters(cls, values: Mapping[str, Any]) -> Self:
        """Read the flat form, as a URL or a saved search has it; absent and None are the same."""
        read: dict[str, Any] = {}
        for name, field in filter_fields(cls).items():
            if isinstance(field, RangeField):
                read[name] = Range(values.get(f"{name}_min"), values.get(f"{name}_max"))
                continue
            value = values.get(name)
            if isinstance(value, list | tuple):
                read[name] = tuple(sorted(set(value)))
            elif value is not None:
                read[name] = value
        return cls(**read)

    def as_parameters(self) -> dict[str, object]:
        """Return the flat form, ready for JSON: only what was asked for, in a fixed order."""
        flat: dict[str, object] = {}
        for name in filter_fields(type(self)):
            value = getattr(self, name)
            if isinstance(value, Range):
                flat |= {f"{name}_min": value.low, f"{name}_max": value.high}
            else:
                flat[name] = list(value) if isinstance(value, tuple) else value
        return {name: value for name, value in flat.items() if value not in (None, [])}


FIELDS = filter_fields(Criteria)
