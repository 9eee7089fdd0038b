"""Writing adverts: their fields, their status, and the log of both.

Every door writes through here: the panel, the stock API, feeds, the staff admin, jobs. Adverts are
written in sets, each call as one change set; a verb for one advert is a set of one.
"""

from listings.adverts.authorship import Writing, last_writings
from listings.adverts.context import WriteContext
from listings.adverts.creation import Created, create_listing, create_listings, draft_listings
from listings.adverts.edits import Changed, change_listings, edit_listing, edit_listings
from listings.adverts.equipment import read_again, read_unread
from listings.adverts.expiry import expire_due, release_overdue
from listings.adverts.fields import EDITABLE_FIELDS
from listings.adverts.locks import unlock_fields
from listings.adverts.refusals import obstacle
from listings.adverts.rules import Action, allowed_actions
from listings.adverts.states import ListingState, lock_listings
from listings.adverts.transitions import (
    UNSETTLED,
    confirm_listings,
    publish_listings,
    sell_listings,
    soonest_end,
    transition_listings,
    withdraw_listings,
)
from listings.adverts.undo import STATE, Reversal, Undone, plan_undo, undo_listings

__all__ = [
    "EDITABLE_FIELDS",
    "STATE",
    "UNSETTLED",
    "Action",
    "Changed",
    "Created",
    "ListingState",
    "Reversal",
    "Undone",
    "WriteContext",
    "Writing",
    "allowed_actions",
    "change_listings",
    "confirm_listings",
    "create_listing",
    "create_listings",
    "draft_listings",
    "edit_listing",
    "edit_listings",
    "expire_due",
    "last_writings",
    "lock_listings",
    "obstacle",
    "plan_undo",
    "publish_listings",
    "read_again",
    "read_unread",
    "release_overdue",
    "sell_listings",
    "soonest_end",
    "transition_listings",
    "undo_listings",
    "unlock_fields",
    "withdraw_listings",
]
