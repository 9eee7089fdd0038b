"""Figures that are ten times what they were, or a tenth: a slip of a digit more often than news."""

from collections.abc import Mapping, Sequence

from dealers.feeds.imports.batch import StagedRow
from listings.models import Listing

_TIMES = 10
_LEAST_DIFFERENCE = {"price": 0, "mileage": 10_000}


def hold_leaps(rows: Sequence[StagedRow], values: Mapping[int, dict[str, object]]) -> None:
    """Leave out of `values` what leaps, and warn of it: the advert keeps what it says."""
    ids = [row.listing_id for row in rows if row.listing_id]
    last = {each["pk"]: each for each in Listing.objects.filter(pk__in=ids).values("pk", *_FIELDS)}
    for row in rows:
        stated = values[row.listing_id or 0]
        for name in _FIELDS:
            new, old = stated.get(name), last.get(row.listing_id, {}).get(name)
            if isinstance(new, int) and isinstance(old, int) and _is_leap(name, old, new):
                del stated[name]
                message = f"{new:,} after {old:,}: the advert keeps {old:,} until a person says so."
                row.warn("leap", message, name)


_FIELDS = tuple(_LEAST_DIFFERENCE)


def _is_leap(name: str, old: int, new: int) -> bool:
    least, most = sorted((old, new))
    return most >= _TIMES * least > 0 and most - least > _LEAST_DIFFERENCE[name]
