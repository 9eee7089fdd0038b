"""Writing many adverts of one dealer at once: the verbs for one advert, as sets.

A caller that brings stock by the thousand (a feed) uses these in a transaction of its own. They
keep every rule of `listings.editing` and `listings.lifecycle`: the same states, events, price
history and plans, and fields that a person locked are left alone.
"""

from listings.stocking.changing import Changed, change_listings
from listings.stocking.creating import Created, create_listings
from listings.stocking.standing import (
    UNSETTLED,
    confirm_listings,
    lock_listings,
    publish_listings,
    sell_listings,
    soonest_end,
    withdraw_listings,
)
from listings.stocking.writer import Standing, Writer

__all__ = [
    "UNSETTLED",
    "Changed",
    "Created",
    "Standing",
    "Writer",
    "change_listings",
    "confirm_listings",
    "create_listings",
    "lock_listings",
    "publish_listings",
    "sell_listings",
    "soonest_end",
    "withdraw_listings",
]
