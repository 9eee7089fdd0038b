"""Writing adverts: their fields, their status, and the log of both.

Every door writes through here: the panel, the stock API, feeds, the staff admin, jobs.
"""

from listings.adverts.authorship import Writing, last_writings
from listings.adverts.context import ListingState, WriteContext
from listings.adverts.creation import Created, create_listings
from listings.adverts.edits import Changed, change_listings
from listings.adverts.expiry import expire_due, release_overdue
from listings.adverts.fields import EDITABLE_FIELDS, create_listing, edit_listing, unlock_fields
from listings.adverts.lifecycle import Action, allowed_actions
from listings.adverts.transitions import (
    UNSETTLED,
    confirm_listings,
    lock_listings,
    publish_listings,
    sell_listings,
    soonest_end,
    withdraw_listings,
)

__all__ = [
    "EDITABLE_FIELDS",
    "UNSETTLED",
    "Action",
    "Changed",
    "Created",
    "ListingState",
    "WriteContext",
    "Writing",
    "allowed_actions",
    "change_listings",
    "confirm_listings",
    "create_listing",
    "create_listings",
    "edit_listing",
    "expire_due",
    "last_writings",
    "lock_listings",
    "publish_listings",
    "release_overdue",
    "sell_listings",
    "soonest_end",
    "unlock_fields",
    "withdraw_listings",
]
