"""A dump is loaded into another cluster, whose transactions are numbered from the start again."""

import json
import subprocess
import sys
from pathlib import Path

import pytest
from django.db import connection
from django.test import Client
from pytest_django import Settings

from marketplace.embedded.paths import find_programs
from tests import make
from tests.listings.changes.connections import conninfo
from tests.listings.changes.mirrors import Mirror
from tests.marketplace import checkouts

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.slow]
FUTURE = 1_000_000_000
SCRIPT = Path(__file__).with_name("moved.py")


def from_the_future() -> None:
    """Number the adverts as a cluster does that is a billion transactions old."""
    with connection.cursor() as cursor:
        cursor.execute("ALTER TABLE listings_listing DISABLE TRIGGER USER")
        cursor.execute("UPDATE listings_listing SET revision = (%s + id)::text::xid8", [FUTURE])
        cursor.execute("ALTER TABLE listings_listing ENABLE TRIGGER USER")


def test_mirrors_start_over_and_lose_nothing(
    client: Client, open_checkout: Path, settings: Settings
) -> None:
    cars = [make.live() for _ in range(5)]
    mirror = Mirror(client)
    mirror.catch_up()
    from_the_future()
    dump, programs = open_checkout.parent / "dump.sql", find_programs() / "bin"
    subprocess.run(
        [
            programs / "pg_dump",
            "--no-owner",
            "--no-privileges",
            f"--file={dump}",
            f"--dbname={conninfo()}",
        ],
        check=True,
    )
    status, output = checkouts.run(
        open_checkout,
        *("marketplace.embedded", "run", "--cluster", "test", "--", sys.executable, str(SCRIPT)),
        *(str(dump), str(programs / "psql"), mirror.after),
        PYTHONPATH=str(checkouts.ROOT),
        DJANGO_SETTINGS_MODULE="marketplace.settings",
        SECRET_KEY=settings.SECRET_KEY,
    )
    assert status == 0, output
    kept, (edited, withdrawn) = [car.pk for car in cars[2:]], [car.pk for car in cars[:2]]
    assert json.loads(output.splitlines()[-1]) == {
        "refused": [410, "cursor_expired"],
        "stock": [["upsert", car.pk] for car in cars],
        "nothing": [],
        "changed": [["upsert", edited], ["removal", withdrawn]],
        "restamped": [["upsert", pk] for pk in kept],
        "nothing more": [],
        "is from the future": [True] * 5,
        "is still": [False] * 5,
    }
