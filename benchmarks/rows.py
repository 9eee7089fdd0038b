"""A market of a size: adverts with the skew of a real one, written by the database itself.

60 makes with 10 models each, 500 dealers. Few makes and models have most adverts, prices fall by
some 14 % a year of age, most cars do 5,000 to 12,000 miles a year.
"""

from collections.abc import Iterator
from contextlib import contextmanager

from django.core.management import call_command
from django.db import connection

from benchmarks.database import run
from benchmarks.report import Report

_CATALOGUE = (
    """
    INSERT INTO listings_make (name, slug, confirmation)
    SELECT 'Make ' || n, 'make-' || n, 'confirmed' FROM generate_series(1, 60) AS n
    """,
    """
    INSERT INTO listings_model (make_id, name, slug, confirmation)
    SELECT make.id, 'Model ' || n, 'model-' || n, 'confirmed'
    FROM listings_make AS make, generate_series(1, 10) AS n ORDER BY make.id, n
    """,
    """
    INSERT INTO dealers_dealer (name, slug, email, phone, website, is_active)
    SELECT 'Dealer ' || n, 'dealer-' || n, 'dealer-' || n || '@example.com', '', '', true
    FROM generate_series(1, 500) AS n
    """,
    """
    INSERT INTO dealers_branch (dealer_id, name, address, town, postcode, phone)
    SELECT id, 'Branch', '', 'Leeds', 'LS1 4AP', '' FROM dealers_dealer ORDER BY id
    """,
)

_LISTINGS = """
    WITH chance AS MATERIALIZED (
        SELECT n,
            floor(60 * random() ^ 2.2)::integer AS make,
            floor(10 * random() ^ 1.8)::integer AS model,
            floor(500 * random() ^ 1.5)::integer AS dealer,
            floor(18 * random() ^ 1.4)::integer AS age,
            random() AS wear, random() AS worth, random() AS fuel, random() AS gears,
            random() AS body, random() AS colour, random() AS size, random() AS since
        FROM generate_series(%s, %s) AS n
    ), car AS (
        SELECT chance.*,
            (ARRAY['petrol', 'petrol', 'petrol', 'petrol', 'petrol', 'diesel', 'diesel', 'diesel',
                'hybrid', 'electric', 'plug_in_hybrid'])[1 + floor(fuel * 11)::integer] AS fuels,
            (ARRAY['hatchback', 'hatchback', 'hatchback', 'suv', 'suv', 'suv', 'saloon', 'estate',
                'mpv', 'coupe', 'convertible'])[1 + floor(body * 11)::integer] AS shape,
            (ARRAY['black', 'grey', 'white', 'blue', 'silver', 'red', 'green', 'orange'])
                [1 + floor(8 * colour ^ 1.5)::integer] AS paint,
            900 + 100 * floor(31 * size ^ 1.7)::integer AS cc
        FROM chance
    )
    INSERT INTO listings_listing (
        dealer_id, branch_id, make_id, model_id, derivative, title, year, mileage, price, fuel,
        transmission, doors, seats, body_type, colour, drivetrain, engine_cc, power_bhp,
        euro_standard, description, features, status, published_at, confirmed_at, expires_at,
        stock_ref, revision
    )
    SELECT dealer.id, branch.id, make.id, model.id, words, make.name || ' ' || model.name || ' '
            || words, 2026 - age, 200 + floor((age + 0.3) * (5000 + 7000 * wear)),
        greatest(495, 100 * floor(
            (9000 + 700 * (car.make %% 37) + 2500 * car.model) * 0.86 ^ age * (0.8 + 0.4 * worth)
            / 100) + 95),
        fuels, CASE WHEN gears < 0.55 THEN 'manual' ELSE 'automatic' END,
        CASE WHEN shape IN ('coupe', 'convertible') THEN 2 ELSE 5 END, 5, shape, paint,
        CASE WHEN shape = 'suv' AND size > 0.4 THEN 'four_wheel' ELSE 'front_wheel' END,
        CASE WHEN fuels <> 'electric' THEN cc END, 60 + cc / 12,
        CASE WHEN age < 10 THEN 6 ELSE 5 END,
        '', '{}', 'live', now() - since * interval '60 days', now(),
        now() + (8 + 22 * since) * interval '1 day', 'S' || n, pg_current_xact_id()
    FROM car
    CROSS JOIN LATERAL (SELECT
        to_char(cc / 1000.0, 'FM9.0') || ' Trim ' || 1 + car.n %% 9 || ' 5dr' AS words
    ) AS variant
    JOIN listings_make AS make ON make.slug = 'make-' || car.make + 1
    JOIN listings_model AS model
        ON model.make_id = make.id AND model.slug = 'model-' || car.model + 1
    JOIN dealers_dealer AS dealer ON dealer.slug = 'dealer-' || car.dealer + 1
    JOIN dealers_branch AS branch ON branch.dealer_id = dealer.id
    ORDER BY car.n
"""


