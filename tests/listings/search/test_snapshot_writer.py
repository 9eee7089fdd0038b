"""`manage.py write_search_snapshots` keeps a file on each machine, and its age can be seen."""

import contextlib
import os
import re
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from io import StringIO
from pathlib import Path

import pytest
from django.core.management import CommandError, call_command
from django.test import Client
from pytest_django import Settings

from listings.search.memory.snapshot_file import NAME
from tests import make
from tests.listings.search.test_search_snapshots import ids_in, started
from tests.marketplace.checkouts import ROOT, wait_until
from tests.marketplace.test_worker import database_url

pytestmark = pytest.mark.django_db(transaction=True)

AGE = "marketplace_snapshot_age_seconds"
TOKEN = "a-token-of-the-tests-that-is-long-enough"


@pytest.fixture
def folder(tmp_path: Path, settings: Settings) -> Path:
    settings.SEARCH_SNAPSHOT_FOLDER = str(tmp_path / "snapshots")
    settings.SEARCH_ENGINE = "memory"
    settings.METRICS_TOKEN = TOKEN
    return tmp_path / "snapshots"


@contextmanager
def writer(folder: Path, name: str) -> Iterator[subprocess.Popen[bytes]]:
    heartbeats = folder.parent / name
    variables = {
        "DATABASE_URL": database_url(),
        "HEARTBEAT_FOLDER": str(heartbeats),
        "SEARCH_SNAPSHOT_FOLDER": str(folder),
        "SEARCH_SNAPSHOT_SECONDS": "0.2",
        "SEARCH_ENGINE": "memory",
    }
    with subprocess.Popen(
        [sys.executable, "manage.py", "write_search_snapshots"],
        cwd=ROOT,
        env={**os.environ, **variables},
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
    ) as process:
        try:
            yield process
        finally:
            if process.poll() is None:
                process.kill()


def age() -> float | None:
    answer = Client().get("/metrics", headers={"Authorization": f"Bearer {TOKEN}"})
    found = re.search(rf"^{AGE} (\S+)$", answer.content.decode(), re.MULTILINE)
    return float(found[1]) if found else None


def advice() -> str:
    """Return what the doctor says of the file."""
    page = StringIO()
    with contextlib.suppress(CommandError):  # of other parts, which do not run here
        call_command("doctor", stdout=page)
    (line,) = (each for each in page.getvalue().splitlines() if each[7:].startswith("snapshot"))
    return line


@pytest.mark.slow
def test_a_process_writes_again_and_again_and_another_takes_over(folder: Path) -> None:
    first = make.live()
    with writer(folder, "one") as one:
        wait_until((folder / NAME).exists)
        second = make.live()
        wait_until(lambda: ids_in(started(folder)[0]) == {first.pk, second.pk})
        assert (folder.parent / "one" / "write_search_snapshots.heartbeat").exists()
        written = (folder / NAME).stat().st_ino
        wait_until(lambda: (folder / NAME).stat().st_ino != written)
        one.terminate()
        assert one.wait() == 0
    with writer(folder, "two") as two:
        written = (folder / NAME).stat().st_ino
        wait_until(lambda: (folder / NAME).stat().st_ino != written)
        two.kill()
    assert started(folder)[1] == []


def test_the_age_of_the_file_is_told(folder: Path) -> None:
    make.live()
    assert age() is None
    call_command("write_search_snapshots", "--once")
    assert (age() or -1) >= 0
    hour_ago = time.time() - 3_600
    os.utime(folder / NAME, (hour_ago, hour_ago))
    assert 3_600 <= (age() or 0) < 7_200


def test_the_doctor_reads_the_file(folder: Path, settings: Settings) -> None:
    make.live()
    assert "there is none" in advice()
    call_command("write_search_snapshots", "--once")
    assert advice().startswith("ok")
    hour_ago = time.time() - 3_600
    os.utime(folder / NAME, (hour_ago, hour_ago))
    assert "60 minutes ago: is `manage.py write_search_snapshots` running?" in advice()
    content = bytearray((folder / NAME).read_bytes())
    content[0] ^= 1
    (folder / NAME).write_bytes(content)
    assert "column id is damaged" in advice()
    settings.SEARCH_SNAPSHOT_FOLDER = ""
    assert advice().startswith("ok")
