"""The staff admin of the people who sell."""

from dealers.admin import (
    audit,
    branch,
    buyer_records,
    dealer,
    feed_runs,
    named_texts,
    people,
    retention,
    webhooks,
)

__all__ = [
    "audit",
    "branch",
    "buyer_records",
    "dealer",
    "feed_runs",
    "named_texts",
    "people",
    "retention",
    "webhooks",
]
