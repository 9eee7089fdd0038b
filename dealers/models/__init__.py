"""The people who sell."""

from dealers.models.dealer import Branch, Dealer
from dealers.models.notice import ExpiryNotice
from dealers.models.people import Membership, User

__all__ = ["Branch", "Dealer", "ExpiryNotice", "Membership", "User"]
