"""PostgreSQL is killed and comes back in the middle of an import."""

import os
import signal
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import psycopg
import pytest

from tests.dealers.feeds.stock import as_csv, car
from tests.marketplace.checkouts import (
    PATIENCE_SECONDS,
    ROOT,
    end,
    first_line,
    processes_in,
    run,
    start,
    wait_until,
)
from tests.marketplace.conftest import open_checkout

pytestmark = pytest.mark.slow

__all__ = ["open_checkout"]

HOLD = ("marketplace.embedded", "run", "--", "sh", "-c", "echo $DATABASE_URL; exec sleep 600")
"""Of the cluster that loses no commit; the one for tests does not write to the disk at once."""
CARS = 160


def test_an_import_goes_on_where_the_last_commit_ended(open_checkout: Path, tmp_path: Path) -> None:
    (tmp_path / "stock.csv").write_bytes(as_csv(car(n) for n in range(CARS)))
    database = start(open_checkout, *HOLD)
    try:
        address = first_line(database)
        variables = settings_for(address, tmp_path)
        migrated, output = run(open_checkout, "django", "migrate", **variables)
        assert migrated == 0, output
        script(variables, "begin", tmp_path / "stock.csv")
        with importing(variables) as worker:
            wait_until(lambda: 0 < number_of(address, "listings_listing") < CARS)
            end(database, signal.SIGKILL)
            wait_until(
                lambda: not any("bin/postgres" in line for line in processes_in(open_checkout))
            )
            assert worker.wait(timeout=PATIENCE_SECONDS) != 0
        database = start(open_checkout, *HOLD)
        address = first_line(database)
        kept = number_of(address, "listings_listing")
        assert 0 < kept < CARS
        script(settings_for(address, tmp_path), "finish")
        assert number_of(address, "listings_listing") == CARS
        assert number_of(address, "listings_listingevent") == 2 * CARS
        assert number_of(address, "listings_pricechange") == CARS
        assert (
            number_of(address, "dealers_feedrun WHERE state = 'done' AND created_count = 160") == 1
        )
    finally:
        end(database)


def settings_for(address: str, files: Path) -> dict[str, str]:
    return {
        "DATABASE_URL": address,
        "DEBUG": "true",
        "SECRET_KEY": "for-this-test",
        "DJANGO_SETTINGS_MODULE": "marketplace.settings",
        "FEED_FILES_ROOT": str(files),
    }


def script(variables: dict[str, str], *arguments: object) -> None:
    with importing(variables, *arguments) as process:
        assert process.wait(timeout=PATIENCE_SECONDS) == 0


@contextmanager
def importing(variables: dict[str, str], *arguments: object) -> Iterator["subprocess.Popen[bytes]"]:
    command = [
        sys.executable,
        "-m",
        "tests.dealers.feeds.imports.slow_import",
        *map(str, arguments),
    ]
    with subprocess.Popen(command, cwd=ROOT, env={**os.environ, **variables}) as process:
        try:
            yield process
        finally:
            process.kill()


def number_of(address: str, rows: str) -> int:
    with psycopg.connect(address) as connection:
        found = connection.execute(f"SELECT count(*) FROM {rows}").fetchone()  # noqa: S608 - the test's own
        assert found is not None
        return int(found[0])
