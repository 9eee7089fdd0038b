"""Running code on untrusted files in a process of its own, bounded in time and memory.

The process is forked, so it starts within milliseconds with all that its parent has loaded. It
keeps no connection of the parent's, talks to it in JSON alone and never outlives it.
"""

import ctypes
import gc
import mmap
import os
import resource
import signal
import socket
import struct
import sys
import time
import traceback
import warnings
from collections.abc import Callable, Collection
from contextlib import suppress
from dataclasses import dataclass
from enum import Enum
from pathlib import Path
from typing import Any, NoReturn, Self

import orjson

MESSAGE_BYTES_MAX = 64 * 1024**2
_LENGTH = struct.Struct(">I")
_PIECE = 1024**2
_OUT_OF_MEMORY = 77  # an exit status, since telling more would need memory
_ERROR_CHARACTERS_MAX = 4_000
_PR_SET_PDEATHSIG = 1
_DEFAULT_SIGNALS = (
    signal.SIGTERM,
    signal.SIGINT,
    signal.SIGHUP,
    signal.SIGUSR1,  # Celery's soft time limit
    signal.SIGUSR2,
    signal.SIGALRM,
    signal.SIGCHLD,
    signal.SIGXCPU,
)
_prctl = getattr(ctypes.CDLL(None), "prctl", None)  # Linux alone has it


class SandboxEnding(Enum):
    """Why a sandbox gave no answer."""

    TIME = "time"
    MEMORY = "memory"
    KILLED = "killed"  # from outside
    CRASHED = "crashed"
    ERROR = "error"  # an exception that the code in it did not expect
    GARBAGE = "garbage"


class SandboxFailure(Exception):
    """A sandbox ended without its answer; `detail` is for the log."""

    def __init__(self, ending: SandboxEnding, detail: str = "") -> None:
        super().__init__(f"{ending.value} {detail}".strip())
        self.ending = ending
        self.detail = detail


@dataclass(frozen=True, slots=True)
class SandboxBounds:
    """What a sandbox may use: time between two of its messages, memory beside its parent's."""

    processor_seconds: int
    wall_seconds: float
    memory_bytes: int


class MessagePipe:
    """One end of a line of JSON messages, each behind its length."""

    def __init__(self, end: socket.socket) -> None:
        self._end = end

    def send(self, message: object) -> None:
        """Send a message; a dataclass is sent as an object and a decimal as a float."""
        content = orjson.dumps(message, default=float)
        if len(content) > MESSAGE_BYTES_MAX:
            raise MemoryError
        self._end.sendall(_LENGTH.pack(len(content)) + content)

    def receive(self, seconds: float | None = None) -> Any:
        """Return the next message; raises `TimeoutError`, `OSError`, `EOFError`, `ValueError`."""
        until = None if seconds is None else time.monotonic() + seconds
        (length,) = _LENGTH.unpack(self._exactly(_LENGTH.size, until))
        if length > MESSAGE_BYTES_MAX:
            raise ValueError("a message that is too long")
        return orjson.loads(self._exactly(length, until))

    def _exactly(self, size: int, until: float | None) -> bytes:
        pieces, missing = [], size
        while missing:
            if until is not None:
                self._end.settimeout(max(0.001, until - time.monotonic()))
            piece = self._end.recv(min(missing, _PIECE))
            if not piece:
                raise EOFError
            pieces.append(piece)
            missing -= len(piece)
        return b"".join(pieces)


class Sandbox:
    """A process that runs `work` with one end of a channel; whoever enters this has the other.

    `keep` are the files that it may go on reading. Leaving ends it, whatever it is doing.
    """

    def __init__(
        self,
        work: Callable[[MessagePipe], None],
        bounds: SandboxBounds,
        *,
        keep: Collection[int] = (),
    ) -> None:
        self._work = work
        self._bounds = bounds
        self._keep = keep
        self.pid = 0

    def __enter__(self) -> Self:
        self._end, inner = socket.socketpair()
        parent = os.getpid()
        with warnings.catch_warnings():
            # Python warns of locks that other threads hold while one forks: nothing that the
            # child does takes one, and were it to wait, its deadline would end it.
            warnings.simplefilter("ignore", DeprecationWarning)
            self.pid = os.fork()
        if not self.pid:
            _run(
                self._work,
                _InnerPipe(inner, self._bounds),
                {inner.fileno(), *self._keep},
                parent,
            )
        inner.close()
        self._channel = MessagePipe(self._end)
        return self

    def __exit__(self, *_: object) -> None:
        if self.pid:
            self._reap()
        self._end.close()

    def send(self, message: object) -> None:
        """Answer the sandbox, which waits for it."""
        try:
            self._end.settimeout(self._bounds.wall_seconds)
            self._channel.send(message)
        except OSError:
            raise self._failure(SandboxEnding.TIME) from None

    def receive(self) -> Any:
        """Return its next message; raises `SandboxFailure`."""
        try:
            kind, message = self._channel.receive(self._bounds.wall_seconds)
        except TimeoutError:
            raise self._failure(SandboxEnding.TIME) from None
        except (EOFError, OSError):
            raise self._failure(SandboxEnding.CRASHED) from None
        except (ValueError, TypeError) as error:
            raise self._failure(SandboxEnding.GARBAGE, str(error)) from None
        if kind == "error":
            raise self._failure(SandboxEnding.ERROR, str(message))
        return message

    def _failure(self, ending: SandboxEnding, detail: str = "") -> SandboxFailure:
        """End the process, and say why there is no answer: what it died of counts first."""
        if ending is SandboxEnding.CRASHED:
            with suppress(ChildProcessError):
                ending = _ending_of(self._wait(self._bounds.wall_seconds), ending)
        if self.pid:
            self._reap()
        return SandboxFailure(ending, detail)

    def _wait(self, seconds: float) -> int | None:
        """Return the status of a process that has closed its end and so is about to end."""
        until = time.monotonic() + seconds
        while time.monotonic() < until:
            info = os.waitid(os.P_PID, self.pid, os.WEXITED | os.WNOWAIT | os.WNOHANG)
            if info is not None:
                return info.si_status if info.si_code == os.CLD_EXITED else -info.si_status
            time.sleep(0.001)
        return None

    def _reap(self) -> None:
        """Kill the process with all that it may have started, and forget it."""
        with suppress(ProcessLookupError, PermissionError):
            os.killpg(self.pid, signal.SIGKILL)
        with suppress(ProcessLookupError):
            os.kill(self.pid, signal.SIGKILL)  # it may not have had a group of its own yet
        os.waitpid(self.pid, 0)
        self.pid = 0


