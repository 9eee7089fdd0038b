"""A worker that dies: imports runs in processes of its own and kills them at a given statement.

Run as a script it reads lines "RUN STATEMENT" from its input; for each it forks a process that gets
on with the run and is killed, by SIGKILL, when it is about to send its statement of that number;
0 lets it live. It answers each line with the number of the signal, 0 for none.
"""

import os
import signal
import subprocess
import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any

import django
from django.conf import settings
from django.core.files.storage import storages
from django.db import connection
from psycopg.conninfo import make_conninfo

ROWS_AT_ONCE = 7


class DyingWorker:
    """The script, from the side of a test."""

    def __init__(self, process: "subprocess.Popen[str]") -> None:
        self._process = process

    def get_on(self, run_id: int, *, die_at: int = 0) -> bool:
        """Return whether the worker lived to the end of what it had to do."""
        assert self._process.stdin is not None
        assert self._process.stdout is not None
        self._process.stdin.write(f"{run_id} {die_at}\n")
        self._process.stdin.flush()
        ending = self._process.stdout.readline().strip()
        assert ending in ("0", str(int(signal.SIGKILL))), ending
        return ending == "0"


@contextmanager
def dying_worker(address: str = "") -> Iterator[DyingWorker]:
    """Start the script on a database, this test's own unless told otherwise."""
    environment = {
        **os.environ,
        "DATABASE_URL": address or address_of_this_database(),
        "SECRET_KEY": settings.SECRET_KEY,
        "FEED_FILES_ROOT": str(storages["feeds"].path("")),
    }
    command = [sys.executable, "-m", "tests.dealers.feeds.dying"]
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


def _serve() -> None:
    """Fork a process for each line, while this one never opens a connection."""
    from dealers.feeds.engine import batches, reading  # noqa: PLC0415 - they need settings

    reading.CHUNK_ROWS = batches.BATCH_ROWS = ROWS_AT_ONCE
    for line in sys.stdin:
        run_id, die_at = map(int, line.split())
        child = os.fork()
        if not child:
            _get_on(run_id, die_at)
        _, status = os.waitpid(child, 0)
        print(status, flush=True)  # noqa: T201 - the answer


def _get_on(run_id: int, die_at: int) -> None:
    from dealers.feeds.engine.running import get_on  # noqa: PLC0415 - as above

    status = 1
    try:
        with connection.execute_wrapper(_Countdown(die_at)):
            get_on(run_id=run_id, seconds=60)
        status = 0
    finally:
        os._exit(status)


class _Countdown:
    def __init__(self, die_at: int) -> None:
        self._left = die_at

    def __call__(self, execute: Callable[..., Any], *arguments: Any) -> Any:
        self._left -= 1
        if self._left == 0:
            os.kill(os.getpid(), signal.SIGKILL)
        return execute(*arguments)


if __name__ == "__main__":
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "marketplace.settings")
    django.setup()
    _serve()
