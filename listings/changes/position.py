"""Where a reader of the changes stands."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Self

from listings.revisions import TransactionSnapshot


@dataclass(frozen=True)
class ChangesPosition:
    """Where a page begins.

    `before` is what the mirror has seen; None while it reads the whole stock. `until` is the
    snapshot that the round under way, or the reading of the stock, ends at; None between rounds.
    Whoever answers the next page has replayed the log of writes up to `log_position`; where nobody
    knows it, that is the primary.
    """

    incarnation: str
    before: TransactionSnapshot | None
    until: TransactionSnapshot | None = None
    revision: int = 0
    id: int = 0
    log_position: int | None = None

    @classmethod
    def from_json(cls, stored: Mapping[str, Any]) -> Self:
        snapshots = {
            name: stored[name] and TransactionSnapshot.parse(stored[name])
            for name in ("before", "until")
        }
        return cls(**{**stored, **snapshots})

    def to_json(self) -> dict[str, Any]:
        before, until = (each and str(each) for each in (self.before, self.until))
        return {
            "incarnation": self.incarnation,
            "before": before,
            "until": until,
            "revision": self.revision,
            "id": self.id,
        }
