"""Who sells a car and where: telephone, opening hours and the way there, for pages."""

import dataclasses
from typing import Any, Self
from urllib.parse import urlencode

from listings.pages.buyers_place import BuyersPlace, miles_text
from listings.site.opening_hours import describe_hours

MAP = "https://www.openstreetmap.org/"
MAP_ZOOM = 16


@dataclasses.dataclass(frozen=True)
class BranchDetails:
    """A branch as a page shows it; `lines` is its address, `hours` pairs of days and hours.

    `distance` is how far it is from the reader's place, where both are known.
    """

    name: str
    lines: tuple[str, ...]
    phone: str
    hours: tuple[tuple[str, str], ...]
    map_url: str
    distance: str = ""

    @classmethod
    def of(cls, branch: Any, dealer: Any, place: BuyersPlace | None = None) -> Self:
        miles = place.miles_to(branch) if place else None
        town = " ".join(part for part in (branch.town, branch.postcode) if part)
        return cls(
            name=branch.name,
            lines=tuple(line for line in (branch.address, town) if line),
            phone=branch.phone or dealer.phone,
            hours=tuple(describe_hours(branch.opening_hours or ())) if branch.opening_hours else (),
            map_url=map_url(branch),
            distance="" if miles is None else miles_text(miles),
        )


def map_url(branch: Any) -> str:
    """Return where a map shows the branch: a plain link, of which nothing is loaded here."""
    if branch.latitude is None or branch.longitude is None:
        return f"{MAP}search?{urlencode({'query': branch.postcode})}"
    point = urlencode({"mlat": branch.latitude, "mlon": branch.longitude})
    return f"{MAP}?{point}#map={MAP_ZOOM}/{branch.latitude}/{branch.longitude}"
