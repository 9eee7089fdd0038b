"""What a verb does to many adverts at once, it does to each of them alone."""

from collections.abc import Sequence
from datetime import datetime, timedelta
from typing import Any

import pytest
from django.utils import timezone
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from dealers.models import Branch
from listings.adverts import (
    Action,
    WriteContext,
    edit_listing,
    edit_listings,
    lifecycle,
    transition_listings,
)
from listings.choices import PriceReason, Source, Status
from listings.models import Listing, ListingEvent
from marketplace.errors import DomainError
from tests import make

pytestmark = pytest.mark.django_db

HOURS = (-24 * 31, -30, -2, 2, 30, 24 * 20)
FIELDS = ("price", "mileage", "admin_fee", "write_off", "stock_ref", "locked_fields", "vrm")
TIMES = ("published_at", "confirmed_at", "expires_at", "reserved_until", "sold_at")

moments = st.sampled_from(HOURS)
cars = st.fixed_dictionaries(
    {
        "status": st.sampled_from(Status.values),
        "published": st.sampled_from((-24 * 40, -5)),
        "expires": moments,
        "reserved": st.none() | moments,
        "reserved_by": st.sampled_from(("feed", "person", "buyer")),
        "sold": st.sampled_from((-24 * 31, -30, -2)),
        "vrm": st.none() | st.sampled_from(("AB15CDE", "AB16CDE")),
        "write_off": st.none() | st.sampled_from("bs"),
    }
)
edits = st.dictionaries(
    st.sampled_from(("price", "mileage", "admin_fee", "write_off", "stock_ref")),
    st.none() | st.sampled_from((1, 500, 999, "a", "n", "S1")),
)
random_stock = settings(
    max_examples=50,
    deadline=None,
    suppress_health_check=[HealthCheck.function_scoped_fixture],
)


def stock(branch: Branch, described: Sequence[dict[str, Any]], now: datetime) -> list[Listing]:
    """Write adverts as described, but for what the database forbids."""
    marks: set[str] = set()
    rows = []
    for car in described:
        fields = {
            "status": car["status"],
            "published_at": now + timedelta(hours=car["published"]),
            "expires_at": now + timedelta(hours=car["expires"]),
            "vrm": car["vrm"],
            "write_off": car["write_off"],
        }
        if car["status"] == Status.LIVE:
            fields["vrm"] = None if car["vrm"] in marks else car["vrm"]
            marks.add(car["vrm"])
            fields["write_off"] = None
            if car["reserved"] is not None:
                fields["reserved_until"] = now + timedelta(hours=car["reserved"])
                fields["reserved_by"] = car["reserved_by"]
        if car["status"] == Status.SOLD:
            fields["sold_at"] = now + timedelta(hours=car["sold"])
        rows.append(make.live(branch=branch, **fields))
    return rows


def told(rows: Sequence[Listing], now: datetime) -> list[dict[str, Any]]:
    """Return what adverts and their logs say, with moments in hours from now."""
    return [
        {
            **{name: getattr(row, name) for name in (*FIELDS, "status", "reserved_by")},
            **{name: _hours(getattr(row, name), now) for name in TIMES},
            "events": [
                (
                    *(event.kind, event.from_status, event.to_status, event.source, event.reason),
                    {name: _pair(name, pair, now) for name, pair in (event.changes or {}).items()},
                )
                for event in ListingEvent.objects.filter(listing=row.pk).order_by("pk")
            ],
        }
        for row in Listing.objects.filter(pk__in=[each.pk for each in rows]).order_by("pk")
    ]


def _pair(name: str, pair: list[Any], now: datetime) -> list[Any]:
    if name not in TIMES:
        return pair
    return [each and _hours(datetime.fromisoformat(each), now) for each in pair]


def _hours(moment: datetime | None, now: datetime) -> int | None:
    return None if moment is None else round((moment - now).total_seconds() / 3600)


def refusal(error: DomainError, rows: Sequence[Listing]) -> tuple[Any, ...]:
    """Return a refusal, with an advert that it names by its place."""
    ids = [row.pk for row in rows]
    extra = {**error.extra}
    if "id" in extra:
        extra["id"] = ids.index(extra["id"])  # type: ignore[arg-type]  # the id of an advert
    return type(error), error.message, error.fields, extra


@given(described=st.lists(cars, min_size=1, max_size=6), action=st.sampled_from(Action))
@random_stock
def test_a_change_of_status(described: list[dict[str, Any]], action: Action) -> None:
    now = timezone.now()
    together, apart = (stock(make.branch(), described, now) for _ in range(2))
    by = WriteContext(Source.API, "because")
    refused = transition_listings(
        action=action, listing_ids=[row.pk for row in reversed(together)], by=by
    )
    alone: dict[int, DomainError] = {}
    for row in apart:
        try:
            changed = lifecycle.act(action, row.pk, by)
            assert changed.pk == row.pk
        except DomainError as error:
            alone[row.pk] = error
    assert [
        refusal(refused[row.pk], together) if row.pk in refused else None for row in together
    ] == [refusal(alone[row.pk], apart) if row.pk in alone else None for row in apart]
    assert told(together, now) == told(apart, now)


@given(
    changes=st.lists(edits, min_size=1, max_size=6),
    source=st.sampled_from((Source.PERSON, Source.API)),
)
@random_stock
def test_an_edit(changes: list[dict[str, Any]], source: Source) -> None:
    now = timezone.now()
    plain = {"status": "live", "published": -5, "expires": 30, "reserved": None}
    described = [{**plain, "vrm": None, "write_off": None} for _ in changes]
    together, apart = (stock(make.branch(), described, now) for _ in range(2))
    by = WriteContext(source, "because", price_reason=PriceReason.EDIT)
    wanted = {row.pk: each for row, each in zip(together, changes, strict=True)}
    outcomes = edit_listings(changes=wanted, by=by)
    alone = {}
    for row, each in zip(apart, changes, strict=True):
        try:
            edit_listing(
                listing_id=row.pk, changes=each, actor_id=None, source=source, reason="because"
            )
        except DomainError as error:
            alone[row.pk] = error
    refused = {pk: each for pk, each in outcomes.items() if isinstance(each, DomainError)}
    assert [
        refusal(refused[row.pk], together) if row.pk in refused else None for row in together
    ] == [refusal(alone[row.pk], apart) if row.pk in alone else None for row in apart]
    assert told(together, now) == told(apart, now)
