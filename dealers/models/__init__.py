"""The people who sell."""

from dealers.models.dealer import Branch, Dealer
from dealers.models.keys import ApiKey, Scope
from dealers.models.notice import ExpiryNotice
from dealers.models.people import Membership, User

__all__ = ["ApiKey", "Branch", "Dealer", "ExpiryNotice", "Membership", "Scope", "User"]
