"""What a mail tells: the cars of each search, asked of the database again when it is written."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any, Self
from urllib.parse import urlencode, urljoin

from django.conf import settings
from django.db.models import Prefetch, Q
from django.urls import reverse
from django.utils import timezone

from listings.buyers.links import BuyerLink, link_to
from listings.buyers.news import news
from listings.buyers.stored_criteria import criteria_of
from listings.models import Listing, Photo, SavedCar, SavedSearch
from listings.models.listing import ListingQuerySet
from listings.search.distance import miles_between
from listings.search.places import locate
from listings.search.postgres import matching
from marketplace.errors import Invalid

LISTED_MAX = 20
"""How many cars a mail shows."""
QUEUED_MAX = 40
"""How many finds of a search are kept; where there are more, it is asked again."""
LATE = timedelta(minutes=10)
"""So much longer than others a transaction may have taken whose advert was published in it."""
PHOTO_WIDTH = 480


@dataclass(frozen=True)
class Queued:
    """Finds of a search that wait: the first few, how many there are, and since when."""

    ids: tuple[int, ...]
    count: int
    since: datetime

    @classmethod
    def from_json(cls, stored: Mapping[str, Any]) -> Self:
        return cls(tuple(stored["ids"]), stored["count"], datetime.fromisoformat(stored["since"]))

    def to_json(self) -> dict[str, Any]:
        return {"ids": list(self.ids), "count": self.count, "since": self.since.isoformat()}

    def with_more(self, other: Self) -> Self:
        ids = tuple(dict.fromkeys((*self.ids, *other.ids)))
        overflow = max(0, self.count - len(self.ids)) + max(0, other.count - len(other.ids))
        kept = ids[:QUEUED_MAX]
        return type(self)(kept, len(ids) + overflow, min(self.since, other.since))

    @property
    def is_whole(self) -> bool:
        return self.count <= len(self.ids)


@dataclass(frozen=True)
class FoundCar:
    """A car in a mail; `what` says why, where that is not that it is new."""

    id: int
    title: str
    url: str
    price: int | None
    was: int | None = None
    listing: Listing | None = None
    photo: str = ""
    miles: float | None = None
    what: str = ""


@dataclass(frozen=True)
class FoundCars:
    """What a mail tells of one search; `more` are those that it does not show."""

    saved: SavedSearch
    cars: Sequence[FoundCar]
    more: int = 0

    @property
    def results_url(self) -> str:
        return results_url(self.saved)

    @property
    def manage_url(self) -> str:
        return link_to(BuyerLink.SEARCH, self.saved.record_id)


def results_url(saved: SavedSearch) -> str:
    """Return where the cars of a search are shown, the newest first; empty for single cars."""
    if not saved.criteria:
        return ""
    asked = {
        name: [str(each).lower() if isinstance(each, bool) else each for each in values]
        for name, values in saved.criteria.items()
    }
    return f"{settings.PUBLIC_URL}{reverse('results')}?{urlencode(asked, doseq=True)}"


def found_by_search(
    saved: SavedSearch, queued: Queued, *, most: int, told: Sequence[int]
) -> FoundCars:
    """Return the cars of a search that are there and still fit; `told` are left out.

    Where more were found than are kept, all that is new since is asked for.
    """
    criteria = criteria_of(saved.criteria)
    try:
        rows = matching(criteria).exclude(pk__in=told)
    except Invalid:  # what it names is not there any more
        return FoundCars(saved, ())
    if queued.is_whole:
        rows = rows.filter(pk__in=queued.ids)
    else:
        since = max(queued.since - LATE, saved.active_since or queued.since)
        is_new = Q(price_shown_at__gt=since)
        if criteria.price_rating:
            is_new |= Q(market_value__valued_at__gt=since)
        rows = news(rows).filter(is_new)
    shown = list(_shown(rows)[:most])
    count = rows.count() if len(shown) == most else len(shown)
    near = locate(criteria.near) if criteria.near else None
    cars = [_car(each, near) for each in shown]
    return FoundCars(saved, cars, more=count - len(cars))


def found_of_cars(saved: SavedSearch, queued: Queued) -> FoundCars:
    """Return those of the watched cars of which there is something to tell."""
    watched = SavedCar.objects.filter(record=saved.record_id, listing__in=queued.ids)
    public = {row.pk: row for row in _shown(Listing.objects.public().filter(pk__in=queued.ids))}
    cars = [_watched(each, public.get(each.listing_id or 0)) for each in watched.order_by("pk")]
    return FoundCars(saved, [each for each in cars if each is not None])


def mark_cars(saved: SavedSearch, found: FoundCars) -> None:
    """Remember what was told of watched cars."""
    now = timezone.now()
    for car in found.cars:
        rows = SavedCar.objects.filter(record=saved.record_id, listing=car.id)
        if car.listing is None:
            rows.update(told_gone_at=now)
        else:
            rows.update(told_gone_at=None, price=car.price)


def _watched(watched: SavedCar, row: Listing | None) -> FoundCar | None:
    if row is None:
        if watched.told_gone_at is not None or watched.listing_id is None:
            return None
        url = _advert_url(watched.listing_id)
        return FoundCar(watched.listing_id, watched.title, url, None, what="No longer for sale")
    if watched.told_gone_at is not None:
        return _car(row, None, what="Back on sale")
    if row.price is None or watched.price is None or row.price >= watched.price:
        return None
    return _car(row, None, what="Cheaper", was=watched.price)


def _shown(rows: ListingQuerySet) -> ListingQuerySet:
    covers = Photo.objects.filter(position=0)
    return (
        rows.with_card()
        .prefetch_related(Prefetch("photos", covers, to_attr="covers"))
        .order_by("-price_shown_at", "-pk")
    )


def _car(row: Listing, near: Any, *, what: str = "", was: int | None = None) -> FoundCar:
    covers: list[Photo] = vars(row).get("covers", [])
    branch = row.branch
    return FoundCar(
        id=row.pk,
        title=f"{row.year} {row.title}",
        url=_advert_url(row.pk),
        price=row.price,
        was=was or row.previous_price,
        listing=row,
        photo=urljoin(settings.PUBLIC_URL, covers[0].url_for(PHOTO_WIDTH)) if covers else "",
        miles=near and miles_between(near, branch.latitude, branch.longitude),
        what=what or ("Reduced" if row.previous_price else ""),
    )


def _advert_url(listing_id: int) -> str:
    return f"{settings.PUBLIC_URL}{reverse('advert-by-id', args=[listing_id])}"
