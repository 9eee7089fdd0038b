"""A buyer's place, read into one form.

The second half of a postcode narrows a place down to a few homes, so it is dropped at once: it is
in no criteria, no cursor, no saved search and no answer.
"""

import re

from listings.search.places.areas import AREAS
from listings.search.places.named_places import named, nearest_name, place_words

TEXT_MAX = 40
DECIMALS = 4  # some ten metres: equal places are equal questions

_NUMBER = r"[+-]?[0-9]{1,3}(?:\.[0-9]{0,15})?"
_WANTED = (
    "Must be a postcode, an outcode such as LS1, a town, borough, county, region or nation such as "
    "Leeds or Kent, or latitude,longitude."
)
_COORDINATES = re.compile(rf"({_NUMBER}) *, *({_NUMBER})")
_POSTCODE = re.compile(
    r"(?P<area>[A-Z]{1,2})(?P<district>[0-9][A-Z0-9]?)?"
    r"(?(district)(?: *[0-9][ABD-HJLNP-UW-Z]{2}| +[0-9])?)"
)


def read(text: str) -> str:
    """Return `LS1` for `ls1 4ap`, `LS` for `ls`, `Newcastle upon Tyne` for `newcastle`,
    `53.8000,-1.5500` for `53.8, -1.55`.

    Raises `ValueError`, fit for the reader, for anything else and for areas that do not exist.
    """
    trimmed = text.strip()
    if len(trimmed) > TEXT_MAX:
        raise ValueError(_WANTED)
    if trimmed.isascii():
        if found := _COORDINATES.fullmatch(trimmed):
            return _coordinates(float(found[1]), float(found[2]))
        if found := _POSTCODE.fullmatch(trimmed.upper()):
            return _outcode(found["area"], found["district"] or "")
    if place := named(place_words(trimmed)):
        return place.name
    meant = nearest_name(trimmed)
    raise ValueError(f"{_WANTED} Did you mean {meant.name}?" if meant else _WANTED)


def _coordinates(latitude: float, longitude: float) -> str:
    if abs(latitude) > 90 or abs(longitude) > 180:
        raise ValueError("Latitude is from -90 to 90 and longitude from -180 to 180 degrees.")
    # Adding zero takes the sign off a negative one.
    north, east = round(latitude, DECIMALS) + 0.0, round(longitude, DECIMALS) + 0.0
    return f"{north:.{DECIMALS}f},{east:.{DECIMALS}f}"


def _outcode(area: str, district: str) -> str:
    if area not in AREAS:
        raise ValueError(f"There is no postcode area {area}.")
    return f"{area}{district}"
