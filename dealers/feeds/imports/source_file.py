"""The file of a run: opened where a sandbox can read it, its bounds, and what the sandbox says."""

import io
import tempfile
from collections.abc import Iterator
from contextlib import closing, contextmanager
from shutil import copyfileobj
from typing import Any, BinaryIO, cast

from django.conf import settings

from dealers.feeds.files import UnreadableFeed
from dealers.feeds.sandbox import Sandbox, SandboxBounds, SandboxEnding, SandboxFailure
from dealers.models import FeedRun

BYTES_FOR_A_SECOND = 4 * 1024**2
"""What is large may take longer: of a pair, one file is read before the other gives a row."""
SECONDS_MAX = 60
WALL_SECONDS_FOR_A_SECOND = 3
"""A busy machine gives a process no more than a part of its time."""


@contextmanager
def opened_file(run: FeedRun) -> Iterator[BinaryIO]:
    """Open a run's file; one that its storage does not keep as a file is copied to one."""
    with closing(cast("BinaryIO", run.file.open("rb"))) as stream:
        try:
            stream.fileno()
        except (AttributeError, io.UnsupportedOperation):
            with tempfile.TemporaryFile() as copy:
                copyfileobj(stream, copy)
                copy.flush()
                yield cast("BinaryIO", copy)
        else:
            yield stream


def bounds_of(run: FeedRun) -> SandboxBounds:
    """Return what reading this file may take between two chunks of its rows."""
    seconds = settings.FEED_READ_SECONDS + run.file_bytes // BYTES_FOR_A_SECOND
    seconds = min(seconds, max(SECONDS_MAX, settings.FEED_READ_SECONDS))
    return SandboxBounds(
        processor_seconds=seconds,
        wall_seconds=seconds * WALL_SECONDS_FOR_A_SECOND,
        memory_bytes=settings.FEED_READ_MEMORY_MB * 1024**2,
    )


def refusal_of(failure: SandboxFailure, bounds: SandboxBounds) -> UnreadableFeed:
    """Return what the dealer is told of a file that could not be read."""
    told = {
        SandboxEnding.TIME: (
            "too_slow",
            f"A part of the file could not be read within {bounds.processor_seconds} seconds.",
        ),
        SandboxEnding.MEMORY: (
            "too_large",
            f"A part of the file needs more than {bounds.memory_bytes // 1024**2} MB of memory.",
        ),
        SandboxEnding.KILLED: ("interrupted", "The reading of the file was interrupted, twice."),
    }
    reason, message = told.get(
        failure.ending, ("not_readable", "The file could not be read: our reader failed on it.")
    )
    return UnreadableFeed(reason, message)


def answer(sandbox: Sandbox) -> dict[str, Any]:
    """Return what a sandbox says of a file; raises `UnreadableFeed`."""
    told = sandbox.receive()
    with garbage_refused():
        if "unreadable" in told.keys():  # noqa: SIM118 - only an object has them
            reason, message, line = told["unreadable"]
            raise UnreadableFeed(str(reason), str(message), line=line)
    return dict(told)


@contextmanager
def garbage_refused() -> Iterator[None]:
    """Take what an answer lacks for what it is: whoever gave it is not itself any more."""
    try:
        yield
    except (LookupError, TypeError, ValueError, AttributeError) as error:
        raise SandboxFailure(SandboxEnding.GARBAGE, repr(error)) from error
