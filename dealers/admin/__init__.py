"""The staff admin of the people who sell."""

from dealers.admin import dealer, people

__all__ = ["dealer", "people"]
