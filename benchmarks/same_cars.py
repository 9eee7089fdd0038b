"""Adverts of one car: the first linking of the whole stock, then of what changed in it."""

import os
import time
from pathlib import Path

from django.db import connection

from benchmarks.database import run
from benchmarks.report import Report

SECONDS_A_MILLION = 600
CHANGED = 1_000

# One advert in ten is of a car that another dealer has too; one photo is everybody's.
_MARKS = """
    UPDATE listings_listing SET colour = 'blue', mileage = greatest(mileage, 500),
        vrm = chr(65 + (car / 260000)::int % 26) || chr(65 + (car / 10000)::int % 26)
            || lpad((car / 100 % 100)::text, 2, '0') || 'A' || chr(65 + (car % 100)::int / 10)
            || chr(65 + (car % 10)::int)
    FROM (
        SELECT one.id AS own, CASE WHEN other.id IS NULL THEN one.id ELSE other.id END AS car
        FROM listings_listing AS one LEFT JOIN listings_listing AS other
            ON one.id % 10 = 0 AND other.id = one.id - 1 AND other.dealer_id <> one.dealer_id
    ) AS numbered
    WHERE id = own
"""
_SOURCES = """
    INSERT INTO listings_photosource (listing_id, url, host, place, state, digest)
    SELECT id, 'https://x.example/' || id || '/' || place, 'x.example', place, 'fetched',
        CASE place WHEN 0 THEN 'stock' ELSE md5(id || ' ' || place) END
    FROM listings_listing, generate_series(0, 1) AS place
"""
_PHOTOS = """
    INSERT INTO listings_photo
        (listing_id, source_id, image, width, height, position, difference_hash)
    SELECT listing_id, id, 'photos/' || id || '.jpg', 4, 3, place, hashtextextended(digest, 0)
    FROM listings_photosource
"""


def measure(report: Report, adverts: int) -> None:
    from listings.models import CarLink, Listing  # noqa: PLC0415 - its models need settings
    from listings.physical_cars import follow_cars  # noqa: PLC0415

    report.title(f"Adverts of one car among {adverts:,}, one photo on all of them")
    with report.timed("marks and photos written"):
        _write_clues()
    started, before = time.perf_counter(), _processor_seconds()
    looked_at = follow_cars(seconds_max=3_600)
    seconds, worked = time.perf_counter() - started, _processor_seconds() - before
    report.figure("all linked for the first time", seconds, "s", SECONDS_A_MILLION * adverts / 1e6)
    report.figure("processor time of it, here and in PostgreSQL", worked, "s")
    report.figure("adverts looked at a second", looked_at / seconds, "")
    report.figure("adverts whose car has others", CarLink.objects.count(), "")
    chosen = list(Listing.objects.order_by("?").values_list("pk", flat=True)[:CHANGED])
    Listing.objects.filter(pk__in=chosen).update(vrm=None)
    started = time.perf_counter()
    follow_cars()
    report.figure(f"{CHANGED:,} that lost their marks", time.perf_counter() - started, "s", 5)
    report.figure("size of the clues", _megabytes("listings_carclue"), "MB")


def _processor_seconds() -> float:
    """Return what this process and its server process have worked, the latter where it is here."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_backend_pid()")
        stat = Path(f"/proc/{cursor.fetchone()[0]}/stat")
    if not stat.exists():
        return time.process_time()
    ticks = stat.read_text().rpartition(")")[2].split()[11:13]
    return time.process_time() + sum(map(int, ticks)) / os.sysconf("SC_CLK_TCK")


def _write_clues() -> None:
    tables = ("listings_listing", "listings_photosource", "listings_photo")
    for table in tables:
        run(f"ALTER TABLE {table} DISABLE TRIGGER ALL")
    for statement in (_MARKS, _SOURCES, _PHOTOS):
        run(statement)
    for table in tables:
        run(f"ALTER TABLE {table} ENABLE TRIGGER ALL")
    run("VACUUM (ANALYZE)")


def _megabytes(table: str) -> float:
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_total_relation_size(%s::regclass)", [table])
        return float(cursor.fetchone()[0]) / 1e6
