"""Prices of a file that may be slips: the advert keeps its own until a person has looked."""

from collections.abc import Sequence

from dealers.feeds.imports.batch import StagedRow
from listings.models import Listing
from listings.pricing import price_doubt


def hold_doubtful_prices(rows: Sequence[StagedRow]) -> None:
    """Take doubtful prices out of rows, and tell of each.

    Such a row is not remembered as seen, so that the next file is asked the same again. A price
    that a person wrote is locked anyway.
    """
    ids = [row.listing_id for row in rows if row.listing_id and _price(row) is not None]
    stock = Listing.objects.filter(pk__in=ids)
    found = {pk: (price, locked) for pk, price, locked in stock.values_list(*_FIELDS)}
    for row in rows:
        price, locked = found.get(row.listing_id or 0, (None, []))
        doubt = None if "price" in locked else price_doubt(price, _price(row))
        if doubt is None or row.staged is None:
            continue
        del row.staged.values["price"]
        row.raw_hash = b""
        kept = "goes without a price" if price is None else "keeps its price"
        row.warn(
            "price_doubtful", f"{doubt} The advert {kept}; write it there if it is right.", "price"
        )


_FIELDS = ("pk", "price", "locked_fields")


def _price(row: StagedRow) -> int | None:
    price = row.staged.values.get("price") if row.staged else None
    return price if isinstance(price, int) else None
