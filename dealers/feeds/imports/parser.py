"""From a file to what its rows say: all of it runs in a sandbox and asks no database.

The parser sends the hashes of some rows, is told which of them are as they were the last time, and
sends what the others say. What a file can make slow or large happens here.
"""

from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import date
from hashlib import blake2b
from typing import Any, BinaryIO, NamedTuple, Protocol

import orjson

from dealers.feeds.cells import EMPTY, KEY_FIELDS, REQUIRED, RowFinding, StagedCar, read_car
from dealers.feeds.cells.availability import with_answers
from dealers.feeds.cells.identity import read_vrm
from dealers.feeds.columns import ColumnMapper, ColumnMapping
from dealers.feeds.files import FeedFormat, SourceRow, UnreadableFeed, read_rows
from dealers.feeds.files.rows import is_storable, storable
from dealers.feeds.imports.import_config import ImportConfig
from dealers.feeds.sandbox import reserve
from listings.catalogue import Finder
from listings.language.derivative import Catalogue

CHUNK_ROWS = 4_000
CHUNK_CHARACTERS = 8 * 1024**2
REMARKS_MAX = 10
NAMES_OF_A_ROW = 1_000  # characters
EXTRA_BYTES_MAX = 20_000
CLEARABLE = EMPTY.keys() - {*KEY_FIELDS, *REQUIRED}
FAULTS = {
    "shifted_columns": "The row has more cells than the file has columns.",
    "unreadable_row": "The row cannot be read.",
    "short_row": "The row has fewer cells than the file has columns.",
}


class Asker(Protocol):
    """The line to whoever wants the rows."""

    def send(self, message: object) -> None: ...

    def receive(self) -> Any: ...


class ParsedRow(NamedTuple):
    """What a row says, as it goes into the stage; `car` is a `StagedCar`, or the marks of none."""

    number: int
    line: int
    file_name: str
    key: str
    external_id: str
    is_rejected: bool
    reasons: str
    warnings: str
    digest: str
    car: Any
    extra: str | None


class _Hashed(NamedTuple):
    number: int
    row: SourceRow
    digest: bytes
    is_storable: bool


