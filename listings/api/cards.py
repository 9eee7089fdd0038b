"""The cards of a page, each rendered once for a revision of its advert."""

import dataclasses
import os
import threading
from datetime import datetime
from itertools import islice
from typing import Any

from django.core.files.storage import default_storage
from django.http import HttpRequest
from django.urls import reverse
from django.utils import timezone
from rest_framework.request import Request

from listings.models.photo import photo_sizes
from listings.search.cards import CardRow, card_rows
from listings.search.distance import miles_between
from listings.search.engine import SearchResult
from listings.search.places import Point

KEPT_MAX = 50_000


@dataclasses.dataclass(frozen=True, slots=True)
class Rendered:
    """A card as of a revision; what depends on the moment or the buyer's place is added later."""

    card: dict[str, Any]
    revision: int
    reserved_until: datetime | None
    position: tuple[float | None, float | None]

    def shown(self, now: datetime, near: Point | None) -> dict[str, Any]:
        is_reserved = self.reserved_until is not None and self.reserved_until > now
        miles = None if near is None else miles_between(near, *self.position)
        return {**self.card, "reserved": is_reserved, "distance_miles": miles}


def rendered_cards(result: SearchResult, request: Request | HttpRequest) -> list[dict[str, Any]]:
    """Return the cards of a page in its order, without any advert that is public no more.

    An engine that knows the adverts' revisions spares the database those that this process has
    rendered already: whatever a card shows changes the revision, by trigger. Only the very revision
    counts, as revisions of a restored database can be lower than those before.
    """
    here = request.build_absolute_uri("/")
    ids = [position.id for position in result.positions]
    found = {
        id_: kept
        for id_, revision in zip(ids, result.revisions, strict=False)
        if (kept := _kept.get((here, id_))) is not None and kept.revision == revision
    }
    if missing := [id_ for id_ in ids if id_ not in found]:
        found |= _render(missing, here, request)
    now = timezone.now()
    return [found[id_].shown(now, result.near) for id_ in ids if id_ in found]


def _render(ids: list[int], here: str, request: Request | HttpRequest) -> dict[int, Rendered]:
    addresses = _Addresses(request)
    rendered = {
        row.id: Rendered(
            _card(row, addresses),
            int(row.revision),
            row.reserved_until,
            (row.latitude, row.longitude),
        )
        for row in card_rows(ids)
    }
    with _keeping:
        _kept.update({(here, id_): card for id_, card in rendered.items()})
        for key in list(islice(_kept, max(0, len(_kept) - KEPT_MAX))):
            del _kept[key]
    return rendered


def _card(row: CardRow, addresses: "_Addresses") -> dict[str, Any]:
    """Return what `CardSerializer` does, without what DRF costs."""
    return {
        "id": row.id,
        "url": addresses.advert(row.id),
        "title": row.title,
        "make": {"name": row.make, "slug": row.make_slug},
        "model": {"name": row.model, "slug": row.model_slug},
        "derivative": row.derivative,
        "year": row.year,
        "price": row.price,
        "previous_price": row.previous_price,
        "lowest_price_30_days": row.lowest_price_30_days,
        "mileage": row.mileage,
        "fuel": row.fuel,
        "transmission": row.transmission,
        "doors": row.doors,
        "body_type": row.body_type,
        "colour": row.colour,
        "photo": addresses.cover(row),
        "dealer": {"name": row.dealer, "slug": row.dealer_slug},
        "town": row.town,
        "published_at": row.published_at.isoformat().replace("+00:00", "Z"),
    }


class _Addresses:
    """The absolute addresses on a card, as the request's host has them."""

    def __init__(self, request: Request | HttpRequest) -> None:
        self._request = request
        anyone = request.build_absolute_uri(reverse("listing-detail", args=[0]))
        self._before, self._after = anyone.rsplit("0", 1)

    def advert(self, id_: int) -> str:
        return f"{self._before}{id_}{self._after}"

    def cover(self, row: CardRow) -> dict[str, Any] | None:
        if row.image is None:
            return None
        width, height = row.image_width or 0, row.image_height or 0
        sizes = [
            {
                "width": size.width,
                "height": size.height,
                "url": self.stored(size.jpeg),
                "webp_url": self.stored(size.webp),
            }
            for size in photo_sizes(row.image, row.image_widths or [], (width, height))
        ]
        return {"url": self.stored(row.image), "width": width, "height": height, "sizes": sizes}

    def stored(self, name: str) -> str:
        return self._request.build_absolute_uri(default_storage.url(name))


_kept: dict[tuple[str, int], Rendered] = {}
_keeping = threading.Lock()  # as with the replica's, a fork waits for it
os.register_at_fork(
    before=_keeping.acquire, after_in_parent=_keeping.release, after_in_child=_keeping.release
)
