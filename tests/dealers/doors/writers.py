"""A car as people and systems write it, in words of these writers' own."""

from collections.abc import Iterator, Mapping, Sequence

from hypothesis import strategies as st

from tests.dealers.doors.cars import COLOURS, Car

_KM_IN_A_MILE = 1.609344

_FUELS: Mapping[str, tuple[str, ...]] = {
    "petrol": ("Petrol", "PETROL", "petrol", "Unleaded Petrol"),
    "diesel": ("Diesel", "DIESEL", "Heavy Oil"),
    "electric": ("Electric", "ELECTRICITY", "Pure Electric", "Electric Vehicle"),
    "hybrid": ("Hybrid", "Hybrid Electric", "Petrol/Electric Hybrid", "HYBRID"),
    "plug_in_hybrid": ("Plug-in Hybrid", "PHEV", "Plug In Hybrid", "Petrol Plug-in Hybrid"),
    "lpg": ("LPG", "Petrol/LPG", "lpg"),
    "hydrogen": ("Hydrogen", "Hydrogen Fuel Cell"),
}
_FUELS_SAID = {
    "petrol": ("petrol", "PETROL"),
    "diesel": ("diesel", "Diesel"),
    "electric": ("electric", "EV"),
    "hybrid": ("hybrid", "Hybrid"),
    "plug_in_hybrid": ("plug-in hybrid", "phev", "plug in hybrid"),
    "lpg": ("lpg", "LPG"),
    "hydrogen": ("hydrogen",),
}
_GEARBOXES: Mapping[str, tuple[str, ...]] = {
    "manual": ("Manual", "MANUAL", "man", "6 Speed Manual", "Manual Gearbox"),
    "automatic": ("Automatic", "AUTO", "auto", "Semi-Automatic", "8 Speed Automatic"),
}
_NAMES_OF_AUTOMATICS = ("DSG", "S tronic", "Tiptronic", "PDK", "CVT", "DCT")
_GEARBOXES_SAID = {
    "manual": ("manual", "Manual"),
    "automatic": ("automatic", "auto", *_NAMES_OF_AUTOMATICS),
}
_BODIES: Mapping[str, tuple[str, ...]] = {
    "hatchback": ("Hatchback", "HATCHBACK", "Hatch"),
    "saloon": ("Saloon", "SALOON", "Sedan"),
    "estate": ("Estate", "ESTATE", "Estate Car"),
    "suv": ("SUV", "suv", "Crossover", "Sports Utility Vehicle"),
    "coupe": ("Coupe", "COUPE", "Coupé"),
    "convertible": ("Convertible", "Cabriolet", "CONVERTIBLE"),
    "mpv": ("MPV", "People Carrier", "mpv"),
    "pickup": ("Pickup", "Pick-up", "PICK UP", "Double Cab Pickup"),
    "van": ("Van", "Panel Van", "VAN"),
    "minibus": ("Minibus", "MINIBUS", "Mini Bus"),
}
_BODIES_SAID = {
    "hatchback": ("hatchback", "hatch"),
    "saloon": ("saloon",),
    "estate": ("estate", "estate car"),
    "suv": ("suv", "SUV"),
    "coupe": ("coupe", "coupé"),
    "convertible": ("convertible", "cabriolet", "cabrio"),
    "mpv": ("mpv", "people carrier"),
    "pickup": ("pickup", "pick up"),
    "van": ("van",),
    "minibus": ("minibus",),
}
# What dealers say, and searches do not read as such.
NOT_TYPED = frozenset({"hatch"})
_COLOURS: Mapping[str, tuple[str, ...]] = {
    "blue": ("blue", "navy"),
    "bronze": ("bronze", "copper"),
    "cream": ("cream", "ivory"),
    "grey": ("grey", "graphite", "anthracite", "charcoal", "gunmetal"),
    "maroon": ("maroon", "burgundy"),
    "purple": ("purple", "violet"),
    "turquoise": ("turquoise", "teal"),
}
HEADERS = (
    {
        "id": "Stock No",
        "make": "Make",
        "model": "Model",
        "year": "Year",
        "mileage": "Mileage",
        "price": "Price",
        "fuel": "Fuel Type",
        "transmission": "Transmission",
        "doors": "Doors",
        "body_type": "Body Type",
        "colour": "Colour",
        "power_bhp": "BHP",
        "engine_cc": "Engine CC",
        "battery_kwh": "Battery kWh",
    },
    {
        "id": "vehicleId",
        "make": "manufacturer",
        "model": "modelName",
        "year": "yearOfManufacture",
        "mileage": "odometerReading",
        "price": "retailPrice",
        "fuel": "fuel",
        "transmission": "gearbox",
        "doors": "numberOfDoors",
        "body_type": "bodyStyle",
        "colour": "exteriorColour",
        "power_bhp": "enginePower",
        "engine_cc": "engineSize",
        "battery_kwh": "batteryCapacity",
    },
    {
        "id": "STOCK_REF",
        "make": "MAKE",
        "model": "MODEL",
        "year": "REG_YEAR",
        "mileage": "MILES",
        "price": "SELLING_PRICE",
        "fuel": "FUEL",
        "transmission": "TRANS",
        "doors": "NO_OF_DOORS",
        "body_type": "BODY",
        "colour": "COLOR",
        "power_bhp": "POWER",
        "engine_cc": "CC",
        "battery_kwh": "BATTERY_SIZE",
    },
)


