"""From a file to the stage: rows as they were the last time are passed over unparsed.

A chunk of rows is one transaction, which moves the run's position by as many. A worker that goes
on reads the file from its start and passes over what is staged.
"""

from collections.abc import Iterator
from dataclasses import dataclass, field
from hashlib import blake2b
from itertools import islice
from typing import BinaryIO

import orjson
from django.db import connection, transaction

from dealers.feeds.engine import runs
from dealers.feeds.engine.recipe import Recipe
from dealers.feeds.engine.said import KEY_FIELDS, key_of, said
from dealers.feeds.mapping import Mapper, Mapping
from dealers.feeds.readers import FeedFormat, SourceRow, read_rows
from dealers.feeds.values import CarRead, Finding, read_car
from dealers.feeds.values.identity import read_vrm
from dealers.models import FeedRow, FeedRun
from listings.catalogue import Finder, known_names

CHUNK_ROWS = 4_000
EXTRA_BYTES_MAX = 20_000
FAULTS = {
    "shifted_columns": "The row has more cells than the file has columns.",
    "unreadable_row": "The row cannot be read.",
    "short_row": "The row has fewer cells than the file has columns.",
}

_UNCHANGED = """
    SELECT raw_hash, id FROM dealers_feedcar
    WHERE feed_id = %s AND raw_hash = ANY(%s::bytea[]) AND gone_at IS NULL
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

    def __init__(self, run: FeedRun, recipe: Recipe) -> None:
        self._run_id = run.pk
        self._recipe = recipe
        mapping = Mapping.from_json(dict(recipe.mapping or {}))
        self._mapper = Mapper(mapping)
        self._today = run.source_at.date()
        self._finder = Finder()
        self._catalogue = known_names() if "title" in mapping.fields else None
        self._salt = recipe.digest()
        self._by_content = not set(KEY_FIELDS) & (mapping.fields.keys() | mapping.constants.keys())
        self._times: dict[bytes, int] = {}
        with connection.cursor() as cursor:
            cursor.execute(_UNLOCKED, [recipe.feed_id, recipe.dealer_id])
            self._unlocked = {pk for (pk,) in cursor.fetchall()}

    def chunks(self, stream: BinaryIO, skip: int) -> Iterator[Chunk]:
        """Yield the rows of a file behind the first `skip`; raises `UnreadableFeed`."""
        format_ = FeedFormat(self._recipe.format) if self._recipe.format else None
        source = enumerate(read_rows(stream, format=format_), start=1)
        hashed = ((number, row, self._hash(row)) for number, row in source)
        rest = islice(hashed, skip, None)
        while some := list(islice(rest, CHUNK_ROWS)):
            yield self._chunk(some)

    def _hash(self, row: SourceRow) -> bytes:
        cells = row.cells
        text = "\x1e".join(("\x1f".join(cells), "\x1f".join(cells.values()), row.fault))
        raw = text.encode("utf-8", "surrogatepass")
        digest = blake2b(raw, digest_size=16, key=self._salt).digest()
        if not self._by_content:
            return digest
        times = self._times[digest] = self._times.get(digest, 0) + 1
        return digest if times == 1 else blake2b(digest + b"%d" % times, digest_size=16).digest()

    def _chunk(self, some: list[tuple[int, SourceRow, bytes]]) -> Chunk:
        chunk = Chunk(first_number=some[0][0], count=len(some))
        known = self._unchanged([digest for _, _, digest in some])
        for number, row, digest in some:
            car_id = known.get(digest)
            if car_id is not None:
                chunk.seen.append((number, row.line, car_id))
            else:
                self._look_at(chunk, number, row, digest)
        return chunk

    def _unchanged(self, digests: list[bytes]) -> dict[bytes, int]:
        with connection.cursor() as cursor:
            wanted = ",".join([f'"\\\\x{digest.hex()}"' for digest in digests])
            cursor.execute(_UNCHANGED, [self._recipe.feed_id, f"{{{wanted}}}"])
            found = {bytes(digest): pk for digest, pk in cursor.fetchall()}
        return {digest: pk for digest, pk in found.items() if pk not in self._unlocked}

    def _look_at(self, chunk: Chunk, number: int, row: SourceRow, digest: bytes) -> None:
        mapped = self._mapper.apply(_storable(row.cells))
        car = read_car(mapped.ours, today=self._today, catalogue=self._catalogue)
        stated, odd = said(car, self._recipe, self._finder)
        key = f"row:{digest.hex()}" if self._by_content else key_of(stated.values)
        errors = _errors(row, car, key)
        warnings = [*car.warnings, *odd]
        if row.fault == "short_row":
            warnings.append(Finding(row.fault, "", FAULTS[row.fault], ""))
        chunk.rows.append((
            self._run_id, number, row.line, row.source[:200], key,
            str(stated.values.get("stock_ref") or "")[:64],
            FeedRow.Outcome.REJECTED if errors else "", "{}", _json(errors), _json(warnings),
        ))  # fmt: skip
        if errors:
            chunk.stage.append((self._run_id, number, digest, _marks(row, car), None))
        else:
            extra = orjson.dumps(mapped.rest).decode() if mapped.rest else None
            if extra and len(extra) > EXTRA_BYTES_MAX:
                extra = None
            chunk.stage.append((self._run_id, number, digest, stated.as_json(), extra))


def stage(run_id: int, chunk: Chunk) -> None:
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


def _array(numbers: tuple[int, ...]) -> str:
    """Return PostgreSQL's text of an array: thousands of numbers are not adapted one by one."""
    return f"{{{','.join(map(str, numbers))}}}"


def _errors(row: SourceRow, car: CarRead, key: str) -> list[Finding]:
    if row.fault in ("shifted_columns", "unreadable_row"):
        return [Finding(row.fault, "", FAULTS[row.fault], "")]
    if not key and not car.errors:
        message = "The row has no id, registration mark or VIN: nobody can tell which car it is."
        return [Finding("no_identity", "", message, "")]
    return car.errors


def _marks(row: SourceRow, car: CarRead) -> str:
    """Return the marks that a rejected row names; where its cells are shifted, in any of them."""
    texts = row.cells.values() if row.fault else ()
    reads = [read_vrm(text).value for text in texts] or [car.fields.get("vrm")]
    return orjson.dumps({"marks": [mark for mark in reads if isinstance(mark, str)]}).decode()


def _storable(cells: dict[str, str]) -> dict[str, str]:
    """Return cells without what PostgreSQL cannot hold: nulls and halves of characters."""
    everything = "".join((*cells, *cells.values()))
    if "\0" not in everything and (everything.isascii() or _is_encodable(everything)):
        return cells
    return {_text(name): _text(text) for name, text in cells.items()}


def _is_encodable(text: str) -> bool:
    try:
        text.encode()
    except UnicodeEncodeError:
        return False
    return True


def _text(text: str) -> str:
    return text.replace("\0", "").encode("utf-8", "replace").decode()


def _json(findings: list[Finding]) -> str:
    if not findings:
        return "[]"
    return orjson.dumps([each._asdict() for each in findings]).decode()
