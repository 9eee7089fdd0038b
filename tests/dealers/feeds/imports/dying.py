"""A worker that dies: the processes of `mortal`, from the side of a test."""

import os
import signal
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager

from django.conf import settings
from django.db import connection
from psycopg.conninfo import make_conninfo

from dealers.models import FeedRun


class DyingWorker:
    """Whoever is told to get on with runs."""

    def __init__(self, process: "subprocess.Popen[str]") -> None:
        self._process = process
        self.deaths = 0

    def get_on(self, run_id: int, *, die_at: int = 0) -> bool:
        """Return whether the worker lived to the end of what it had to do."""
        assert self._process.stdin is not None
        assert self._process.stdout is not None
        self._process.stdin.write(f"{run_id} {die_at}\n")
        self._process.stdin.flush()
        ending = self._process.stdout.readline().strip()
        assert ending in ("0", str(int(signal.SIGKILL))), ending
        self.deaths += ending != "0"
        return ending == "0"


@contextmanager
def dying_worker(address: str = "") -> Iterator[DyingWorker]:
    """Start the script on a database, this test's own unless told otherwise."""
    environment = {
        **os.environ,
        "DATABASE_URL": address or address_of_this_database(),
        "SECRET_KEY": settings.SECRET_KEY,
        "FEED_FILES_ROOT": FeedRun._meta.get_field("file").storage.path(""),
    }
    command = [sys.executable, "-m", "tests.dealers.feeds.imports.mortal"]
    with subprocess.Popen(
        command,
        env=environment,
        cwd=settings.BASE_DIR,
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        text=True,
    ) as process:
        try:
            yield DyingWorker(process)
        finally:
            process.kill()


def address_of_this_database() -> str:
    parameters = connection.get_connection_params()
    keys = ("dbname", "user", "password", "host", "port")
    return make_conninfo(**{key: parameters[key] for key in keys if key in parameters})
