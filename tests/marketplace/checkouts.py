"""Copies of this checkout for tests that start servers, each with a cluster of its own."""

import os
import shutil
import signal
import subprocess
import sys
import time
from collections.abc import Callable
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
SOURCES = ("manage.py", "marketplace", "listings", "dealers", "docs")
PATIENCE_SECONDS = 120.0
"""What a wait for an event may take: it tells what was waited for, before the test is ended."""

_started: list[tuple[Path, subprocess.Popen[str]]] = []


def copy(folder: Path) -> Path:
    """Copy the code below `folder` and return the copy's root."""
    checkout = folder / "checkout"
    checkout.mkdir()
    for name in SOURCES:
        if (ROOT / name).is_dir():
            shutil.copytree(ROOT / name, checkout / name)
        else:
            shutil.copy(ROOT / name, checkout / name)
    return checkout


def start(checkout: Path, *arguments: str, **variables: str) -> subprocess.Popen[str]:
    """Run `python -m ARGUMENTS` in `checkout`, without this run's own database."""
    own = {"DATABASE_URL", "HEARTBEAT_FOLDER", "DEBUG", "SECRET_KEY", "DEMO_PASSWORD"}
    inherited = {key: value for key, value in os.environ.items() if key not in own}
    process = subprocess.Popen(
        [sys.executable, "-m", *arguments],
        cwd=checkout,
        env={**inherited, **variables},
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
        start_new_session=True,
    )
    _started.append((checkout, process))
    return process


def end_all(checkout: Path) -> None:
    """End what a failed test has left running, and close what it left open."""
    for place, process in _started:
        if place == checkout and process.stdout is not None and not process.stdout.closed:
            end(process)
    _started[:] = [each for each in _started if each[0] != checkout]


def run(checkout: Path, *arguments: str, **variables: str) -> tuple[int, str]:
    process = start(checkout, *arguments, **variables)
    output, _ = process.communicate(timeout=PATIENCE_SECONDS)
    return process.returncode, output


def first_line(process: subprocess.Popen[str]) -> str:
    assert process.stdout is not None
    return process.stdout.readline().strip()


def end(process: subprocess.Popen[str], number: signal.Signals = signal.SIGTERM) -> None:
    process.send_signal(number)
    process.communicate(timeout=PATIENCE_SECONDS)


def processes_in(folder: Path) -> list[str]:
    """Return the command lines of the processes that run in or were given `folder`."""
    found = []
    for entry in Path("/proc").iterdir():
        try:
            command = (entry / "cmdline").read_bytes().replace(b"\0", b" ").decode()
            works_in = str((entry / "cwd").readlink())
        except OSError:
            continue
        if command and str(folder) in f"{command} {works_in}":
            found.append(command)
    return found


def wait_until(is_so: Callable[[], bool], *, seconds: float = PATIENCE_SECONDS) -> None:
    deadline = time.monotonic() + seconds
    while not is_so():
        assert time.monotonic() < deadline, "waited in vain"
        time.sleep(0.05)
