"""Which transactions a reader has not seen, from what PostgreSQL says of two snapshots."""

import pytest
from django.db import connection
from hypothesis import assume, given
from hypothesis import strategies as st

from listings.revisions import TransactionSnapshot


@st.composite
def snapshots(draw: st.DrawFn) -> TransactionSnapshot:
    xmax = draw(st.integers(10, 40))
    running = tuple(sorted(draw(st.sets(st.integers(3, xmax - 1), max_size=6))))
    return TransactionSnapshot(min(running, default=xmax), xmax, running)


def sees(snapshot: TransactionSnapshot, xid: int) -> bool:
    return xid < snapshot.xmax and xid not in snapshot.running


@given(before=snapshots(), later=snapshots())
def test_the_ranges_hold_what_only_the_later_snapshot_sees(
    before: TransactionSnapshot, later: TransactionSnapshot
) -> None:
    assume(before.xmax <= later.xmax)
    ranges = before.unseen_until(later)
    held = [xid for low, high in ranges for xid in range(low, high)]
    assert held == sorted(set(held))
    assert held == [xid for xid in range(50) if sees(later, xid) and not sees(before, xid)]


@given(snapshot=snapshots())
def test_a_snapshot_is_written_as_it_was_read(snapshot: TransactionSnapshot) -> None:
    assert TransactionSnapshot.parse(str(snapshot)) == snapshot


@pytest.mark.django_db
@pytest.mark.parametrize("text", ["10:20:10,14,15", "10:10:", "3:4:3"])
def test_postgresql_sees_the_same(text: str) -> None:
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT xid, pg_visible_in_snapshot(xid::text::xid8, %s)"
            " FROM generate_series(3, 30) AS xid",
            [text],
        )
        seen = cursor.fetchall()
    assert seen == [(xid, sees(TransactionSnapshot.parse(text), xid)) for xid, _ in seen]
