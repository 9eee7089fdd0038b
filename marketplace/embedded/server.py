"""The keeper: the process that owns one PostgreSQL server for as long as anyone uses it."""

import ctypes
import fcntl
import os
import shutil
import signal
import subprocess
import sys
import time
from contextlib import suppress
from pathlib import Path
from types import FrameType

from marketplace.embedded.paths import ClusterPaths, EmbeddedError, socket_folder

ROLE = "marketplace"
MAJOR = "18"
POLL_SECONDS = 0.1
STOP_SECONDS = 30
OPTIONS = {
    "demo": ("shared_buffers=256MB",),
    "bench": ("shared_buffers=1GB", "max_wal_size=8GB", "work_mem=32MB"),
    "test": (
        "fsync=off",
        "synchronous_commit=off",
        "full_page_writes=off",
        "wal_level=minimal",
        "max_wal_senders=0",
        "shared_buffers=128MB",
    ),
}
CONNECTIONS_MAX = 200


def keep(paths: ClusterPaths) -> int:
    """Run the server until its last user has gone, then stop it; return an exit code.

    Users hold a shared lock on `users` for as long as they live, however they end. Once this
    process gets that lock for itself, nobody is left.
    """
    with paths.lock("server").open("w") as server_lock, paths.lock("users").open("w") as users:
        fcntl.flock(server_lock, fcntl.LOCK_EX)
        signal.signal(signal.SIGTERM, _leave)
        _end_orphan(paths.data)
        _create_cluster(paths)
        server = _start(paths)
        try:
            while server.poll() is None and not _is_unused(users.fileno()):
                time.sleep(POLL_SECONDS)
        finally:
            _stop(server)
            with suppress(OSError):
                socket_folder(paths).rmdir()
        return server.returncode


def answers(paths: ClusterPaths, socket: Path) -> bool:
    """Say whether the server takes connections (not merely listens) on `socket`."""
    return run_client(paths, socket, "pg_isready", "-q").returncode == 0


def run_client(
    paths: ClusterPaths, socket: Path, program: str, *arguments: str
) -> subprocess.CompletedProcess[str]:
    return subprocess.run(  # noqa: S603
        [paths.program(program), "-h", socket, "-p", "5432", "-U", ROLE, *arguments],
        env=_environment(),
        stdin=subprocess.DEVNULL,
        capture_output=True,
        text=True,
        check=False,
    )


def current_socket(data: Path) -> Path | None:
    """Return the socket folder the server wrote down, or None where no server ran."""
    try:
        lines = (data / "postmaster.pid").read_text().splitlines()
    except FileNotFoundError:
        return None
    return Path(lines[4]) if len(lines) > 4 and lines[4] else None


def _leave(_signal: int, _frame: FrameType | None) -> None:
    sys.exit(0)


def _is_unused(users: int) -> bool:
    try:
        fcntl.flock(users, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError:
        return False
    return True


def _end_orphan(data: Path) -> None:
    """End a server whose keeper was killed, and clear what it or a crash left behind."""
    try:
        pid = int((data / "postmaster.pid").read_text().split("\n", 1)[0])
    except (FileNotFoundError, ValueError):
        pid = 0
    for number in (signal.SIGINT, signal.SIGQUIT, signal.SIGKILL):
        deadline = time.monotonic() + STOP_SECONDS / 3
        if pid and _is_server(pid, data):
            os.kill(pid, number)
        while pid and _is_server(pid, data) and time.monotonic() < deadline:
            time.sleep(POLL_SECONDS)
    (data / "postmaster.pid").unlink(missing_ok=True)


def _is_server(pid: int, data: Path) -> bool:
    """Say whether `pid` is this cluster's server, and not a stranger that got its old number."""
    link = Path(f"/proc/{pid}/cwd")
    if link.parent.parent.joinpath("self").exists():
        try:
            return link.readlink() == data.resolve()
        except OSError:
            return False
    shown = subprocess.run(  # noqa: S603
        ["/bin/ps", "-o", "command=", "-p", str(pid)], capture_output=True, text=True, check=False
    )
    return str(data) in shown.stdout


def _create_cluster(paths: ClusterPaths) -> None:
    """Run initdb in a folder that only takes the cluster's name once it is whole."""
    version = paths.data / "PG_VERSION"
    if version.exists():
        if version.read_text().strip() != MAJOR:
            message = f"{paths.data} was made by another PostgreSQL: move it away."
            raise EmbeddedError(message)
        return
    unfinished = paths.data.with_name(f"{paths.data.name}-unfinished")
    shutil.rmtree(unfinished, ignore_errors=True)
    unfinished.mkdir(mode=0o700)
    os.chown(unfinished, paths.account.uid, paths.account.gid)
    command = [paths.program("initdb"), "-D", unfinished, "-U", ROLE, "--auth=trust"]
    command += ["--encoding=UTF8", "--locale-provider=builtin", "--locale=C.UTF-8"]
    if "fsync=off" in OPTIONS[paths.name]:
        command.append("--no-sync")
    made = subprocess.run(  # noqa: S603
        command,
        env=_environment(),
        check=False,
        **paths.account.arguments(),  # type: ignore[call-overload]
    )
    if made.returncode != 0:
        message = "initdb failed."
        raise EmbeddedError(message)
    unfinished.rename(paths.data)


def _start(paths: ClusterPaths) -> subprocess.Popen[bytes]:
    socket = socket_folder(paths)
    for leftover in socket.iterdir():
        leftover.unlink()
    command = [paths.program("postgres"), "-D", str(paths.data), "-p", "5432", "-k", str(socket)]
    for option in ("listen_addresses=", f"max_connections={CONNECTIONS_MAX}", *OPTIONS[paths.name]):
        command += ["-c", option]
    for _ in range(20):  # the children of a killed server hold its memory for a moment
        server: subprocess.Popen[bytes] = subprocess.Popen(  # noqa: S603
            command,
            env=_environment(),
            preexec_fn=die_with_parent,  # noqa: PLW1509 - this process has one thread
            **paths.account.arguments(),  # type: ignore[call-overload]
        )
        try:
            server.wait(timeout=0.5)
        except subprocess.TimeoutExpired:
            break
        time.sleep(POLL_SECONDS)
    return server


def _stop(server: subprocess.Popen[bytes]) -> None:
    for number in (signal.SIGINT, signal.SIGQUIT, signal.SIGKILL):
        if server.poll() is None:
            server.send_signal(number)
        try:
            server.wait(timeout=STOP_SECONDS)
        except subprocess.TimeoutExpired:
            continue
        return


def die_with_parent() -> None:
    """Ask Linux to end this process when its parent ends, even by SIGKILL; elsewhere do nothing."""
    if sys.platform == "linux":
        set_parent_death_signal = 1
        ctypes.CDLL(None).prctl(set_parent_death_signal, signal.SIGTERM)


def _environment() -> dict[str, str]:
    """Return an environment without PGPORT, PGDATA and the rest of a developer's own."""
    return {"PATH": os.environ.get("PATH", os.defpath), "LC_ALL": "C"}
