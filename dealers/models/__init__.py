"""The people who sell."""

from dealers.models.dealer import Branch, Dealer
from dealers.models.keys import ApiKey, Scope
from dealers.models.notice import ExpiryNotice
from dealers.models.people import Membership, User
from dealers.models.work import BulkRow, BulkRun, SavedView

__all__ = [
    "ApiKey",
    "Branch",
    "BulkRow",
    "BulkRun",
    "Dealer",
    "ExpiryNotice",
    "Membership",
    "SavedView",
    "Scope",
    "User",
]
