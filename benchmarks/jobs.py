"""The jobs: 100,000 adverts that are due, through the very functions that the clock starts."""

import time
from collections.abc import Callable
from typing import Any

from django.apps import apps
from django.db import connection, transaction

from benchmarks.database import run
from benchmarks.report import Report

DUE = 100_000
LOOPED = 1_000

_RANDOM_LIVE = """
    SELECT id FROM listings_listing WHERE status = 'live' AND expires_at > now()
    ORDER BY random() LIMIT %s
"""
_RUN_OUT = f"""
    UPDATE listings_listing SET expires_at = now() - interval '1 minute'
    WHERE id IN ({_RANDOM_LIVE})
"""
_PLANS = """
    INSERT INTO listings_priceplan (
        dealer_id, name, after_days, every_days, "drop", unit, floor, ending, is_default
    )
    SELECT id, 'Two per cent a week', 14, 7, 2, 'percent', 400, '95', false FROM dealers_dealer
"""
_SCHEDULES = f"""
    INSERT INTO listings_priceschedule (listing_id, plan_id, next_drop_at, steps_applied)
    SELECT listing.id, plan.id, now() - interval '1 hour', 0
    FROM listings_listing AS listing
    JOIN listings_priceplan AS plan ON plan.dealer_id = listing.dealer_id
    WHERE listing.id IN ({_RANDOM_LIVE})
"""


def measure(report: Report) -> None:
    live = _count("SELECT count(*) FROM listings_listing WHERE status = 'live'")
    due = min(DUE, live // 4)
    report.title(f"Jobs, {due:,} adverts due each")
    _measure_expiry(report, due)
    _measure_prices(report, due)


def _measure_expiry(report: Report, due: int) -> None:
    from listings.adverts import expire_due  # noqa: PLC0415 - its models need settings

    _make_due(_RUN_OUT, LOOPED)
    looped = _seconds(_expire_in_a_loop, LOOPED) / LOOPED
    _make_due(_RUN_OUT, due)
    seconds = _seconds(expire_due, due)
    report.figure("expire all that are due", seconds, "s", 15)
    report.figure("a loop of save() would take", looped * due, "s")
    report.figure("set-based against the loop", looped * due / seconds, "times faster")


def _measure_prices(report: Report, due: int) -> None:
    from listings.pricing import apply_due_drops  # noqa: PLC0415 - its models need settings

    run(_PLANS)
    _make_due(_SCHEDULES, LOOPED)
    looped = _seconds(_reprice_in_a_loop, LOOPED) / LOOPED
    run("DELETE FROM listings_priceschedule")
    _make_due(_SCHEDULES, due)
    seconds = _seconds(apply_due_drops, due)
    report.figure("lower the prices of all that are due", seconds, "s", 30)
    report.figure("a loop of save() would take", looped * due, "s")
    report.figure("set-based against the loop", looped * due / seconds, "times faster")


def _make_due(statement: str, rows: int) -> None:
    run("ALTER TABLE listings_listing DISABLE TRIGGER USER")
    run(statement, rows)
    run("ALTER TABLE listings_listing ENABLE TRIGGER USER")
    run("VACUUM (ANALYZE) listings_listing")
    run("VACUUM (ANALYZE) listings_priceschedule")
    run("CHECKPOINT")


def _seconds(job: Callable[[], int], expected: int) -> float:
    started = time.perf_counter()
    done = job()
    seconds = time.perf_counter() - started
    if done != expected:
        raise RuntimeError(f"{expected:,} were due, {done:,} were done")
    return seconds


def _expire_in_a_loop() -> int:
    listing_model = apps.get_model("listings", "Listing")
    event_model = apps.get_model("listings", "ListingEvent")
    done = 0
    for row in listing_model.objects.due_to_expire():
        with transaction.atomic():
            row.status, row.reserved_until, row.reserved_by = "expired", None, None
            row.save(update_fields=["status", "reserved_until", "reserved_by"])
            event_model.objects.create(
                listing=row, kind="expired", from_status="live", to_status="expired"
            )
        done += 1
    return done


def _reprice_in_a_loop() -> int:
    schedules: Any = apps.get_model("listings", "PriceSchedule").objects
    done = 0
    for schedule in schedules.select_related("listing", "plan"):
        row, plan = schedule.listing, schedule.plan
        with transaction.atomic():
            row.price -= round(row.price * plan.drop / 100)
            row.save(update_fields=["price"])
            schedule.steps_applied += 1
            schedule.save(update_fields=["steps_applied"])
        done += 1
    return done


def _count(query: str) -> int:
    with connection.cursor() as cursor:
        cursor.execute(query)
        return int(cursor.fetchone()[0])