_PRICES = """
    INSERT INTO listings_pricechange (listing_id, new_price, reason)
    SELECT id, price, 'load' FROM listings_listing AS listing
    WHERE NOT EXISTS (SELECT FROM listings_pricechange WHERE listing_id = listing.id) ORDER BY id
"""


_PHOTOS = """
    INSERT INTO listings_photo (listing_id, image, width, height, widths, position)
    SELECT id, 'photos/' || md5(id::text) || '-1280.jpg', 1280, 960, '{320,640,1280}', 0
    FROM listings_listing AS listing
    WHERE NOT EXISTS (SELECT FROM listings_photo WHERE listing_id = listing.id) ORDER BY id
"""


def prepare() -> None:
    """Make the tables, the catalogue and the dealers."""
    call_command("migrate", verbosity=0)
    run("SELECT setseed(0.42)")
    for statement in _CATALOGUE:
        run(statement)


def write(report: Report, first: int, last: int, *, with_prices: bool = True) -> None:
    """Add live adverts, numbered from first to last, each with its first price unless told not."""
    report.title(f"Writing {last - first + 1:,} adverts")
    with report.timed("rows"), _bare_table():
        run(_LISTINGS, first, last)
        if with_prices:
            run(_PRICES)
    with report.timed("vacuum and analyse"):
        run("VACUUM (ANALYZE)")


def add_covers(report: Report) -> None:
    """Give each advert the row of a photo in three sizes; there are no files."""
    triggers = "ALL" if _is_superuser() else "USER"
    with report.timed("rows of photos"):
        run(f"ALTER TABLE listings_photo DISABLE TRIGGER {triggers}")
        run(_PHOTOS)
        run(f"ALTER TABLE listings_photo ENABLE TRIGGER {triggers}")
        run("VACUUM (ANALYZE) listings_photo")


@contextmanager
def _bare_table() -> Iterator[None]:
    """Do without triggers and secondary indexes while rows go in, and make the indexes anew.

    A superuser does without the checks of foreign keys too, which keep a queue of every row.
    """
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT indexrelid::regclass::text, pg_get_indexdef(indexrelid) FROM pg_index"
            " WHERE indrelid = 'listings_listing'::regclass AND NOT EXISTS"
            " (SELECT FROM pg_constraint WHERE conindid = indexrelid)"
        )
        indexes = cursor.fetchall()
    for name, _ in indexes:
        run(f"DROP INDEX {name}")
    triggers = "ALL" if _is_superuser() else "USER"
    run(f"ALTER TABLE listings_listing DISABLE TRIGGER {triggers}")
    yield
    run(f"ALTER TABLE listings_listing ENABLE TRIGGER {triggers}")
    run("SET maintenance_work_mem = '1GB'")
    for _, definition in indexes:
        run(definition)


def _is_superuser() -> bool:
    with connection.cursor() as cursor:
        cursor.execute("SHOW is_superuser")
        return bool(cursor.fetchone()[0] == "on")
