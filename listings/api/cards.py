"""The cards of a page, each rendered once for a revision of its advert."""

import dataclasses
import threading
from datetime import datetime
from itertools import islice
from typing import Any

from django.utils import timezone
from rest_framework.request import Request

from listings.api.serializers import CardSerializer
from listings.search.cards import cards
from listings.search.distance import miles_between
from listings.search.engine import Hits
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


def rendered_cards(hits: Hits, request: Request) -> list[dict[str, Any]]:
    """Return the cards of a page in its order, without any advert that is public no more.

    An engine that knows the adverts' revisions spares the database those that this process has
    rendered already: whatever a card shows changes the revision, by trigger. Only the very revision
    counts, as revisions of a restored database can be lower than those before.
    """
    here = request.build_absolute_uri("/")
    ids = [position.id for position in hits.positions]
    found = {
        id_: kept
        for id_, revision in zip(ids, hits.revisions, strict=False)
        if (kept := _kept.get((here, id_))) is not None and kept.revision == revision
    }
    if missing := [id_ for id_ in ids if id_ not in found]:
        found |= _render(missing, here, request)
    now = timezone.now()
    return [found[id_].shown(now, hits.near) for id_ in ids if id_ in found]


def _render(ids: list[int], here: str, request: Request) -> dict[int, Rendered]:
    rows = cards(ids)
    serialized = CardSerializer(rows, many=True, context={"request": request}).data
    rendered = {
        row.pk: Rendered(card, row.revision or 0, row.reserved_until, _position(row))
        for row, card in zip(rows, serialized, strict=True)
    }
    with _keeping:
        _kept.update({(here, id_): card for id_, card in rendered.items()})
        for key in list(islice(_kept, max(0, len(_kept) - KEPT_MAX))):
            del _kept[key]
    return rendered


def _position(row: Any) -> tuple[float | None, float | None]:
    return (row.branch.latitude, row.branch.longitude)


_kept: dict[tuple[str, int], Rendered] = {}
_keeping = threading.Lock()
