"""From a file to the stage: rows as they were the last time are passed over unparsed.

A chunk of rows is one transaction, which moves the run's position by as many. A worker that goes
on reads the file from its start and passes over what is staged. The file itself is read in a
sandbox (see `parser`): here is only what asks and writes the database.
"""

import io
import tempfile
from collections.abc import Generator, Iterator
from contextlib import closing, contextmanager
from dataclasses import dataclass, field
from shutil import copyfileobj
from typing import Any, BinaryIO, cast

import orjson
from django.conf import settings
from django.db import connection, transaction

from dealers.feeds.cells import FIELDS
from dealers.feeds.files import UnreadableFeed
from dealers.feeds.imports import runs
from dealers.feeds.imports.import_config import ImportConfig
from dealers.feeds.imports.parser import ParsedRow, Parser
from dealers.feeds.sandbox import Sandbox, SandboxBounds, SandboxEnding, SandboxFailure
from dealers.models import FeedRow, FeedRun
from listings.catalogue import Finder, known_names
from marketplace.london_time import in_london

BYTES_FOR_A_SECOND = 4 * 1024**2
"""What is large may take longer: of a pair, one file is read before the other gives a row."""
SECONDS_MAX = 60
WALL_SECONDS_FOR_A_SECOND = 3
"""A busy machine gives a process no more than a part of its time."""

_UNCHANGED = """
    SELECT raw_hash, id FROM dealers_feedcar
    WHERE feed_id = %s AND raw_hash = ANY(%s::bytea[]) AND gone_at IS NULL
    ORDER BY id
"""
_UNLOCKED = """
    SELECT car.id FROM listings_listing AS listing
    JOIN dealers_feedcar AS car ON car.listing_id = listing.id AND car.feed_id = %s
    WHERE listing.dealer_id = %s AND listing.unlocked_at > car.applied_at
"""
_COPY_ROWS = """
    COPY dealers_feedrow (run_id, number, line, file_name, key, external_id, outcome, fields,
        reasons, warnings) FROM STDIN
"""
_SEE = """
    INSERT INTO dealers_feedseen (run_id, first_number, numbers, lines, cars)
    VALUES (%s, %s, %s::bigint[], %s::bigint[], %s::bigint[])
"""
_COPY_STAGE = "COPY dealers_feedstage (run_id, number, raw_hash, said, extra) FROM STDIN"

_STATED = frozenset(FIELDS)
"""What a row may say of an advert; nothing else that comes out of a sandbox is written."""


@dataclass
class Chunk:
    """Some rows of a file, ready to be written: those to look at, and those that are as before."""

    first_number: int
    rows: list[tuple[object, ...]] = field(default_factory=list)
    stage: list[tuple[object, ...]] = field(default_factory=list)
    seen: list[tuple[int, int, int]] = field(default_factory=list)
    count: int = 0


