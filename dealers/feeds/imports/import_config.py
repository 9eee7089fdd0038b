"""What a feed said when a file arrived, so that a change half way does not split the file."""

import json
from collections.abc import Mapping
from dataclasses import asdict, dataclass, field
from hashlib import blake2b
from typing import Any, Self

from dealers.models import StockFeed

READING_VERSION = 5
"""Raised when rows come to be read differently, so that every row is read anew once."""


@dataclass(frozen=True)
class ImportConfig:
    """How the rows of one file become cars of one dealer."""

    feed_id: int
    dealer_id: int
    feed_name: str
    mapping: Mapping[str, Any] | None
    format: str
    is_full: bool
    clears_blanks: bool
    publishes: bool
    branch_id: int
    branches: Mapping[str, int] = field(default_factory=dict)
    words: Mapping[str, str] = field(default_factory=dict)
    """What words of the status mean that a person has explained."""

    @classmethod
    def of(cls, feed: StockFeed) -> Self:
        """Return a feed's config; its branches are known by name and by the file's own words."""
        known = {name: pk for pk, name in feed.dealer.branches.values_list("pk", "name")}
        words = feed.status_words.exclude(meaning="").values_list("key", "meaning")
        mine = {ref: pk for ref, pk in feed.branch_refs.items() if pk in known.values()}
        return cls(
            feed_id=feed.pk,
            dealer_id=feed.dealer_id,
            feed_name=feed.name,
            mapping=feed.mapping if feed.mapping_confirmed_at else None,
            format=feed.format,
            is_full=feed.mode == StockFeed.Mode.FULL,
            clears_blanks=feed.blanks == StockFeed.Blanks.CLEAR,
            publishes=feed.publishes,
            branch_id=feed.branch_id,
            branches={_folded(name): pk for name, pk in {**known, **mine}.items()},
            words=dict(words),
        )

    @classmethod
    def from_json(cls, members: Mapping[str, Any]) -> Self:
        return cls(**members)

    def to_json(self) -> dict[str, Any]:
        return asdict(self)

    def digest(self) -> bytes:
        """Return what distinguishes this way of reading a row from others."""
        parts = (READING_VERSION, self.mapping, self.clears_blanks, self.branches, self.words)
        return blake2b(json.dumps(parts, sort_keys=True).encode(), digest_size=16).digest()

    def branch_of(self, ref: str) -> int | None:
        """Return the branch that the file's word for it means, where it is known."""
        return self.branches.get(_folded(ref))


def _folded(name: str) -> str:
    return " ".join(name.casefold().split())
