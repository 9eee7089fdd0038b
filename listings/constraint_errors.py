"""What a constraint that refused a write means to whoever wrote."""

import re

from django.db import IntegrityError

from listings.exceptions import AlreadyLive, DuplicateStockRef, InvalidListing, NotPublishable
from marketplace.errors import DomainError


def refusal(error: IntegrityError) -> DomainError:
    """Return the refusal for a violated constraint; it never repeats the row.

    The database's own message does, registration mark and all.
    """
    name = constraint_of(error)
    if name in _REFUSALS:
        kind, message = _REFUSALS[name]
        return kind(message)
    if matched := re.fullmatch(r"listing_(\w+)_is_(plausible|known|well_formed)", name):
        return InvalidListing(
            "Some fields cannot be accepted.",
            fields={matched[1]: [f"This value is not {matched[2].replace('_', ' ')}."]},
        )
    return InvalidListing(f"The database refuses this: {name or 'unknown rule'}.")


def constraint_of(error: IntegrityError) -> str:
    """Return the name of the constraint that was violated, empty where it is not told."""
    return getattr(getattr(error.__cause__, "diag", None), "constraint_name", None) or ""


_REFUSALS: dict[str, tuple[type[DomainError], str]] = {
    "stock_ref_is_unique_in_dealer": (DuplicateStockRef, DuplicateStockRef.words),
    "one_live_listing_per_dealer_and_vrm": (AlreadyLive, AlreadyLive.words),
    "scrapped_car_is_never_live": (NotPublishable, NotPublishable.scrapped),
    "listing_admin_fee_is_part_of_the_price": (
        InvalidListing,
        "The admin fee is part of the price and cannot exceed it.",
    ),
}
