"""The migration finds in the history what buyers saw before the triggers kept account of it."""

from datetime import timedelta
from importlib import import_module

import pytest
from django.apps import apps
from django.db import connection
from django.utils import timezone

from listings.models import Listing, PriceChange
from tests import make

pytestmark = pytest.mark.django_db

DAY = timedelta(days=1)
UNKNOWN = {
    "previous_price": 1,
    "lowest_price_30_days": None,
    "lowest_price_ends_at": None,
    "established_price": None,
    "price_shown_at": None,
}


def had(*prices: int, days_ago: tuple[float, ...], **fields: object) -> Listing:
    """Return an advert published 10 days ago that had these prices, as a database had it before."""
    now = timezone.now()
    row = make.live(price=prices[0], **{"published_at": now - 10 * DAY, **fields})
    for price in prices[1:]:
        Listing.objects.filter(pk=row.pk).update(price=price)
    changes = PriceChange.objects.filter(listing=row).order_by("pk")
    for change, days in zip(changes, days_ago, strict=True):
        change.changed_at, change.old_seen_until = now - days * DAY, None
        change.save()
    Listing.objects.filter(pk=row.pk).update(**UNKNOWN)
    return row


def look_back() -> None:
    migration = import_module("listings.migrations.0027_prices_seen_before")
    with connection.cursor() as cursor:
        cursor.execute("SET CONSTRAINTS ALL IMMEDIATE")
    with connection.schema_editor(atomic=False) as editor:
        migration.look_back(apps, editor)


def found(row: Listing) -> tuple[int | None, int | None]:
    row.refresh_from_db()
    return row.previous_price, row.lowest_price_30_days


def test_prices_count_from_their_change_or_the_publication_to_the_next() -> None:
    reduced = had(10_000, 9_000, days_ago=(20, 5))
    hasty = had(10_000, 9_000, days_ago=(20, 9.5))
    mistyped = had(10_000, 100, 9_500, days_ago=(20, 5, 4.9))
    drafted = had(10_000, 9_000, days_ago=(20, 15))
    risen = had(9_000, 10_000, days_ago=(20, 5))
    same = had(9_000, days_ago=(20,))
    look_back()
    assert found(reduced) == (10_000, 9_000)
    assert found(hasty) == (None, 9_000)
    assert found(mistyped) == (10_000, 100)
    assert found(drafted) == (None, 9_000)
    assert found(risen) == (None, 9_000)
    assert found(same) == (None, 9_000)
    assert risen.lowest_price_ends_at is not None
    assert abs(risen.lowest_price_ends_at - timezone.now() - 25 * DAY) < timedelta(minutes=1)
    assert reduced.price_shown_at is not None
    assert abs(reduced.price_shown_at - timezone.now() + 5 * DAY) < timedelta(minutes=1)


def test_what_was_never_published_was_never_seen_and_a_second_run_changes_nothing() -> None:
    draft = make.draft(price=9_000)
    Listing.objects.filter(pk=draft.pk).update(previous_price=10_000)
    reduced = had(10_000, 9_000, days_ago=(20, 5))
    look_back()
    assert found(draft) == (None, None)
    before = Listing.objects.values().get(pk=reduced.pk)
    look_back()
    assert Listing.objects.values().get(pk=reduced.pk) == before
