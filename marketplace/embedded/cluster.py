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

from marketplace.embedded.paths import CHECKOUT, ClusterPaths, EmbeddedError, choose_paths
from marketplace.embedded.server import ROLE, answers, current_socket, run_client

DATABASE = "marketplace"
START_SECONDS = 120
LEAVE_SECONDS = 60
POLL_SECONDS = 0.05


@dataclass
class Use:
    """One command's use of a cluster: it lasts as long as the lock is open anywhere."""

    paths: ClusterPaths
    database_url: str
    lock: IO[str]
    keeper: subprocess.Popen[bytes] | None


def join(name: str) -> Use:
    """Start the cluster `name` or join it, with its database made.

    Raises EmbeddedError, with the server's last words, when it does not start.
    """
    paths = choose_paths(name)
    if paths.data.exists() and paths.data.stat().st_uid != paths.account.uid:
        message = f"{paths.data} belongs to another account: use that one, or remove it."
        raise EmbeddedError(message)
    with _gate(paths):
        users = paths.lock("users").open("w")
        fcntl.flock(users, fcntl.LOCK_SH)
        keeper = None if _is_running(paths) else _start_keeper(paths)
        socket = _wait_for_server(paths, keeper)
        _create_database(paths, socket)
    url = f"postgresql://{ROLE}@/{DATABASE}?host={quote(str(socket), safe='/')}&port=5432"
    return Use(paths, url, users, keeper)


def leave(use: Use) -> None:
    """Give the cluster up; where that was its last use, return when the server has gone."""
    with _gate(use.paths):
        use.lock.close()
        deadline = time.monotonic() + LEAVE_SECONDS
        while time.monotonic() < deadline and _is_stopping(use.paths):
            time.sleep(POLL_SECONDS)
        if use.keeper is not None and _is_free(use.paths, "server", fcntl.LOCK_EX):
            use.keeper.wait()


@contextmanager
def joined(name: str) -> Iterator[Use]:
    use = join(name)
    try:
        yield use
    finally:
        leave(use)


@contextmanager
def _gate(paths: ClusterPaths) -> Iterator[None]:
    """Let one command at a time start or leave."""
    with paths.lock("gate").open("w") as gate:
        fcntl.flock(gate, fcntl.LOCK_EX)
        yield


def _is_running(paths: ClusterPaths) -> bool:
    """Wait for a keeper that is there already; False where there is none."""
    deadline = time.monotonic() + START_SECONDS
    while not _is_free(paths, "server", fcntl.LOCK_EX) and time.monotonic() < deadline:
        socket = current_socket(paths.data)
        if socket and answers(paths, socket):
            return True
        time.sleep(POLL_SECONDS)
    return False


def _start_keeper(paths: ClusterPaths) -> subprocess.Popen[bytes]:
    with paths.log.open("w") as log:
        return subprocess.Popen(  # noqa: S603
            [sys.executable, "-m", "marketplace.embedded", "keep", paths.name],
            cwd=CHECKOUT,
            stdin=subprocess.DEVNULL,
            stdout=log,
            stderr=log,
            start_new_session=True,
        )


def _wait_for_server(paths: ClusterPaths, keeper: subprocess.Popen[bytes] | None) -> Path:
    deadline = time.monotonic() + START_SECONDS
    while time.monotonic() < deadline:
        socket = current_socket(paths.data)
        if socket and answers(paths, socket):
            return socket
        if keeper is not None and keeper.poll() is not None:
            break
        time.sleep(POLL_SECONDS)
    words = "".join(paths.log.read_text(errors="replace").splitlines(keepends=True)[-20:])
    message = f"PostgreSQL did not start. The end of {paths.log}:\n{words}"
    raise EmbeddedError(message)


def _create_database(paths: ClusterPaths, socket: Path) -> None:
    question = f"select 1 from pg_database where datname = '{DATABASE}'"  # noqa: S608 - a constant
    found = run_client(paths, socket, "psql", "-d", "postgres", "-tAc", question)
    if found.stdout.strip() == "1":
        return
    made = run_client(paths, socket, "createdb", DATABASE)
    if made.returncode != 0:
        raise EmbeddedError(made.stderr)


def _is_stopping(paths: ClusterPaths) -> bool:
    """Say whether the server is about to end or ending, rather than gone or used by others."""
    if _is_free(paths, "server", fcntl.LOCK_EX):
        return False
    is_used_by_others = not _is_free(paths, "users", fcntl.LOCK_EX) and _is_free(
        paths, "users", fcntl.LOCK_SH
    )
    return not is_used_by_others


def _is_free(paths: ClusterPaths, purpose: str, mode: int) -> bool:
    with paths.lock(purpose).open("w") as file:
        try:
            fcntl.flock(file, mode | fcntl.LOCK_NB)
        except BlockingIOError:
            return False
    return True
