"""What a buyer asks for, free of how it was asked."""

import dataclasses
from collections.abc import Mapping
from typing import Any, Self

from listings.choices import (
    BodyType,
    Colour,
    Drivetrain,
    Equipment,
    Fuel,
    PriceRating,
    ServiceHistory,
    Transmission,
    Ulez,
    WriteOff,
)
from listings.models.rules import MILEAGE_MAX, PRICE_MAX, YEAR_MAX, YEAR_MIN
from listings.search.fields import (
    NOT_STATED,
    Range,
    RangeField,
    all_of,
    by_kind,
    choice,
    days,
    filter_fields,
    flag,
    numbers,
    origin,
    radius,
    range_of,
    rated_as,
    slugs,
    wishes,
    words,
)


@dataclasses.dataclass(frozen=True, kw_only=True)
class Criteria:
    """A search: equal ones are the same question, and each can be stored and read back.

    This is also the table of the search's fields: a line added here is a filter everywhere.
    """

    make: tuple[str, ...] = slugs(
        "make", 60, "Makes, by slug.", also=("brand", "manufacturer", "marque")
    )
    model: tuple[str, ...] = slugs(
        "model",
        80,
        "Models, by slug, of the makes asked for; of any make where none is.",
        also=("model_name", "car"),
    )
    price: Range = range_of(
        "price",
        0,
        PRICE_MAX,
        "Whole pounds. Adverts priced on application match no bound.",
        also=("cost", "amount"),
    )
    mileage: Range = range_of(
        "mileage", 0, MILEAGE_MAX, "Miles.", also=("miles", "odometer", "mileages")
    )
    year: Range = range_of(
        "year", YEAR_MIN, YEAR_MAX, "Year of the car.", also=("reg_year", "model_year")
    )
    fuel: tuple[str, ...] = choice(
        "fuel", Fuel, "Fuels; `none`: not stated.", also=("fuel_type",), absent=NOT_STATED
    )
    transmission: tuple[str, ...] = choice(
        "transmission",
        Transmission,
        "Transmissions; `none`: not stated.",
        also=("gearbox", "gears"),
        absent=NOT_STATED,
    )
    doors: tuple[int | str, ...] = numbers(
        "doors",
        1,
        9,
        "Numbers of doors; `none`: not stated.",
        also=("door_count", "number_of_doors"),
        absent=NOT_STATED,
    )
    body_type: tuple[str, ...] = choice(
        "body_type",
        BodyType,
        "Body types; `none`: not stated.",
        also=("body", "body_style", "shape"),
        absent=NOT_STATED,
    )
    seats: tuple[int | str, ...] = numbers(
        "seats",
        1,
        60,
        "Numbers of seats; `none`: not stated.",
        also=("seat_count", "number_of_seats"),
        absent=NOT_STATED,
    )
    colour: tuple[str, ...] = choice(
        "colour",
        Colour,
        "Basic colours, as DVLA records them; `none`: not stated.",
        also=("color", "paint"),
        absent=NOT_STATED,
    )
    drivetrain: tuple[str, ...] = choice(
        "drivetrain",
        Drivetrain,
        "Driven wheels; `none`: not stated.",
        also=("drive", "drive_type", "driven_wheels"),
        absent=NOT_STATED,
    )
    engine_cc: Range = range_of(
        "engine_cc", 0, 30_000, "Engine size in cubic centimetres.", also=("cc", "engine_size")
    )
    power_bhp: Range = range_of(
        "power_bhp", 0, 3_000, "Power in brake horsepower.", also=("power", "bhp", "horsepower")
    )
    electric_range_miles: Range = range_of(
        "electric_range_miles",
        0,
        1_000,
        "Miles that an electric car goes on one charge.",
        also=("range", "electric_range", "ev_range"),
    )
    owners: Range = range_of("owners", 0, 50, "Previous owners.", also=("previous_owners",))
    service_history: tuple[str, ...] = choice(
        "service_history",
        ServiceHistory,
        "How much of the service history there is.",
        also=("history", "fsh"),
    )
    dealer: tuple[str, ...] = slugs(
        "dealer", 120, "Dealers, by slug.", also=("seller", "dealership", "garage")
    )
    ulez: tuple[str, ...] = choice(
        "ulez",
        Ulez,
        "Whether the car meets London's Ultra Low Emission Zone standard.",
        also=("ulez_compliant",),
    )
    euro_standard: tuple[int, ...] = numbers(
        "euro_standard",
        1,
        7,
        "Euro emission standards that the advert states, by their numbers.",
        also=("euro", "emission_standard", "euro_status"),
    )
    equipment: tuple[str, ...] = all_of(
        "equipment",
        Equipment,
        "What the car must have, all of it, as far as its advert says so.",
        also=("features", "feature", "extras", "options", "spec"),
    )
    write_off: tuple[str, ...] = choice(
        "write_off",
        WriteOff,
        "Insurers' salvage categories; `none`: no category is stated.",
        also=("category", "cat", "salvage", "insurance_category"),
        absent=NOT_STATED,
    )
    reduced: bool | None = flag(
        "previous_price",
        "Whether buyers saw a higher price before, for long enough (a day by default).",
        also=("price_reduced", "discounted"),
    )
    price_rating: tuple[str, ...] = rated_as(
        "label",
        PriceRating,
        "How the price stands to the market value of such a car; `none`: not rated.",
        also=("rating", "deal", "deal_rating", "price_label"),
        absent=NOT_STATED,
    )
    added_within_days: int | None = days(
        "published_at", 365, "Published at most so many days ago.", also=("added", "max_age_days")
    )
    near: str | None = origin(
        "branch",
        "Where the buyer is: a postcode, an outcode (`LS1`), a postcode area (`LS`), a town, "
        "borough, county, region or nation (`Leeds`, `Kent`, `Ashford, Surrey`), or "
        "`latitude,longitude` in degrees. Of a postcode only its outcode is used and kept.",
        also=("postcode", "location", "place"),
    )
    within_miles: int | None = radius(
        "branch",
        1_000,
        "At most so many miles from `near`, in a straight line.",
        also=("radius", "distance", "distance_max", "within"),
    )

    text: tuple[str, ...] = words(
        "title",
        "Words that the title must hold, each as a whole word; case does not matter.",
        also=("title", "words"),
    )
    prefer: tuple[str, ...] = wishes(
        "words",
        "Words and phrases, at most 20, that do not narrow: unless an ordering is asked for, "
        "adverts that have more of them come first. An advert has one whose words are all in its "
        "title, or stand side by side in its features or description, and equipment by any name.",
        also=("wishes", "boost", "rank_by"),
    )

    @classmethod
    def from_parameters(cls, values: Mapping[str, Any]) -> Self:
        """Read the flat form, as a URL or a saved search has it; absent and None are the same."""
        read: dict[str, Any] = {}
        for parameter, value in values.items():
            if value is None or parameter not in _PARTS:
                continue
            name, end = _PARTS[parameter]
            if end is not None:
                read[name] = read.get(name, _OPEN)._replace(**{end: value})
            else:
                is_several = isinstance(value, list | tuple)
                read[name] = tuple(sorted(set(value), key=by_kind)) if is_several else value
        return cls(**read)

    def asked(self) -> dict[str, Any]:
        """Return the values of what is asked for, by field, in the order of the table."""
        own = vars(self)
        return {
            name: value
            for name in FIELDS
            if (value := own[name]) is not None and value not in ((), _OPEN)
        }

    def as_parameters(self) -> dict[str, object]:
        """Return the flat form, ready for JSON: only what was asked for, in a fixed order."""
        flat: dict[str, object] = {}
        for name, value in self.asked().items():
            if isinstance(value, Range):
                flat |= {f"{name}_min": value.low, f"{name}_max": value.high}
            else:
                flat[name] = list(value) if isinstance(value, tuple) else value
        return {name: value for name, value in flat.items() if value is not None}


FIELDS = filter_fields(Criteria)
_OPEN = Range()
_PARTS: Mapping[str, tuple[str, str | None]] = {
    parameter: part
    for name, field in FIELDS.items()
    for parameter, part in (
        {f"{name}_min": (name, "low"), f"{name}_max": (name, "high")}
        if isinstance(field, RangeField)
        else {name: (name, None)}
    ).items()
}
"""The field that each parameter is read into, and which end of it if it is a range."""
