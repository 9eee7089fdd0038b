"""The dealer's people, places and keys, and the log of who changed them."""

from dealers.panel.team import audit, branches, departure, keys, people

__all__ = ["audit", "branches", "departure", "keys", "people"]
