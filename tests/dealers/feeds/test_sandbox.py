"""Code in a sandbox may do what it will: it is ended, and whoever waits for it is told why."""

import os
import re
import resource
import signal
import struct
import subprocess
import sys
import time
from collections.abc import Callable
from pathlib import Path

import pytest
from django.conf import settings

from dealers.feeds.sandbox import (
    MessagePipe,
    Sandbox,
    SandboxBounds,
    SandboxEnding,
    SandboxFailure,
    call,
)

BOUNDS = SandboxBounds(processor_seconds=1, wall_seconds=60, memory_bytes=64 * 1024**2)


def _loop() -> None:
    while True:
        pass


def _match() -> None:
    """The engine of patterns holds Python's lock, and looks at no signal."""
    re.match(r"(a|aa)+$", "a" * 60 + "b")


def _allocate() -> list[bytes]:
    return [bytes(1024**2) for _ in range(1_000)]


def _crash() -> None:
    os.kill(os.getpid(), signal.SIGSEGV)


def _be_killed() -> None:
    os.kill(os.getpid(), signal.SIGKILL)


def _go_wrong() -> None:
    raise LookupError("nobody expected this")


def _say_too_much() -> list[str]:
    return ["x" * 1_024] * 66_000


ENDINGS = [
    (_loop, SandboxEnding.TIME),
    (_match, SandboxEnding.TIME),
    (_allocate, SandboxEnding.MEMORY),
    (_crash, SandboxEnding.CRASHED),
    (_be_killed, SandboxEnding.KILLED),
    (_go_wrong, SandboxEnding.ERROR),
]


@pytest.mark.parametrize(("work", "ending"), ENDINGS)
def test_whatever_goes_on_in_it_ends_and_is_told(
    work: Callable[[], object], ending: SandboxEnding
) -> None:
    before = _children()
    with pytest.raises(SandboxFailure) as failure:
        call(work, BOUNDS)
    assert failure.value.ending is ending
    if ending is SandboxEnding.ERROR:
        assert "LookupError: nobody expected this" in failure.value.detail
    assert _children() == before


def test_an_answer_may_not_be_of_any_length() -> None:
    roomy = SandboxBounds(processor_seconds=60, wall_seconds=60, memory_bytes=1024**3)
    with pytest.raises(SandboxFailure) as failure:
        call(_say_too_much, roomy)
    assert failure.value.ending is SandboxEnding.MEMORY


def test_who_waits_without_computing_is_ended_by_the_clock() -> None:
    bounds = SandboxBounds(processor_seconds=60, wall_seconds=0.2, memory_bytes=BOUNDS.memory_bytes)
    with pytest.raises(SandboxFailure) as failure:
        call(signal.pause, bounds)
    assert failure.value.ending is SandboxEnding.TIME


@pytest.mark.parametrize(
    "garbage", [b"garbage", struct.pack(">I", 3) + b"{}}", struct.pack(">I", 1) + b"7"]
)
def test_garbage_in_place_of_an_answer_is_told(garbage: bytes) -> None:
    def babble(channel: MessagePipe) -> None:
        channel._end.sendall(garbage)
        signal.pause()

    with pytest.raises(SandboxFailure) as failure, Sandbox(babble, BOUNDS) as sandbox:
        sandbox.receive()
    assert failure.value.ending is SandboxEnding.GARBAGE


def test_each_answer_gives_it_time_anew() -> None:
    def work(channel: MessagePipe) -> None:
        for number in range(4):
            until = time.process_time() + 0.7
            while time.process_time() < until:
                pass
            channel.send(number)

    with Sandbox(work, BOUNDS) as sandbox:
        assert [sandbox.receive() for _ in range(4)] == [0, 1, 2, 3]


def test_it_talks_with_its_parent() -> None:
    def add(channel: MessagePipe) -> None:
        while True:
            channel.send(sum(channel.receive()))

    with Sandbox(add, BOUNDS) as sandbox:
        sandbox._end.settimeout(BOUNDS.wall_seconds)
        for numbers in ([1, 2], [], list(range(100_000))):
            sandbox.send(numbers)
            assert sandbox.receive() == sum(numbers)


def test_it_has_no_file_of_its_parent_but_the_one_to_read() -> None:
    kept, other = os.pipe()

    def look() -> list[bool]:
        return [_is_open(fd) for fd in (kept, other)]

    assert call(look, BOUNDS, keep=[kept]) == [True, False]
    assert [_is_open(fd) for fd in (kept, other)] == [True, True]
    os.close(kept)
    os.close(other)


def test_it_writes_no_file(tmp_path: Path) -> None:
    with pytest.raises(SandboxFailure) as failure:
        call(lambda: (tmp_path / "file").write_text("x"), BOUNDS)
    assert "File too large" in failure.value.detail
    assert (tmp_path / "file").read_bytes() == b""


def test_what_it_started_ends_with_it() -> None:
    def fork(channel: MessagePipe) -> None:
        child = os.fork()
        if not child:
            signal.pause()
        channel.send(child)
        signal.pause()

    with Sandbox(fork, BOUNDS) as sandbox:
        grandchild = sandbox.receive()
        assert _lives(grandchild)
    _wait_until_gone(grandchild)


def test_it_dies_with_its_parent() -> None:
    script = (
        "import os, signal, sys\n"
        "from dealers.feeds.sandbox import SandboxBounds, Sandbox\n"
        "def loop(channel):\n"
        "    while True: pass\n"
        "with Sandbox(loop, SandboxBounds(600, 600, 2**28)) as sandbox:\n"
        "    print(sandbox.pid, flush=True)\n"
        "    signal.pause()\n"
    )
    with subprocess.Popen(
        [sys.executable, "-c", script], cwd=settings.BASE_DIR, stdout=subprocess.PIPE
    ) as parent:
        assert parent.stdout is not None
        child = int(parent.stdout.readline())
        assert _lives(child)
        parent.kill()
    _wait_until_gone(child)


def test_its_memory_is_counted_beside_its_parents() -> None:
    """However large the worker has become, there is room for a file."""
    ballast = bytearray(200 * 1024**2)

    assert call(lambda: len(bytes(32 * 1024**2)), BOUNDS) == 32 * 1024**2
    assert len(ballast) == 200 * 1024**2
    assert resource.getrlimit(resource.RLIMIT_AS)[0] == resource.RLIM_INFINITY


def _children() -> str:
    return Path(f"/proc/self/task/{os.getpid()}/children").read_text()


def _is_open(number: int) -> bool:
    try:
        os.fstat(number)
    except OSError:
        return False
    return True


def _lives(pid: int) -> bool:
    """Whether a process is there and is no zombie that init has not collected yet."""
    try:
        state = Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()[0]
    except (FileNotFoundError, ProcessLookupError):
        return False
    return state not in "ZX"


def _wait_until_gone(pid: int) -> None:
    while _lives(pid):
        time.sleep(0.01)