class Reader:
    """Reads the rows of one run."""

    def __init__(self, run: FeedRun, config: ImportConfig, bounds: SandboxBounds) -> None:
        self._run_id = run.pk
        self._config = config
        self.remarks: list[str] = []
        self._bounds = bounds
        mapping = config.mapping or {}
        self._parser = Parser(
            config=config,
            today=in_london(run.source_at).date(),
            finder=Finder(),
            catalogue=known_names() if "title" in mapping.get("fields", ()) else None,
        )
        with connection.cursor() as cursor:
            cursor.execute(_UNLOCKED, [config.feed_id, config.dealer_id])
            self._unlocked = {pk for (pk,) in cursor.fetchall()}

    def chunks(self, stream: BinaryIO, skip: int) -> Generator[Chunk]:
        """Yield the rows of a file behind the first `skip`; the next are parsed meanwhile.

        Raises `UnreadableFeed`, and `SandboxFailure` where reading it takes too much.
        """
        keep = [stream.fileno()]
        with Sandbox(
            lambda asker: self._parser.serve(stream, skip, asker), self._bounds, keep=keep
        ) as sandbox:
            ready = Chunk(first_number=skip + 1)
            while True:
                try:
                    digests = self._next_digests(sandbox)
                    cars = None if digests is None else self._ask_for_new(digests, sandbox)
                finally:  # what was read before a failure is kept
                    if ready.count:
                        yield ready
                if cars is None:
                    return
                ready = self._chunk(ready.first_number + ready.count, cars, sandbox)

    def _next_digests(self, sandbox: Sandbox) -> list[bytes] | None:
        """Return the hashes of the next rows, None behind the last one."""
        while "passed" in (told := answer(sandbox)):
            continue
        with garbage_refused():
            if "end" in told:
                self.remarks = [str(remark)[:500] for remark in told["remarks"]]
                return None
            return [bytes.fromhex(digest) for digest in told["digests"]]

    def _ask_for_new(self, digests: list[bytes], sandbox: Sandbox) -> list[int | None]:
        """Have those rows parsed that are not as they were; return the cars of the others."""
        known = self._unchanged(digests)
        cars = list(map(known.get, digests))
        sandbox.send([place for place, car_id in enumerate(cars) if car_id is not None])
        return cars

    def _chunk(self, first_number: int, cars: list[int | None], sandbox: Sandbox) -> Chunk:
        chunk = Chunk(first_number, count=len(cars))
        seen = [(place, car_id) for place, car_id in enumerate(cars) if car_id is not None]
        new = [place for place, car_id in enumerate(cars) if car_id is None]
        told = sandbox.receive()
        with garbage_refused():
            for line, (place, car_id) in zip(told["lines"], seen, strict=True):
                chunk.seen.append((first_number + place, int(line), car_id))
            for members, place in zip(told["rows"], new, strict=True):
                self._add(chunk, ParsedRow(*members), first_number + place)
        return chunk

    def _unchanged(self, digests: list[bytes]) -> dict[bytes, int]:
        with connection.cursor() as cursor:
            wanted = ",".join([f'"\\\\x{digest.hex()}"' for digest in digests])
            cursor.execute(_UNCHANGED, [self._config.feed_id, f"{{{wanted}}}"])
            found = {bytes(digest): pk for digest, pk in cursor.fetchall()}
        return {digest: pk for digest, pk in found.items() if pk not in self._unlocked}

    def _add(self, chunk: Chunk, row: ParsedRow, number: int) -> None:
        if row.number != number or not row.car.get("values", {}).keys() <= _STATED:
            raise ValueError("a row that nobody asked for")
        outcome = FeedRow.Outcome.REJECTED if row.is_rejected else ""
        chunk.rows.append((
            self._run_id, number, row.line, row.file_name, row.key, row.external_id, outcome,
            "{}", row.reasons, row.warnings,
        ))  # fmt: skip
        car = orjson.dumps(row.car).decode()
        chunk.stage.append((self._run_id, number, bytes.fromhex(row.digest), car, row.extra))


def write_chunk(run_id: int, chunk: Chunk) -> None:
    """Write a chunk and move the run past it, in one transaction; raises `Superseded`."""
    before = chunk.first_number - 1
    with transaction.atomic():
        run = runs.locked(run_id, runs.State.READING, "", before)
        with connection.cursor() as cursor:
            for statement, rows in ((_COPY_ROWS, chunk.rows), (_COPY_STAGE, chunk.stage)):
                with cursor.copy(statement) as copy:
                    for row in rows:
                        copy.write_row(row)
            if chunk.seen:
                columns = [_array(column) for column in zip(*chunk.seen, strict=True)]
                cursor.execute(_SEE, [run_id, chunk.first_number, *columns])
        after = before + chunk.count
        runs.move(run, position=after, row_count=after)


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


def _array(numbers: tuple[int, ...]) -> str:
    """Return PostgreSQL's text of an array: thousands of numbers are not adapted one by one."""
    return f"{{{','.join(map(str, numbers))}}}"
