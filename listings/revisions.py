"""Who has seen which write: the rule that every reader of changes stands on.

A listing's `revision` is the transaction that wrote it last, and a snapshot says which transactions
its reader could see. So an advert is news to a reader exactly if its revision was not visible in
the snapshot the reader had before, however long that transaction ran and whatever came after it.
"""

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, replace
from typing import Self

from django.db import OperationalError, connections, transaction

from marketplace.databases.read_routes import PRIMARY, current_route, read_alias
from marketplace.databases.standbys import REPLAYED, SHOWN_UP_TO, TIMELINE


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

    def sees(self, revision: int) -> bool:
        """Tell whether what the transaction of a revision wrote is seen."""
        is_past = revision < self.xmax and revision not in self.running
        return revision < self.xmin or is_past

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
    `pruned_to` is the highest revision of tombstones that were removed. Whoever has replayed the
    log of writes up to `log_position` sees at least as much.
    """

    snapshot: TransactionSnapshot
    incarnation: str
    pruned_to: int | None
    log_position: int = 0
    is_standby: bool = False

    def remembers(self, seen: TransactionSnapshot, incarnation: str) -> bool:
        """Tell whether all that changed since an earlier snapshot can still be read now."""
        # A `pruned_to` from the future came with a dump and tells nothing.
        is_pruned = self.pruned_to is not None and seen.xmin <= self.pruned_to < self.snapshot.xmax
        # A standby never hears of transactions that end without a trace: `one_moment` has asked it
        # how far it has come.
        is_past = self.is_standby or seen.xmax <= self.snapshot.xmax
        return incarnation == self.incarnation and is_past and not is_pruned


MOMENT = f"""
    SELECT pg_current_snapshot()::text,
        left(encode(sha256(convert_to(concat_ws(
            '.',
            (SELECT system_identifier FROM pg_control_system()),
            {TIMELINE},
            (SELECT oid FROM pg_database WHERE datname = current_database()),
            pg_relation_filenode('listings_listing'),
            pg_relation_filenode('listings_listingtombstone'),
            feed.epoch
        ), 'UTF8')), 'hex'), 16),
        feed.pruned_to::text, {SHOWN_UP_TO}, pg_is_in_recovery(),
        {REPLAYED} >= %s AND {TIMELINE} IS NOT NULL
    FROM (VALUES (1)) AS one (id) LEFT JOIN listings_changefeed AS feed USING (id)
"""  # noqa: S608 - texts of ours

# A standby takes every transaction that runs for a subtransaction, and its snapshots name none.
# So those that have not ended are found one by one, before the snapshot is taken: what has ended by
# then is in it; what ends after that counts as running, and is told in the next round.
_ENDED = """
    SELECT pg_snapshot_xmax(now)::text, array(
        SELECT xid FROM generate_series(
            pg_snapshot_xmin(now)::text::bigint, pg_snapshot_xmax(now)::text::bigint - 1
        ) AS xid
        WHERE pg_xact_status(xid::text::xid8) = 'in progress'
    )
    FROM pg_current_snapshot() AS now
"""


@contextmanager
def one_moment(*, after: int | None = 0) -> Iterator[ReadMoment]:
    """Let every query in the block see the same moment of the database that reads go to.

    Where that is a standby which has not replayed the log of writes up to `after`, or is none any
    more, the primary answers; and so it does where `after` is None, as nobody knows it.
    """
    route, alias = current_route(), read_alias()
    if route is not None and alias != PRIMARY:
        if after is not None:
            ended = _ended_on(alias)
            with _transaction(alias, after) as (moment, has_replayed):
                if moment.is_standby and has_replayed:
                    yield replace(moment, snapshot=ended)
                    return
        route.stay_at_primary()
    with _transaction(PRIMARY) as (moment, _):
        if moment.is_standby:
            message = "DATABASE_URL leads to a standby."
            raise OperationalError(message)
        yield moment


@contextmanager
def _transaction(alias: str, after: int = 0) -> Iterator[tuple[ReadMoment, bool]]:
    """Read one moment, and tell whether it is past a place in the log of writes."""
    with transaction.atomic(using=alias, durable=True), connections[alias].cursor() as cursor:
        cursor.execute("SET TRANSACTION ISOLATION LEVEL REPEATABLE READ, READ ONLY")
        cursor.execute(MOMENT, [after])
        snapshot, incarnation, pruned_to, log_position, is_standby, is_past = cursor.fetchone()
        yield (
            ReadMoment(
                TransactionSnapshot.parse(snapshot),
                incarnation,
                pruned_to and int(pruned_to),
                int(log_position or 0),
                is_standby,
            ),
            bool(is_past),
        )


def _ended_on(standby: str) -> TransactionSnapshot:
    """Return a snapshot of what has ended on a standby, which is in any it takes from now on."""
    with connections[standby].cursor() as cursor:
        cursor.execute(_ENDED)
        xmax, running = cursor.fetchone()
    return TransactionSnapshot(min(running, default=int(xmax)), int(xmax), tuple(running))