@st.composite
def derivatives(draw: st.DrawFn, car: Car) -> str:
    """Write what follows make and model: all but price, mileage and colour."""
    parts = [
        *([] if car.engine_cc is None else [car.litres]),
        *([] if car.battery_kwh is None else [f"{car.battery_kwh}kWh"]),
        _one(draw, _powers(car)),
        draw(st.sampled_from([f"{car.doors}dr", f"{car.doors} Dr"])),
        _one(draw, _FUELS_SAID[car.fuel]).capitalize(),
        _one(draw, _BODIES_SAID[car.body_type]).title(),
        _one(draw, _GEARBOXES_SAID[car.transmission]).title(),
    ]
    return " ".join(parts)


@st.composite
def titles(draw: st.DrawFn, car: Car) -> str:
    """Write what buyers read above an advert."""
    before = draw(st.sampled_from(["", f"{car.year} ", f"Used {car.year} "]))
    return f"{before}{car.make} {car.model} {draw(derivatives(car))}"


@st.composite
def phrases(draw: st.DrawFn, car: Car) -> str:
    """Write what a buyer types who wants this very car."""
    named = f"{car.make} {car.model}"
    words = [
        *([] if car.engine_cc is None else [car.litres]),
        _typed(draw, _GEARBOXES_SAID[car.transmission]),
        draw(st.sampled_from([f"{car.doors} door", f"{car.doors}dr"])),
        _typed(draw, _COLOURS.get(car.colour, (car.colour,))),
        _typed(draw, _BODIES_SAID[car.body_type]),
        _one(draw, _FUELS_SAID[car.fuel]),
        draw(st.sampled_from(["at least {}", "{} or more"])).format(_one(draw, _powers(car))),
        draw(st.sampled_from([f"max £{car.price:,}", f"up to £{car.price}"])),
        draw(st.sampled_from([f"max {car.mileage:,} miles", f"up to {car.mileage} miles"])),
    ]
    return " ".join(
        [str(car.year), named, *words]
        if draw(st.booleans())
        else [named, *words, f"from {car.year} to {car.year}"]
    )


def typed_words() -> Iterator[tuple[str, str, str]]:
    """Yield each word of a phrase, with the field and the value that it says."""
    colours = {colour: _COLOURS.get(colour, (colour,)) for colour in COLOURS}
    said = {
        "fuel": _FUELS_SAID,
        "transmission": _GEARBOXES_SAID,
        "body_type": _BODIES_SAID,
        "colour": colours,
    }
    for name, words_of in said.items():
        for value, words in words_of.items():
            yield from ((name, value, word) for word in words if word not in NOT_TYPED)


@st.composite
def feed_rows(draw: st.DrawFn, car: Car) -> dict[str, str]:
    """Write the row of a dealer's file, under one of several headers."""
    headers, ways = draw(st.sampled_from(HEADERS)), _cells(car)
    return {header: _one(draw, ways[name]) for name, header in headers.items()}


@st.composite
def feed_rows_with_titles(draw: st.DrawFn, car: Car) -> dict[str, str]:
    """Write the row of a file that names the car in one column."""
    names, ways = ("id", "year", "mileage", "price", "colour"), _cells(car)
    cells = {HEADERS[0][name]: _one(draw, ways[name]) for name in names}
    return {**cells, "Title": draw(titles(car))}


def stock_body(car: Car) -> dict[str, object]:
    """Write the body of a request to the stock API."""
    return {
        "make": car.make,
        "model": car.model,
        "year": car.year,
        "mileage": car.mileage,
        "price": car.price,
        "fuel": car.fuel,
        "transmission": car.transmission,
        "doors": car.doors,
        "body_type": car.body_type,
        "colour": car.colour,
        "power_bhp": car.power_bhp,
        "engine_cc": car.engine_cc,
        "battery_kwh": car.battery_kwh,
    }


def _one(draw: st.DrawFn, words: Sequence[str]) -> str:
    return draw(st.sampled_from(words))


def _typed(draw: st.DrawFn, words: Sequence[str]) -> str:
    return _one(draw, [word for word in words if word not in NOT_TYPED])


def _cells(car: Car) -> Mapping[str, Sequence[str]]:
    """Return the ways to write each cell of a car."""
    price, miles, kilometres = car.price, car.mileage, round(car.mileage * _KM_IN_A_MILE)
    cc, kwh = car.engine_cc, car.battery_kwh
    colours = [colour.title() for colour in _COLOURS.get(car.colour, (car.colour,))]
    return {
        "id": (f"S{miles}",),
        "make": (car.make, car.make.upper()),
        "model": (car.model, car.model.upper()),
        "year": (str(car.year),),
        "mileage": (f"{miles:,}", f"{miles}", f"{miles:,} miles", f"{miles}mi", f"{kilometres} km"),
        "price": (f"£{price:,}", f"{price}", f"{price}.00", f"GBP {price:,}", f"£{price:,} ONO"),
        "fuel": _FUELS[car.fuel],
        "transmission": (*_GEARBOXES[car.transmission], *_GEARBOXES_SAID[car.transmission]),
        "doors": (f"{car.doors}", f"{car.doors}.0", f"{car.doors} doors"),
        "body_type": _BODIES[car.body_type],
        "colour": (*colours, colours[0].upper(), f"Metallic {colours[-1]}"),
        "power_bhp": (f"{car.power_bhp}", *_powers(car)),
        "engine_cc": (f"{cc}", f"{cc}cc", f"{cc} CC") if cc else ("", "0", "N/A"),
        "battery_kwh": (f"{kwh}", f"{kwh} kWh") if kwh else ("", "N/A"),
    }


def _powers(car: Car) -> Sequence[str]:
    """Return a car's power in the units of the trade: a PS is a little less than a horsepower."""
    bhp, ps, kw = car.power_bhp, round(car.power_bhp * 1.01387), round(car.power_bhp * 0.7457)
    return f"{bhp}bhp", f"{bhp} BHP", f"{ps}PS", f"{ps} ps", f"{kw}kW"
