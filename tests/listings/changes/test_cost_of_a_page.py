"""A page of changes is read by an index, however many adverts changed or lie behind it."""

import json
from collections.abc import Iterator
from typing import Any

import pytest
from django.db import connection

from listings.changes import ChangesPosition, pages
from listings.models import Listing
from listings.revisions import ReadMoment, one_moment
from tests import make
from tests.listings.changes.connections import another

pytestmark = pytest.mark.django_db(transaction=True)
STOCK = 5_000


@pytest.fixture
def stock() -> None:
    make.copies(make.live(), STOCK - 1)
    with connection.cursor() as cursor:
        cursor.execute("VACUUM ANALYZE listings_listing")


def now() -> ReadMoment:
    with one_moment() as moment:
        return moment


def scans(before: ReadMoment, place: ChangesPosition, limit: int) -> list[dict[str, Any]]:
    """Return how the plan of a page reads the adverts, as PostgreSQL reports it after running."""
    until = now().snapshot
    plans: list[dict[str, Any]] = []

    def explained(execute: Any, sql: str, params: Any, many: bool, context: Any) -> Any:
        with connection.cursor() as cursor:
            cursor.cursor.execute(f"EXPLAIN (ANALYZE, FORMAT JSON) {sql}", params)
            plans.append(cursor.cursor.fetchone()[0][0]["Plan"])
        return execute(sql, params, many, context)

    with connection.execute_wrapper(explained):
        pages._unseen(place, before.snapshot, until, limit)
    found = [node for plan in plans for node in nodes(plan)]
    return [node for node in found if node.get("Relation Name") == "listings_listing"]


def nodes(plan: dict[str, Any]) -> Iterator[dict[str, Any]]:
    yield plan
    for inner in plan.get("Plans", []):
        yield from nodes(inner)


def assert_reads(scan: dict[str, Any], rows: int) -> None:
    assert scan["Index Name"] == "listing_changed_since", json.dumps(scan)
    assert scan["Actual Rows"] * scan["Actual Loops"] == rows
    assert scan.get("Rows Removed by Filter", 0) == 0


def test_few_changes_cost_little(stock: None) -> None:
    before = now()
    Listing.objects.filter(pk__in=Listing.objects.values("pk")[:7]).update(mileage=1)
    [scan] = scans(before, ChangesPosition(before.incarnation, before.snapshot), 101)
    assert_reads(scan, 7)


def test_a_page_deep_in_one_large_transaction_costs_that_page(stock: None) -> None:
    before = now()
    Listing.objects.update(mileage=1)
    row = Listing.objects.order_by("pk")[STOCK // 2]
    place = ChangesPosition(before.incarnation, before.snapshot, None, row.revision or 0, row.pk)
    [scan] = scans(before, place, 101)
    assert_reads(scan, 101)


def test_a_large_transaction_still_open_costs_nothing(stock: None) -> None:
    with another() as writer:
        writer.execute("UPDATE listings_listing SET mileage = 1")
        before = now()
        Listing.objects.filter(pk=make.draft().pk).update(published_at="2026-01-01T00:00Z")
        place = ChangesPosition(before.incarnation, before.snapshot)
        found = scans(before, place, 101)
        assert [scan["Actual Rows"] * scan["Actual Loops"] for scan in found] == [1]
        writer.rollback()
