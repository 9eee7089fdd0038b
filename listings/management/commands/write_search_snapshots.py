"""Write the search replica to disk, again and again, for the web processes of this machine.

One process does it in each `SEARCH_SNAPSHOT_FOLDER`; others wait, and take over when it is gone.
Between two rounds it holds nothing: it starts from the file itself.
"""

import signal
import time
from argparse import ArgumentParser
from pathlib import Path
from threading import Event
from typing import Any

import structlog
from django.conf import settings
from django.core.management.base import BaseCommand, CommandError
from django.db import DatabaseError, InterfaceError, connection

from listings.search.engines import snapshot_folder
from listings.search.memory.follower import Follower, return_memory
from listings.search.memory.snapshot_file import sole_writer
from marketplace.heartbeat import INTERVAL_SECONDS, clear, touch

NAME = "write_search_snapshots"
WAIT_SECONDS = 10.0

log = structlog.get_logger(__name__)


class Command(BaseCommand):
    help = __doc__

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("--once", action="store_true", help="write one and end")

    def handle(self, *args: Any, **options: Any) -> None:
        folder = snapshot_folder()
        if folder is None:
            raise CommandError("SEARCH_SNAPSHOT_FOLDER is empty, or SEARCH_ENGINE is not memory.")
        if options["once"]:
            with sole_writer(folder) as is_sole:
                if not is_sole:
                    raise CommandError(f"Another process writes to {folder}.")
                Follower(folder).saved().write(folder)
            return
        stop = Event()
        touch(NAME)
        for number in (signal.SIGINT, signal.SIGTERM):
            signal.signal(number, lambda *_: stop.set())
        _keep_writing(folder, stop)
        clear(NAME)


def _keep_writing(folder: Path, stop: Event) -> None:
    while not stop.is_set():
        with sole_writer(folder) as is_sole:
            while is_sole and not stop.is_set():
                _write(folder)
                _wait(settings.SEARCH_SNAPSHOT_SECONDS, stop)
        _wait(WAIT_SECONDS, stop)


def _wait(seconds: float, stop: Event) -> None:
    """Show signs of life until the time is over."""
    end = time.monotonic() + seconds
    while not stop.is_set() and (left := end - time.monotonic()) > 0:
        touch(NAME)
        stop.wait(min(left, INTERVAL_SECONDS))


def _write(folder: Path) -> None:
    """Write once; where that cannot be, the next round tries again."""
    try:
        Follower(folder).saved().write(folder)
    except (OSError, DatabaseError, InterfaceError) as error:
        log.error("search_snapshot_not_written", error=str(error).strip())
    finally:
        connection.close()
        return_memory()
