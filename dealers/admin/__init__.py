"""The staff admin of the people who sell."""

from dealers.admin import dealer, keys, people

__all__ = ["dealer", "keys", "people"]
