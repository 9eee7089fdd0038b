"""The staff admin of the people who sell."""

from dealers.admin import audit, branch, dealer, feed_runs, people

__all__ = ["audit", "branch", "dealer", "feed_runs", "people"]
