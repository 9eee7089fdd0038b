"""Who has seen which write: the rule that every reader of changes stands on.

A listing's `revision` is the transaction that wrote it last, and a snapshot says which transactions
its reader could see. So an advert is news to a reader exactly if its revision was not visible in
the snapshot the reader had before, however long that transaction ran and whatever came after it.
"""

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Self

from django.db import connection, transaction


@dataclass(frozen=True)
class TransactionSnapshot:
    """PostgreSQL's `pg_snapshot`: all transactions below `xmax` had ended, but for those running.

    Source: PostgreSQL documentation, 9.27.9 "Transaction ID and Snapshot Information Functions".
    """

    xmin: int
    xmax: int
    running: tuple[int, ...] = ()

    @classmethod
    def parse(cls, text: str) -> Self:
        xmin, xmax, running = text.split(":")
        return cls(int(xmin), int(xmax), tuple(int(xid) for xid in running.split(",") if xid))

    def __str__(self) -> str:
        return f"{self.xmin}:{self.xmax}:{','.join(map(str, self.running))}"

    def unseen_until(self, later: Self) -> list[tuple[int, int]]:
        """Return the revisions seen in a later snapshot and not in this, as ranges [low, high).

        They ascend. What is running in the later snapshot is in none of them, so that nobody has
        to look at the rows of a large transaction before it ends; nor are revisions from the
        future, which a dump from another cluster brings.
        """
        still_running = set(later.running)
        ranges = [(xid, xid + 1) for xid in sorted(set(self.running) - still_running)]
        low = self.xmax
        for xid in sorted(xid for xid in still_running if xid >= low):
            ranges.append((low, xid))
            low = xid + 1
        ranges.append((low, later.xmax))
        return [(low, high) for low, high in ranges if low < high]


@dataclass(frozen=True)
class ReadMoment:
    """What one read sees, and the incarnation of the data that its snapshots can be compared in.

    `incarnation` changes with the cluster, its timeline (a failover, a restore to a point in
    time), the database, the files of the tables (a restored dump, TRUNCATE) and the feed's epoch.
    `pruned_to` is the highest revision of tombstones that were removed.
    """

    snapshot: TransactionSnapshot
    incarnation: str
    pruned_to: int | None

    def remembers(self, seen: TransactionSnapshot, incarnation: str) -> bool:
        """Tell whether all that changed since an earlier snapshot can still be read now."""
        # A `pruned_to` from the future came with a dump and tells nothing.
        is_pruned = self.pruned_to is not None and seen.xmin <= self.pruned_to < self.snapshot.xmax
        is_past = seen.xmax <= self.snapshot.xmax
        return incarnation == self.incarnation and is_past and not is_pruned


# pg_walfile_name fails on a standby, which is meant: the snapshots of a standby do not list the
# transactions that are running, so that a reader there would lose what they write.
MOMENT = """
    SELECT pg_current_snapshot()::text,
        left(encode(sha256(convert_to(concat_ws(
            '.',
            (SELECT system_identifier FROM pg_control_system()),
            left(pg_walfile_name(pg_current_wal_lsn()), 8),
            (SELECT oid FROM pg_database WHERE datname = current_database()),
            pg_relation_filenode('listings_listing'),
            pg_relation_filenode('listings_listingtombstone'),
            feed.epoch
        ), 'UTF8')), 'hex'), 16),
        feed.pruned_to::text
    FROM (VALUES (1)) AS one (id) LEFT JOIN listings_changefeed AS feed USING (id)
"""


@contextmanager
def one_moment() -> Iterator[ReadMoment]:
    """Let every query in the block see the same moment of the primary database."""
    with transaction.atomic(durable=True), connection.cursor() as cursor:
        cursor.execute("SET TRANSACTION ISOLATION LEVEL REPEATABLE READ, READ ONLY")
        cursor.execute(MOMENT)
        snapshot, incarnation, pruned_to = cursor.fetchone()
        yield ReadMoment(
            TransactionSnapshot.parse(snapshot), incarnation, pruned_to and int(pruned_to)
        )
