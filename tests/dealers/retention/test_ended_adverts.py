"""What ended adverts leave is packed and pruned, and what is live is not written."""

from datetime import UTC, date, datetime, timedelta

import pytest
from django.db import connection
from django.utils import timezone

from dealers import retention
from listings.models import (
    ChangeSet,
    Listing,
    ListingEvent,
    ListingTombstone,
    PackedPrices,
    PriceChange,
)
from tests import make

pytestmark = pytest.mark.django_db
CHANGES = 24
EVENTS = 30


def ended(days: int = 400) -> Listing:
    """Return an advert that ended so many days ago, with the life of an ordinary one."""
    then = timezone.now() - timedelta(days=days)
    row = make.draft(status="expired", published_at=then, expires_at=then)
    Listing.objects.filter(pk=row.pk).update(created_at=then)
    return row


def priced(row: Listing, *changes: tuple[datetime, int | None]) -> None:
    PriceChange.objects.filter(listing=row).delete()
    before = None
    for at, price in changes:
        PriceChange.objects.create(
            listing=row, old_price=before, new_price=price, reason="edit", changed_at=at
        )
        before = price


def at(month: int, day: int, hour: int = 12) -> datetime:
    return datetime(2025, month, day, hour, tzinfo=UTC)


def test_prices_are_packed_by_londons_days_and_a_second_life_goes_behind_the_first() -> None:
    row, live = ended(), make.live()
    priced(
        row,
        (at(6, 1), 9_000),
        (at(6, 9, 8), 8_800),
        (at(6, 9, 22), 8_700),
        (at(6, 9, 23), None),  # in London the next day
    )
    revision = live.revision
    for removed in (1, 0):
        assert retention.apply("ended_prices") == removed
    packed = PackedPrices.objects.get()
    days = [date(2025, 6, 1), date(2025, 6, 9), date(2025, 6, 10)]
    assert (packed.listing_id, packed.days) == (row.pk, days)
    assert packed.prices == [9_000, 8_700, None]
    assert {change.listing_id for change in PriceChange.objects.all()} == {live.pk}
    priced(row, (at(8, 1), 7_000))
    assert retention.apply("ended_prices") == 1
    packed.refresh_from_db()
    assert (packed.days[-1], packed.prices) == (date(2025, 8, 1), [9_000, 8_700, None, 7_000])
    assert Listing.objects.get(pk=live.pk).revision == revision


def test_events_go_a_year_after_the_end_and_change_sets_with_them() -> None:
    then = timezone.now() - timedelta(days=380)
    both = ChangeSet.objects.create(created_at=then)
    rows = [ended(), ended(300), make.live()]
    for row in rows:
        ListingEvent.objects.create(
            listing=row, kind="edited", to_status=row.status, happened_at=then, change_set=both
        )
    alone = ended()
    ListingEvent.objects.create(
        listing=alone,
        kind="edited",
        to_status="expired",
        happened_at=then,
        change_set=ChangeSet.objects.create(created_at=then),
    )
    revisions = set(Listing.objects.values_list("pk", "revision"))
    assert retention.apply("change_sets") == 0
    for removed in (2, 0):
        assert retention.apply("ended_events") == removed
    assert {event.listing_id for event in ListingEvent.objects.all()} == {
        row.pk for row in rows[1:]
    }
    assert retention.apply("change_sets") == 1
    assert ChangeSet.objects.get() == both
    assert set(Listing.objects.values_list("pk", "revision")) == revisions
    assert not ListingTombstone.objects.exists()  # nothing to tell those who follow the changes


def bytes_of(table: str) -> int:
    with connection.cursor() as cursor:
        cursor.execute(f"SELECT coalesce(sum(pg_column_size(row.*)), 0) FROM {table} AS row")  # noqa: S608 - our own tables
        return int(cursor.fetchone()[0])


def test_an_advert_that_ended_takes_a_small_part_of_what_it_took() -> None:
    """Two years after: of the year's price changes and events one row is left."""
    row = ended(800)
    start = timezone.now() - timedelta(days=1_165)
    priced(row, *((start + timedelta(days=14 * n), 9_000 - 50 * n) for n in range(CHANGES)))
    for n in range(EVENTS):
        sets = ChangeSet.objects.create(
            source="feed", origin="feed_run:123456", created_at=start + timedelta(days=12 * n)
        )
        ListingEvent.objects.create(
            listing=row,
            kind="edited",
            from_status="live",
            to_status="live",
            source="feed",
            changes={"price": [9_000 - n, 8_950 - n], "confirmed_at": [None, "2025-06-01"]},
            change_set=sets,
            happened_at=start + timedelta(days=12 * n),
        )
    tables = ("listings_pricechange", "listings_listingevent", "listings_changeset")
    before = sum(map(bytes_of, tables))
    for kind in ("ended_prices", "ended_events", "change_sets"):
        retention.apply(kind)
    after = sum(map(bytes_of, tables)) + bytes_of("listings_packedprices")
    assert (before > 8_000, after < 300) == (True, True), (before, after)
