"""Processes kept running as `restart: unless-stopped` keeps containers."""

import os
import signal
import subprocess
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Self

from tests.marketplace.checkouts import wait_until
from tests.production.installation import Execution

POLL_SECONDS = 0.05
STOP_SECONDS = 30


@dataclass
class Process:
    """One container: when its main process ends, all that it started ends with it."""

    name: str
    execution: Execution
    log: Path
    starts: int = 0
    running: subprocess.Popen[bytes] | None = None

    def start(self) -> None:
        with self.log.open("ab") as log:
            self.running = subprocess.Popen(
                self.execution.command,
                stdin=subprocess.DEVNULL,
                stdout=log,
                stderr=log,
                start_new_session=True,
                **self.execution.options(),
            )
        self.starts += 1

    @property
    def pid(self) -> int:
        assert self.running is not None
        return self.running.pid

    def has_ended(self) -> bool:
        return self.running is not None and self.running.poll() is not None

    def members(self) -> list[int]:
        """Return the pids of everything that this container runs, its main process left out."""
        return [pid for pid in session_members(self.pid) if pid != self.pid]

    def end_members(self) -> None:
        """Kill what a main process has left behind, as the end of a container does."""
        while left := session_members(self.pid):
            for pid in left:
                kill(pid)
            time.sleep(POLL_SECONDS)

    def stop(self) -> None:
        if self.running is None:
            return
        if self.running.poll() is None:
            self.running.terminate()
        try:
            self.running.wait(timeout=STOP_SECONDS)
        except subprocess.TimeoutExpired:
            self.running.kill()
            self.running.wait()
        self.end_members()
        self.running = None

    def last_words(self) -> str:
        return "\n".join(self.log.read_text(errors="replace").splitlines()[-25:])


@dataclass
class Supervisor:
    """Starts again what ends without having been told to."""

    processes: dict[str, Process] = field(default_factory=dict)
    _lock: threading.Lock = field(default_factory=threading.Lock)
    _over: threading.Event = field(default_factory=threading.Event)
    _thread: threading.Thread | None = None

    def __enter__(self) -> Self:
        self._thread = threading.Thread(target=self._watch)
        self._thread.start()
        return self

    def __exit__(self, *_error: object) -> None:
        self._over.set()
        assert self._thread is not None
        self._thread.join()
        for process in reversed(self.processes.values()):
            process.stop()

    def start(self, process: Process) -> Process:
        with self._lock:
            process.start()
            self.processes[process.name] = process
        return process

    def stop(self, name: str) -> None:
        """Stop a process for good, as `docker compose stop` does."""
        with self._lock:
            process = self.processes.pop(name)
        process.stop()

    def kill(self, name: str) -> None:
        """SIGKILL a main process, and return when it has been started again."""
        process = self.processes[name]
        starts = process.starts
        kill(process.pid)
        wait_until(lambda: process.starts > starts)

    @contextmanager
    def held(self, name: str) -> Iterator[None]:
        """Kill a process and keep it away for a while."""
        with self._lock:
            process = self.processes.pop(name)
            kill(process.pid)
            process.stop()
        try:
            yield
        finally:
            self.start(process)

    def _watch(self) -> None:
        while not self._over.wait(POLL_SECONDS):
            with self._lock:
                for process in self.processes.values():
                    if process.has_ended():
                        process.end_members()
                        process.start()


def session_members(session: int) -> list[int]:
    """Return the pids whose session is this one: all that a main process started, orphans too."""
    found = []
    for entry in Path("/proc").iterdir():
        if not entry.name.isdecimal():
            continue
        try:
            rest = (entry / "stat").read_text().rpartition(")")[2].split()
        except OSError:
            continue
        if int(rest[3]) == session and rest[0] != "Z":
            found.append(int(entry.name))
    return found


def kill(pid: int, number: signal.Signals = signal.SIGKILL) -> None:
    try:
        os.kill(pid, number)
    except ProcessLookupError:
        return
