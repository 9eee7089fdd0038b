"""Tells made-up searches of made-up adverts, batch by batch, into an outbox of the test's own."""

import numpy as np
from django.db import connection, transaction

from listings.buyers.alert_ledger import enter_untold
from listings.buyers.percolator.standing_searches import Pairs
from listings.models import ChangesFollower

BATCHES = 12
CURSOR = "alerts"
OUTBOX = "CREATE TABLE outbox (search bigint, advert bigint, price int)"


def batch(number: int) -> list[tuple[int, int]]:
    """Return the pairs of a search and an advert of a batch: the one before has half of them."""
    return [(search, number + step) for search in range(1, 21) for step in (0, 1)]


def price(advert: int) -> int | None:
    return None if advert % 5 == 0 else 1_000 * advert


def tell_of_all() -> None:
    for number in range(BATCHES):
        with transaction.atomic():
            tell(number)


def follow() -> None:
    """Tell of the batches behind the cursor, and move it, each in one transaction."""
    position = 0
    while position < BATCHES:
        with transaction.atomic():
            cursor = ChangesFollower.objects.select_for_update().get(name=CURSOR)
            position = cursor.position
            if position < BATCHES:
                tell(position)
                cursor.position = position + 1
                cursor.save(update_fields=["position"])


def tell(number: int) -> None:
    found = np.array(batch(number), dtype=np.int64)
    prices = {advert: price(advert) for advert in found[:, 1].tolist()}
    new = enter_untold(Pairs(found[:, 0], found[:, 1]), prices)
    adverts = new.adverts.tolist()
    with connection.cursor() as cursor:
        cursor.execute(
            "INSERT INTO outbox SELECT * FROM unnest(%s::bigint[], %s::bigint[], %s::int[])",
            [new.searches.tolist(), adverts, [prices[each] for each in adverts]],
        )