def _ending_of(status: int | None, ending: SandboxEnding) -> SandboxEnding:
    """Return what an exit status says; a negative one is the number of a signal."""
    told = {
        None: SandboxEnding.TIME,
        _OUT_OF_MEMORY: SandboxEnding.MEMORY,
        -signal.SIGXCPU: SandboxEnding.TIME,
        -signal.SIGKILL: SandboxEnding.KILLED,
        -signal.SIGTERM: SandboxEnding.KILLED,
    }
    return told.get(status, ending)


class _InnerPipe(MessagePipe):
    """The sandbox's own end: each message gives it processor time anew."""

    def __init__(self, end: socket.socket, bounds: SandboxBounds) -> None:
        super().__init__(end)
        self.bounds = bounds

    def send(self, message: object) -> None:
        super().send(("message", message))
        self.renew()

    def tell_error(self, text: str) -> None:
        super().send(("error", text[-_ERROR_CHARACTERS_MAX:]))

    def renew(self) -> None:
        used = resource.getrusage(resource.RUSAGE_SELF)
        soft = int(used.ru_utime + used.ru_stime) + 1 + self.bounds.processor_seconds
        _limit(resource.RLIMIT_CPU, soft)


def _run(
    work: Callable[[MessagePipe], None], channel: _InnerPipe, keep: set[int], parent: int
) -> NoReturn:
    status = 1
    try:
        _confine(channel, keep, parent)
        work(channel)
        status = 0
    except MemoryError:
        status = _OUT_OF_MEMORY
    except BaseException:  # noqa: BLE001 - the process ends here, and its parent tells why
        with suppress(Exception):
            channel.tell_error(traceback.format_exc())
    finally:
        os._exit(status)


def _confine(channel: _InnerPipe, keep: set[int], parent: int) -> None:
    """Give up what is the parent's, and set the bounds."""
    os.setsid()
    if _prctl is not None:
        _prctl(_PR_SET_PDEATHSIG, signal.SIGKILL)
    if os.getppid() != parent:
        os._exit(1)
    for number in _DEFAULT_SIGNALS:
        signal.signal(number, signal.SIG_DFL)
    before = 3
    for kept in sorted(keep):
        os.closerange(before, kept)
        before = max(before, kept + 1)
    os.closerange(before, os.sysconf("SC_OPEN_MAX"))
    gc.freeze()  # the parent's objects are not this process's to look through
    _limit(resource.RLIMIT_CORE, 0)
    _limit(resource.RLIMIT_FSIZE, 0)
    if sys.platform == "linux":
        pages = int(Path("/proc/self/statm").read_text().split()[0])
        _limit(resource.RLIMIT_AS, pages * mmap.PAGESIZE + channel.bounds.memory_bytes)
    channel.renew()


def _limit(what: int, soft: int) -> None:
    _, hard = resource.getrlimit(what)
    if hard not in (resource.RLIM_INFINITY, -1):
        soft = min(soft, hard)
    resource.setrlimit(what, (soft, hard))


def reserve(size: int) -> None:
    """Raise `MemoryError` unless so many bytes can be had.

    orjson ends the process by a segmentation fault where it cannot get what it needs.
    """
    bytearray(size)


def call(work: Callable[[], object], bounds: SandboxBounds, *, keep: Collection[int] = ()) -> Any:
    """Return what `work` returns, as JSON has it; raises `SandboxFailure`."""
    with Sandbox(lambda channel: channel.send(work()), bounds, keep=keep) as sandbox:
        return sandbox.receive()
