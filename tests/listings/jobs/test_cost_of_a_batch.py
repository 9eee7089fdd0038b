"""A batch of a sweep reads the adverts that it takes, however many are due."""

from collections.abc import Callable, Iterator
from datetime import timedelta
from typing import Any

import pytest
from django.db import connection
from django.utils import timezone

from listings.adverts import expiry
from listings.models import Listing
from tests import make

pytestmark = pytest.mark.django_db
STOCK, BATCH = 3_000, 10


@pytest.mark.parametrize(
    ("sweep", "column", "index"),
    [
        (expiry.expire_due, "expires_at", "live_next_to_expire"),
        (expiry.release_overdue, "reserved_until", "listing_reserved"),
    ],
)
def test_a_batch_reads_no_more_of_what_is_due_than_it_takes(
    sweep: Callable[..., int], column: str, index: str
) -> None:
    make.copies(make.live(), STOCK - 1)
    Listing.objects.update(**{column: timezone.now() - timedelta(hours=1)})
    with connection.cursor() as cursor:
        cursor.execute("ANALYZE listings_listing")

    (scan,) = _scans(sweep, index)

    assert scan["Actual Rows"] * scan["Actual Loops"] == BATCH


def _scans(sweep: Callable[..., int], index: str) -> list[dict[str, Any]]:
    """Return how the first batch looks for what is due, as PostgreSQL reports it after running."""
    plans: list[dict[str, Any]] = []

    def explained(execute: Any, sql: str, params: Any, many: bool, context: Any) -> Any:
        if plans:
            return execute(sql, params, many, context)
        with connection.cursor() as cursor:
            cursor.cursor.execute(f"EXPLAIN (ANALYZE, FORMAT JSON) {sql}", params)
            plans.append(cursor.cursor.fetchone()[0][0]["Plan"])
        return execute(sql, params, many, context)

    with connection.execute_wrapper(explained):
        sweep(limit=BATCH)
    return [node for node in _nodes(plans[0]) if node.get("Index Name") == index]


def _nodes(plan: dict[str, Any]) -> Iterator[dict[str, Any]]:
    yield plan
    for inner in plan.get("Plans", []):
        yield from _nodes(inner)
