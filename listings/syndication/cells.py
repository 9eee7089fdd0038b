"""What a file says of an advert, however its columns are called."""

from collections.abc import Callable, Mapping
from typing import Any
from urllib.parse import urljoin

from django.conf import settings

from listings.site.addresses import advert_path, canonical, elsewhere

COUNTRY = "GB"
PHOTOS_MAX = 20


def reference(row: Any) -> str:
    """Return the dealer's own key, by which a car comes back; the advert's number without one."""
    return row.stock_ref or str(row.pk)


def address(row: Any) -> str:
    """Return where buyers read the advert."""
    if settings.PUBLIC_LISTING_URL:
        return elsewhere(row.pk, row.title)
    return canonical(advert_path(row.pk, row.title))


def photos(row: Any) -> list[str]:
    """Return the addresses of the photographs in their largest size, the cover first."""
    found = list(row.photos.all())[:PHOTOS_MAX]
    return [urljoin(settings.PUBLIC_URL, photo.image.url) for photo in found]


def photo(number: int) -> Callable[[Any], str]:
    """Return what reads the address of one photograph; the cover is 0."""

    def cell(row: Any) -> str:
        found = list(row.photos.all())[number : number + 1] if number < PHOTOS_MAX else ()
        return "".join(urljoin(settings.PUBLIC_URL, each.image.url) for each in found)

    return cell


def pounds(row: Any) -> str:
    return f"{row.price} GBP" if row.price else ""


def miles(row: Any) -> str:
    return f"{row.mileage} miles"


def branch_address(row: Any) -> str:
    """Return the address on one line, with town, postcode and country."""
    branch = row.branch
    parts = (branch.address, branch.town, branch.postcode, COUNTRY)
    return ", ".join(part for part in parts if part)


def always(word: str) -> Any:
    """Return what says the same of every advert."""
    return lambda _: word


def choice(name: str) -> Any:
    """Return what reads a field in the trade's word for it."""
    return lambda row: getattr(row, f"get_{name}_display")() or ""


def text(name: str) -> Any:
    """Return what reads a field as it is."""
    return lambda row: "" if getattr(row, name) is None else str(getattr(row, name))


def among(name: str, words: Mapping[Any, str], other: str = "") -> Any:
    """Return what reads a field in a format's own words."""
    return lambda row: words.get(getattr(row, name), other) if getattr(row, name) else ""
