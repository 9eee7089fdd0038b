"""The staff admin of the people who sell."""

from dealers.admin import audit, branch, dealer, feeds, keys, people

__all__ = ["audit", "branch", "dealer", "feeds", "keys", "people"]