@dataclass
class Parser:
    """Parses the rows of one run; what it needs of the database is given to it."""

    config: ImportConfig
    today: date
    finder: Finder
    catalogue: Catalogue | None
    _times: dict[bytes, int] = field(default_factory=dict)

    def __post_init__(self) -> None:
        mapping = ColumnMapping.from_json(dict(self.config.mapping or {}))
        self._mapper = ColumnMapper(mapping)
        self._salt = self.config.digest()
        self._by_content = not set(KEY_FIELDS) & (mapping.fields.keys() | mapping.constants.keys())

    def serve(self, stream: BinaryIO, skip: int, asker: Asker) -> None:
        """Send the rows of a file behind the first `skip`, some at a time, until its end."""
        try:
            remarks: list[str] = []
            for some in self._chunks(stream, skip, asker, remarks):
                asker.send({"digests": [each.digest.hex() for each in some]})
                seen = set(asker.receive())
                rows = [
                    tuple(self._parsed(each))
                    for place, each in enumerate(some)
                    if place not in seen
                ]
                asker.send(
                    {"rows": rows, "lines": [some[place].row.line for place in sorted(seen)]}
                )
        except UnreadableFeed as error:
            asker.send({"unreadable": [error.reason, error.message, error.line]})
        else:
            asker.send({"end": True, "remarks": remarks[:REMARKS_MAX]})

    def _chunks(
        self, stream: BinaryIO, skip: int, asker: Asker, remarks: list[str]
    ) -> Iterator[list[_Hashed]]:
        format_ = FeedFormat(self.config.format) if self.config.format else None
        some: list[_Hashed] = []
        characters = 0
        rows = read_rows(stream, format=format_, remarks=remarks)
        for number, row in enumerate(rows, start=1):
            text = "\x1e".join(("\x1f".join(row.cells), "\x1f".join(row.cells.values()), row.fault))
            digest = self._hash(text)
            if number <= skip:
                if number % CHUNK_ROWS == 0:
                    asker.send({"passed": number})  # a sign of life
                continue
            some.append(_Hashed(number, row, digest, is_storable(text)))
            characters += len(text)
            if len(some) >= CHUNK_ROWS or characters >= CHUNK_CHARACTERS:
                reserve(_bytes_to_send(len(some), characters))
                yield some
                some, characters = [], 0
        if some:
            reserve(_bytes_to_send(len(some), characters))
            yield some

    def _hash(self, text: str) -> bytes:
        raw = text.encode("utf-8", "surrogatepass")
        digest = blake2b(raw, digest_size=16, key=self._salt).digest()
        if not self._by_content:
            return digest
        times = self._times[digest] = self._times.get(digest, 0) + 1
        return digest if times == 1 else blake2b(digest + b"%d" % times, digest_size=16).digest()

    def _parsed(self, hashed: _Hashed) -> ParsedRow:
        row = hashed.row
        cells = row.cells if hashed.is_storable else _storable(row.cells)
        texts, rest = self._mapper.apply(cells)
        if texts.get("availability"):
            texts["availability"] = with_answers(texts["availability"], self.config.words)
        car = read_car(texts, today=self.today, catalogue=self.catalogue)
        self._complete(car)
        key = f"row:{hashed.digest.hex()}" if self._by_content else car.key
        errors = _errors(row, car, key)
        if row.fault == "short_row":
            car.warnings.append(RowFinding(row.fault, "", FAULTS[row.fault], ""))
        return ParsedRow(
            number=hashed.number,
            line=row.line,
            file_name=storable(row.source[:200]),
            key=key,
            external_id=str(car.values.get("stock_ref") or "")[:64],
            is_rejected=bool(errors),
            reasons=_json(errors),
            warnings=_json(car.warnings),
            digest=hashed.digest.hex(),
            car=_marks(row, car) if errors else car.to_json(),
            extra=None if errors else _extra(rest),
        )

    def _complete(self, car: StagedCar) -> None:
        """Add what the feed makes of a row: its blank cells, its make and model, its branch."""
        if self.config.clears_blanks:
            car.values |= {name: EMPTY[name] for name in car.blank if name in CLEARABLE}
            if "photos" in car.blank:
                car.photos = []
        if car.make and car.model and (found := self.finder.find(car.make, car.model)):
            car.values["make"], car.values["model"] = found
        if car.branch_ref and (branch_id := self.config.branch_of(car.branch_ref)):
            car.values["branch"] = branch_id
        elif car.branch_ref:
            message = "No branch is called this: a new car stands at the feed's own."
            finding = RowFinding("unknown_branch", "branch", message, car.branch_ref)
            car.warnings.append(finding)


def _extra(rest: dict[str, str]) -> str | None:
    extra = orjson.dumps(rest).decode() if rest else None
    return None if extra and len(extra) > EXTRA_BYTES_MAX else extra


def _errors(row: SourceRow, car: StagedCar, key: str) -> list[RowFinding]:
    if row.fault in ("shifted_columns", "unreadable_row"):
        return [RowFinding(row.fault, "", FAULTS[row.fault], "")]
    if not key and not car.errors:
        message = "The row has no id, registration mark or VIN: nobody can tell which car it is."
        return [RowFinding("no_identity", "", message, "")]
    return car.errors


def _marks(row: SourceRow, car: StagedCar) -> dict[str, list[str]]:
    """Return the marks that a rejected row names; where its cells are shifted, in any of them."""
    texts = row.cells.values() if row.fault else ()
    reads = [read_vrm(text).value for text in texts] or [car.values.get("vrm")]
    return {"marks": [mark for mark in reads if isinstance(mark, str)]}


def _storable(cells: dict[str, str]) -> dict[str, str]:
    return {storable(name): storable(text) for name, text in cells.items()}


def _json(findings: list[RowFinding]) -> str:
    if not findings:
        return "[]"
    return orjson.dumps([each._asdict() for each in findings]).decode()


def _bytes_to_send(rows: int, characters: int) -> int:
    """Return what a message of so many rows may take at its making, its names included."""
    return 4 * (characters + NAMES_OF_A_ROW * rows)
