"""Whether a price may be a slip: asked by whoever takes one, before it is written."""

FACTOR_MAX = 5
"""A digit too many or too few changes a price more than this, and hardly any decision does."""

PRICE_MIN = 100
"""What no car is sold for, in pounds; where an advert says so already, it is asked no more."""


def price_doubt(old: int | None, new: int | None) -> str | None:
    """Return what is odd about a price for an advert that has, or has not, another one so far."""
    if new is None:
        return None
    if old is None:
        return f"£{new:,} for a car: is a digit missing?" if new < PRICE_MIN else None
    if old >= PRICE_MIN and not old <= new * FACTOR_MAX:
        return f"£{new:,} instead of £{old:,}: is a digit missing?"
    if old >= PRICE_MIN and new > old * FACTOR_MAX:
        return f"£{new:,} instead of £{old:,}: is a digit too many?"
    return None
