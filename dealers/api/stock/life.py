"""The part of an advert's life that is its dealer's: rejecting and reopening are for staff."""

from listings.adverts import Action, allowed_actions
from listings.models import Listing

OFFERED = (
    Action.PUBLISH,
    Action.RENEW,
    Action.RESERVE,
    Action.RELEASE,
    Action.SELL,
    Action.WITHDRAW,
)


def offered_actions(listing: Listing) -> list[str]:
    """Return what the dealer can do with the advert now, in the order of its life."""
    return [str(action) for action in allowed_actions(listing) if action in OFFERED]


def etag(listing: Listing) -> str:
    """Return the version of an advert: its revision, and what the clock allows by now."""
    offered = offered_actions(listing)
    allowed = sum(1 << place for place, action in enumerate(OFFERED) if action in offered)
    return f'"{listing.revision or 0:x}.{allowed:x}"'
