"""What the texts of adverts say the cars have: read as they are written, of older ones later."""

import time
from collections.abc import Mapping
from typing import Any

from django.db import connection, transaction

from listings.language.equipment import read_equipment

TEXTS = ("derivative", "features", "description")
BATCH_SIZE = 1_000
SECONDS_MAX = 45.0

_TAKE = """
    SELECT id, derivative, features, description FROM listings_listing
    WHERE {condition} ORDER BY id LIMIT %(limit)s FOR NO KEY UPDATE {others}
"""
_UNREAD = _TAKE.format(condition="equipment IS NULL", others="SKIP LOCKED")
_BEHIND = _TAKE.format(condition="id > %(after)s", others="")
_WRITE = """
    UPDATE listings_listing AS listing SET equipment = given.equipment
    FROM unnest(%s::bigint[], %s::bigint[]) AS given (id, equipment)
    WHERE listing.id = given.id AND listing.equipment IS DISTINCT FROM given.equipment
"""


def equipment_of(values: Mapping[str, Any]) -> int:
    """Return what the texts among an advert's fields say, as bits."""
    return read_equipment(
        derivative=str(values.get("derivative") or ""),
        features=values.get("features") or (),
        description=str(values.get("description") or ""),
    )


def read_unread(*, seconds_max: float = SECONDS_MAX) -> int:
    """Read texts that were never read, in batches; return how many adverts were written."""
    ends, total = time.monotonic() + seconds_max, 0
    last: int | None = 0
    while last is not None and time.monotonic() < ends:
        last, written = _batch(_UNREAD)
        total += written
    return total


def read_again(*, after: int) -> tuple[int | None, int]:
    """Read the texts of the next adverts by id, as when the lexicon has learnt words.

    Returns the last id, or None behind all of them, and how many adverts were written.
    """
    return _batch(_BEHIND, after)


@transaction.atomic
def _batch(taking: str, after: int = 0) -> tuple[int | None, int]:
    with connection.cursor() as cursor:
        cursor.execute(taking, {"limit": BATCH_SIZE, "after": after})
        found = {id_: dict(zip(TEXTS, texts, strict=True)) for id_, *texts in cursor.fetchall()}
        if not found:
            return None, 0
        read = [equipment_of(texts) for texts in found.values()]
        cursor.execute(_WRITE, [list(found), read])
        return max(found), cursor.rowcount
