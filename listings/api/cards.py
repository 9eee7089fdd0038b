"""The cards of a page, each rendered once for a revision of its advert."""

import dataclasses
import os
import re
import threading
from collections.abc import Callable
from datetime import UTC, datetime
from functools import lru_cache
from itertools import islice
from typing import Any
from urllib.parse import urljoin

import orjson
from django.http import HttpRequest
from django.utils import timezone
from django.utils.encoding import iri_to_uri
from rest_framework.request import Request

from listings.api.price_ratings import rating_texts
from listings.api.serializers import CardSerializer
from listings.search.cards import CardRow, ReadValue, valued_card_rows
from listings.search.distance import miles_between
from listings.search.engine import SearchResult
from listings.search.places import Point
from marketplace.api.compiled import compiled
from marketplace.api.renderers import json_bytes

KEPT_MAX = 50_000
HOSTS_MAX = 64
MOMENTARY = ("reserved", "distance_miles", "price_rating")
"""The members that are added to what is kept of a card: the last ones of the serializer."""


_PLAIN_PATH = re.compile(r"(?:/[A-Za-z0-9_-][A-Za-z0-9_.-]*+)++")
"""Addresses in which joining and quoting change nothing."""
_RESERVED = {
    False: b',"reserved":false,"distance_miles":',
    True: b',"reserved":true,"distance_miles":',
}
_RATING = b',"price_rating":'
_END = b"}"
_NOWHERE = b"null"


@dataclasses.dataclass(frozen=True, slots=True)
class Rendered:
    """The JSON of a card as of a revision, but for its last members, which depend on more.

    Bytes are kept rather than dicts: the collector of garbage looks into none of them.
    """

    text: bytes
    revision: int
    reserved_until: datetime | None
    latitude: float | None
    longitude: float | None

    def shown(self, now: datetime, near: Point | None, rating: bytes) -> bytes:
        """Add whether it is reserved now, how far it is from the buyer, and its rating."""
        is_reserved = self.reserved_until is not None and self.reserved_until > now
        miles = _NOWHERE
        if near is not None:
            miles = json_bytes(miles_between(near, self.latitude, self.longitude))
        return b"".join((self.text, _RESERVED[is_reserved], miles, _RATING, rating, _END))


def rendered_cards(result: SearchResult, request: Request | HttpRequest) -> list[dict[str, Any]]:
    """Return the cards of a page in its order, without any advert that is public no more."""
    return [orjson.loads(text) for text in _card_texts(result, request)]


def written_cards(result: SearchResult, request: Request | HttpRequest) -> list[orjson.Fragment]:
    """Return what `rendered_cards` does, as the JSON that an answer takes over as it is."""
    return [orjson.Fragment(text) for text in _card_texts(result, request)]


def _card_texts(result: SearchResult, request: Request | HttpRequest) -> list[bytes]:
    """Return the JSON of each card.

    An engine that knows the adverts' revisions spares the database those that this process has
    rendered already: whatever a card shows changes the revision, by trigger. Only the very revision
    counts, as revisions of a restored database can be lower than those before.
    """
    here = request.build_absolute_uri("/")
    ids = result.ids
    versions = dict(zip(ids, result.known_versions, strict=True))
    found = {
        id_: kept
        for id_, version in versions.items()
        if (kept := _kept.get((here, id_))) is not None and kept.revision == version.revision
    }
    values: dict[int, ReadValue] = {}
    if missing := [id_ for id_ in ids if id_ not in found]:
        rows = valued_card_rows(missing, result.names)
        found |= _render([row for row, _ in rows], here)
        values = {row.id: value for row, value in rows if value is not None}
    revisions = {id_: card.revision for id_, card in found.items()}
    rated = rating_texts(revisions, versions, values)
    now = timezone.now()
    return [found[id_].shown(now, result.near, rated[id_]) for id_ in ids if id_ in found]


def _render(rows: list[CardRow], here: str) -> dict[int, Rendered]:
    write = _card_writer(here)
    with timezone.override(UTC):  # a page and the API share what is kept
        rendered = {
            row.id: Rendered(
                json_bytes(write(row)).removesuffix(_END),
                int(row.revision),
                row.reserved_until,
                row.branch.latitude,
                row.branch.longitude,
            )
            for row in rows
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
        if _PLAIN_PATH.fullmatch(location):
            return f"{self.root.rstrip('/')}{location}"
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
