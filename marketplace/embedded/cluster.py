"""Join a cluster, starting it if need be, and leave it again."""

import fcntl
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import IO
from urllib.parse import quote

from marketplace.embedded.paths import CHECKOUT, EmbeddedError, Place, choose_place
from marketplace.embedded.server import ROLE, answers, current_socket, run_client

DATABASE = "marketplace"
START_SECONDS = 120
LEAVE_SECONDS = 60
POLL_SECONDS = 0.05


@dataclass
class Use:
    """One command's use of a cluster: it lasts as long as the lock is open anywhere."""

    place: Place
    database_url: str
    lock: IO[str]
    keeper: subprocess.Popen[bytes] | None


def join(name: str) -> Use:
    """Start the cluster `name` or join it, with its database made.

    Raises EmbeddedError, with the server's last words, when it does not start.
    """
    place = choose_place(name)
    if place.data.exists() and place.data.stat().st_uid != place.account.uid:
        message = f"{place.data} belongs to another account: use that one, or remove it."
        raise EmbeddedError(message)
    with _gate(place):
        users = place.lock("users").open("w")
        fcntl.flock(users, fcntl.LOCK_SH)
        keeper = None if _is_running(place) else _start_keeper(place)
        socket = _wait_for_server(place, keeper)
        _create_database(place, socket)
    url = f"postgresql://{ROLE}@/{DATABASE}?host={quote(str(socket), safe='/')}&port=5432"
    return Use(place, url, users, keeper)


def leave(use: Use) -> None:
    """Give the cluster up; where that was its last use, return when the server has gone."""
    with _gate(use.place):
        use.lock.close()
        deadline = time.monotonic() + LEAVE_SECONDS
        while time.monotonic() < deadline and _is_stopping(use.place):
            time.sleep(POLL_SECONDS)
        if use.keeper is not None and _is_free(use.place, "server", fcntl.LOCK_EX):
            use.keeper.wait()


@contextmanager
def joined(name: str) -> Iterator[Use]:
    use = join(name)
    try:
        yield use
    finally:
        leave(use)


@contextmanager
def _gate(place: Place) -> Iterator[None]:
    """Let one command at a time start or leave."""
    with place.lock("gate").open("w") as gate:
        fcntl.flock(gate, fcntl.LOCK_EX)
        yield


def _is_running(place: Place) -> bool:
    """Wait for a keeper that is there already; False where there is none."""
    deadline = time.monotonic() + START_SECONDS
    while not _is_free(place, "server", fcntl.LOCK_EX) and time.monotonic() < deadline:
        socket = current_socket(place.data)
        if socket and answers(place, socket):
            return True
        time.sleep(POLL_SECONDS)
    return False


def _start_keeper(place: Place) -> subprocess.Popen[bytes]:
    with place.log.open("w") as log:
        return subprocess.Popen(  # noqa: S603
            [sys.executable, "-m", "marketplace.embedded", "keep", place.name],
            cwd=CHECKOUT,
            stdin=subprocess.DEVNULL,
            stdout=log,
            stderr=log,
            start_new_session=True,
        )


def _wait_for_server(place: Place, keeper: subprocess.Popen[bytes] | None) -> Path:
    deadline = time.monotonic() + START_SECONDS
    while time.monotonic() < deadline:
        socket = current_socket(place.data)
        if socket and answers(place, socket):
            return socket
        if keeper is not None and keeper.poll() is not None:
            break
        time.sleep(POLL_SECONDS)
    words = "".join(place.log.read_text(errors="replace").splitlines(keepends=True)[-20:])
    message = f"PostgreSQL did not start. The end of {place.log}:\n{words}"
    raise EmbeddedError(message)


def _create_database(place: Place, socket: Path) -> None:
    question = f"select 1 from pg_database where datname = '{DATABASE}'"  # noqa: S608 - a constant
    found = run_client(place, socket, "psql", "-d", "postgres", "-tAc", question)
    if found.stdout.strip() == "1":
        return
    made = run_client(place, socket, "createdb", DATABASE)
    if made.returncode != 0:
        raise EmbeddedError(made.stderr)


def _is_stopping(place: Place) -> bool:
    """Say whether the server is about to end or ending, rather than gone or used by others."""
    if _is_free(place, "server", fcntl.LOCK_EX):
        return False
    is_used_by_others = not _is_free(place, "users", fcntl.LOCK_EX) and _is_free(
        place, "users", fcntl.LOCK_SH
    )
    return not is_used_by_others


def _is_free(place: Place, purpose: str, mode: int) -> bool:
    with place.lock(purpose).open("w") as file:
        try:
            fcntl.flock(file, mode | fcntl.LOCK_NB)
        except BlockingIOError:
            return False
    return True
