"""What makes an advert live, running or public is said in one module, and its forms agree."""

import re
from datetime import datetime, timedelta
from itertools import product
from pathlib import Path
from typing import Any

import pytest
from django.conf import settings
from django.db import connection
from django.db.models import Q
from django.utils import timezone

from listings.choices import Status
from listings.models import Listing, conditions
from tests import make

SPELLED = re.compile(
    r"\b(?:filter|exclude|get|Q|When|count|aggregate)\([^()]*\bstatus(?:__in|__exact)?\s*="
    r"|\blisting\.status\s*(?:=(?!=)|<>|IN\b)"
    r"|\bFROM listings_listing\b[^;\"]*\bWHERE status\s*(?:=|<>|IN\b)",
    re.DOTALL,
)
HOMES = ("listings/models/conditions.py", "listings/models/rules.py", "migrations/")


@pytest.mark.parametrize("package", ["listings", "dealers", "marketplace"])
def test_nobody_else_spells_a_status(package: str) -> None:
    spelled = []
    for path in sorted((Path(settings.BASE_DIR) / package).rglob("*.py")):
        name = str(path.relative_to(settings.BASE_DIR))
        if any(home in name for home in HOMES):
            continue
        found = SPELLED.finditer(path.read_text())
        spelled += [f"{name}: {' '.join(each[0].split())}" for each in found]
    assert spelled == []


@pytest.mark.parametrize(
    "text",
    [
        "Listing.objects.filter(status=Status.LIVE)",
        "stock.exclude(\n    price=1, status__in=ENDED\n)",
        "Q(status='live', price__gt=1)",
        "WHERE listing.status = 'live' AND x",
        "listing.status <> 'sold'",
        "SELECT id FROM listings_listing WHERE status = 'live'",
    ],
)
def test_a_spelled_status_is_found(text: str) -> None:
    assert SPELLED.search(text)


def _stock() -> list[Listing]:
    """Return adverts of every status, before and after their end, of every kind of dealer."""
    now = timezone.now()
    kinds: list[dict[str, Any]] = [{}, {"is_active": False}, {"is_sandbox": True}]
    branches = [make.branch(make.dealer(**kind)) for kind in kinds]
    ends = [now - timedelta(minutes=1), now + timedelta(minutes=1)]
    return [
        make.live(
            branch=branch,
            status=status,
            expires_at=end,
            sold_at=now if status == Status.SOLD else None,
            reserved_until=reserved if status == Status.LIVE else None,
        )
        for branch, end, reserved, status in product(
            branches, ends, (None, *ends), map(Status, Status.values)
        )
    ]


@pytest.mark.django_db
@pytest.mark.parametrize(
    ("condition", "text"),
    [
        (conditions.LIVE, conditions.LIVE_SQL),
        (conditions.RUNNING, conditions.RUNNING_SQL),
        (conditions.PUBLIC, conditions.PUBLIC_SQL),
        (conditions.RUN_OUT, conditions.RUN_OUT_SQL),
        (conditions.RESERVATION_OVER, conditions.RESERVATION_OVER_SQL),
        (conditions.LIVE & conditions.DEALER_SHOWN, conditions.SHOWN_SQL),
        (conditions.RUNNING & Q(dealer__is_active=True), conditions.FOR_SALE_SQL),
        (conditions.OF_MARKET, conditions.OF_MARKET_SQL),
        (conditions.in_status(Status.DRAFT), conditions.DRAFT_SQL),
        (conditions.in_status(Status.EXPIRED), conditions.EXPIRED_SQL),
    ],
)
def test_a_condition_is_the_same_in_both_forms(condition: Q, text: str) -> None:
    _stock()
    query = f"""
        SELECT listing.id FROM listings_listing AS listing
        JOIN dealers_dealer AS dealer ON dealer.id = listing.dealer_id WHERE {text}
    """  # noqa: S608 - put together from constants
    with connection.cursor() as cursor:
        cursor.execute(query)
        by_text = {pk for (pk,) in cursor.fetchall()}
    by_query = set(Listing.objects.filter(condition).values_list("pk", flat=True))
    assert by_text == by_query
    assert 0 < len(by_query) < Listing.objects.count()


@pytest.mark.django_db
def test_functions_say_what_the_conditions_say() -> None:
    now: datetime = timezone.now()
    rows = _stock()
    running = set(Listing.objects.running().values_list("pk", flat=True))
    reserved = set(Listing.objects.reserved().values_list("pk", flat=True))
    assert {row.pk for row in rows if conditions.is_running(row, now)} == running
    assert {row.pk for row in rows if conditions.is_reserved(row, now)} == reserved
