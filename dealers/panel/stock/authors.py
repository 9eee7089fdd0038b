"""Who wrote what an advert says, in words for its page."""

from dataclasses import dataclass
from datetime import datetime

from dealers.models import StockFeed
from dealers.panel.feeds.labels import label_of
from listings.adverts import Writing, last_writings
from listings.choices import Source
from listings.models import Listing, ListingEvent

_NOT_TOLD = frozenset({"id", "dealer", "title", "locked_fields"})


@dataclass(frozen=True)
class Author:
    """A field; who wrote it last, and when, where the log still says."""

    field: str
    label: str
    who: str
    at: datetime | None


def authors_of(listing: Listing) -> tuple[list[Author], list[Author]]:
    """Return the fields that feeds leave alone, and the others that say something.

    The former are empty where the dealer has no feed, the latter with the newest first.
    """
    written = last_writings(listing)
    locked = list(listing.locked_fields)
    if locked and not StockFeed.objects.for_dealer(listing.dealer_id).exists():
        locked = []
    others = [
        field.name
        for field in Listing._meta.concrete_fields
        if field.editable
        and field.name in written
        and field.name not in {*locked, *_NOT_TOLD}
        and getattr(listing, field.attname) not in (None, "", [])
    ]
    others.sort(key=lambda name: written[name].at, reverse=True)
    return _named(locked, written), _named(others, written)


def writer_of(entry: Writing | ListingEvent) -> str:
    """Return who stands behind a line of the log."""
    if entry.actor is not None:
        is_staff = getattr(entry.actor, "is_staff", False)
        return "The marketplace" if is_staff else str(entry.actor)
    words = {
        Source.FEED: "Stock feed",
        Source.API: "Stock API",
        Source.PERSON: "By hand",
        Source.BUYER: "A buyer",
    }
    return words.get(Source(entry.source), "By itself") if entry.source else "By itself"


def _named(names: list[str], written: dict[str, Writing]) -> list[Author]:
    return [_author(name, written.get(name)) for name in names]


def _author(name: str, entry: Writing | None) -> Author:
    if entry is None:
        return Author(name, label_of(name), "By hand", None)
    is_named = entry.actor is None and entry.source in (Source.FEED, Source.SYSTEM)
    said = entry.reason if is_named else ""
    who = f"{said[:1].upper()}{said[1:]}" if said else writer_of(entry)
    return Author(name, label_of(name), who, entry.at)
