"""The cards of a page, each rendered once for a revision of its advert."""

import dataclasses
import os
import threading
from collections.abc import Callable
from datetime import datetime
from functools import lru_cache
from itertools import islice
from typing import Any
from urllib.parse import urljoin

from django.http import HttpRequest
from django.utils import timezone
from django.utils.encoding import iri_to_uri
from rest_framework.request import Request

from listings.api.serializers import CardSerializer
from listings.search.cards import CardRow, card_rows
from listings.search.distance import miles_between
from listings.search.engine import SearchResult
from listings.search.places import Point
from marketplace.api.compiled import compiled

KEPT_MAX = 50_000
HOSTS_MAX = 64
MOMENTARY = ("reserved", "distance_miles")


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
        found |= _render(missing, here)
    now = timezone.now()
    return [found[id_].shown(now, result.near) for id_ in ids if id_ in found]


def _render(ids: list[int], here: str) -> dict[int, Rendered]:
    write = _card_writer(here)
    rendered = {
        row.id: Rendered(
            write(row),
            int(row.revision),
            row.reserved_until,
            (row.branch.latitude, row.branch.longitude),
        )
        for row in card_rows(ids)
    }
    with _keeping:
        _kept.update({(here, id_): card for id_, card in rendered.items()})
        for key in list(islice(_kept, max(0, len(_kept) - KEPT_MAX))):
            del _kept[key]
    return rendered


@dataclasses.dataclass(frozen=True)
class Host:
    """The part of a request that the addresses on a card depend on."""

    root: str

    def build_absolute_uri(self, location: str) -> str:
        return iri_to_uri(urljoin(self.root, location))


@lru_cache(maxsize=HOSTS_MAX)
def _card_writer(root: str) -> Callable[[CardRow], dict[str, Any]]:
    """Return what writes a card; making it takes longer than writing a page of them."""
    serializer = CardSerializer(context={"request": Host(root)})
    return compiled(serializer, without=MOMENTARY)


_kept: dict[tuple[str, int], Rendered] = {}
_keeping = threading.Lock()  # as with the replica's, a fork waits for it
os.register_at_fork(
    before=_keeping.acquire, after_in_parent=_keeping.release, after_in_child=_keeping.release
)
