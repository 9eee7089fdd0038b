"""The change feed: what a mirror of the public stock, or of other rows, has to do to stay one.

A mirror first reads the whole stock by id, then, round by round, what it has not seen. Every round
ends at the snapshot its first page was read in, so that whatever changes between two pages belongs
to the next round. Within a round a page goes on by (revision, id), from which an advert can only
leave by changing again. Each advert is sent as it is when the page is read.
"""

from listings.changes.pages import (
    Change,
    ChangedRows,
    Changes,
    ChangeSource,
    position_now,
    read_changed_rows,
    read_changes,
)
from listings.changes.position import ChangesPosition
from listings.changes.upkeep import prune_tombstones, restamp_from_the_future, restart

__all__ = [
    "Change",
    "ChangeSource",
    "ChangedRows",
    "Changes",
    "ChangesPosition",
    "position_now",
    "prune_tombstones",
    "read_changed_rows",
    "read_changes",
    "restamp_from_the_future",
    "restart",
]
