"""What a row says and the advert knows better: it is not written.

Of our own export these are texts that a spreadsheet has saved again: with other ends of lines, or
without the spaces around them. Where both would be read alike, nothing was changed.
"""

import json
from collections.abc import Callable, Mapping, Sequence
from typing import Any
from urllib.parse import urljoin

from django.conf import settings
from django.core.files.storage import default_storage

from dealers.feeds.cells import EMPTY
from dealers.feeds.cells.cell import UNSAID, Read
from dealers.feeds.cells.texts import (
    read_derivative,
    read_description,
    read_features,
    read_stock_ref,
)
from dealers.feeds.imports.batch import StagedRow
from listings.models import Listing, Photo

_READERS: Mapping[str, Callable[[str], Read]] = {
    "stock_ref": read_stock_ref,
    "derivative": read_derivative,
    "description": read_description,
    "features": read_features,
}


def keep_known(rows: Sequence[StagedRow]) -> None:
    """Take out of rows what no cell of theirs states and the advert knows already.

    A derivative says 3.0 of 2,993 cubic centimetres: read from it, that fills what is not known
    and replaces nothing.
    """
    inferring = [row for row in rows if row.staged and row.staged.inferred]
    if not inferring:
        return
    names = sorted({name for row in inferring if row.staged for name in row.staged.inferred})
    stock = Listing.objects.filter(pk__in=[row.listing_id for row in inferring])
    found = {each["pk"]: each for each in stock.values("pk", *names)}
    for row in inferring:
        known = found.get(row.listing_id or 0, {})
        for name in row.staged.inferred if row.staged else ():
            if row.staged and known.get(name) is not None:
                row.staged.values.pop(name, None)


def keep_own_photos(rows: Sequence[StagedRow]) -> None:
    """Leave the photographs alone where a row has the addresses of those that the advert has."""
    ours = urljoin(settings.PUBLIC_URL, default_storage.url(""))
    showing = [row for row in rows if row.staged and _all_begin_so(row.staged.photos, ours)]
    if not showing:
        return
    images: dict[int, set[str]] = {}
    stored = Photo.objects.filter(listing__in=[row.listing_id for row in showing])
    for pk, image in stored.values_list("listing_id", "image"):
        images.setdefault(pk, set()).add(urljoin(settings.PUBLIC_URL, default_storage.url(image)))
    for row in showing:
        if row.staged and images.get(row.listing_id or 0, set()) >= set(row.staged.photos or ()):
            row.staged.photos = None


def _all_begin_so(addresses: Sequence[str] | None, start: str) -> bool:
    return bool(addresses) and all(each.startswith(start) for each in addresses or ())


def keep_own_texts(rows: Sequence[StagedRow]) -> None:
    """Take texts out of rows that have the number of their advert and say what it says."""
    ours = [row for row in rows if row.staged and row.staged.advert == row.listing_id]
    if not ours:
        return
    stock = Listing.objects.filter(pk__in=[row.listing_id for row in ours])
    found = {each["pk"]: each for each in stock.values("pk", *_READERS)}
    for row in ours:
        values = row.staged.values if row.staged else {}
        known = found.get(row.listing_id or 0, {})
        for name in _READERS.keys() & values.keys() & known.keys():
            if _read_back(name, values[name]) == _read_back(name, known[name]):
                del values[name]


def _read_back(name: str, value: Any) -> object:
    """Return what a file says of a field that holds this."""
    text = value or ""
    read = _READERS[name](json.dumps(text, ensure_ascii=False) if isinstance(text, list) else text)
    return EMPTY[name] if read.value is UNSAID else read.value
