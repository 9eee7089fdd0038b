"""What it costs to find which of a dealer's cars stand twice grows with its adverts, not faster."""

import json
from typing import Any

import pytest
from django.db import connection
from django.db.models import Count, QuerySet

from listings.models import CarLink, Listing
from listings.models.car_link import is_twice
from tests import make

pytestmark = pytest.mark.django_db

ADVERTS = 2_000
BLOCKS_MAX = 10 * ADVERTS


def test_no_dealer_s_adverts_are_read_for_each_of_them() -> None:
    """Not even in tables that nobody has analysed, as after a restore."""
    template = make.live()
    drafts = [
        Listing(
            dealer_id=template.dealer_id,
            branch_id=template.branch_id,
            make_id=template.make_id,
            model_id=template.model_id,
            year=2019,
            mileage=number,
        )
        for number in range(ADVERTS)
    ]
    ids = [row.pk for row in Listing.objects.bulk_create(drafts)]
    CarLink.objects.bulk_create(
        CarLink(listing_id=pk, car=ids[at // 2 * 2]) for at, pk in enumerate(ids[:200])
    )

    counted = Listing.objects.values("dealer").annotate(twice=Count("pk", filter=is_twice()))
    assert [row["twice"] for row in counted] == [200]
    assert blocks_read(counted) < BLOCKS_MAX


def blocks_read(rows: QuerySet[Any, Any]) -> int:
    statement, parameters = rows.query.sql_with_params()
    with connection.cursor() as cursor:
        cursor.execute(f"EXPLAIN (ANALYZE, BUFFERS, FORMAT JSON) {statement}", parameters)
        (told,) = cursor.fetchone()
    plan = (json.loads(told) if isinstance(told, str) else told)[0]["Plan"]
    return int(plan["Shared Hit Blocks"] + plan["Shared Read Blocks"])
