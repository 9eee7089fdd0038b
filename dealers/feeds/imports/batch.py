"""Batches of staged rows: what is taken from the stage, and what has become of it."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

import orjson
from django.db import connection

from dealers.feeds.cells import RowFinding, StagedCar
from dealers.feeds.cells.availability import NOT_FOR_SALE
from dealers.models import FeedCar, FeedRow

BATCH_ROWS = 2_000

_TAKE = """
    SELECT row.number, row.key, row.external_id, row.car, row.listing_id, row.warnings,
        stage.raw_hash, stage.said, stage.extra
    FROM dealers_feedrow AS row
    LEFT JOIN dealers_feedstage AS stage USING (run_id, number)
    WHERE row.run_id = %s AND row.number > %s AND row.outcome = ''
        AND (row.line IS NULL) = %s AND (row.listing_id IS NULL) = %s
    ORDER BY row.number LIMIT %s
"""
_TELL = """
    UPDATE dealers_feedrow AS row SET outcome = told.outcome, listing_id = told.listing_id,
        fields = told.fields, reasons = told.reasons, warnings = told.warnings
    FROM json_to_recordset(%s::json) AS told (
        number bigint, listing_id bigint, outcome text, fields text[], reasons jsonb,
        warnings jsonb
    )
    WHERE row.run_id = %s AND row.number = told.number AND row.number BETWEEN %s AND %s
"""

# Unchanged rows are listed one by one only where they brought an advert back.
_ADD_SEEN = """
    INSERT INTO dealers_feedrow
        (run_id, number, line, file_name, key, external_id, car, listing_id, outcome, fields,
            reasons, warnings)
    SELECT %(run)s, entry.number, entry.line, '', car.key,
        CASE WHEN car.key LIKE 'id:%%' THEN substr(car.key, 4) ELSE '' END,
        car.id, car.listing_id, %(outcome)s, %(fields)s::text[], '[]', '[]'
    FROM dealers_feedseen AS seen,
        unnest(seen.numbers, seen.lines, seen.cars) AS entry (number, line, car)
    JOIN dealers_feedcar AS car ON car.id = entry.car
    WHERE seen.run_id = %(run)s AND seen.first_number = %(first)s
        AND car.listing_id = ANY(%(listings)s)
    ON CONFLICT DO NOTHING
"""

Outcome = FeedRow.Outcome


@dataclass
class StagedRow:
    """A staged row and, once it is applied, what has become of it.

    `stays_gone` says that the car is off sale and may come back: the next run looks at it again.
    """

    number: int
    key: str
    external_id: str
    car_id: int | None
    listing_id: int | None
    warnings: list[dict[str, str]]
    raw_hash: bytes
    staged: StagedCar | None
    extra: Any
    car: FeedCar | None = None
    stays_gone: bool = False
    outcome: str = ""
    fields: list[str] = field(default_factory=list)
    reasons: list[dict[str, str]] = field(default_factory=list)

    @property
    def state(self) -> str | None:
        """Where the row says that its car stands: a `SaleState`, None where it says nothing."""
        return self.staged.availability if self.staged else None

    @property
    def is_not_for_sale(self) -> bool:
        """Whether the row keeps its car off sale; a word that nobody knows does."""
        return self.state in NOT_FOR_SALE

    @property
    def is_named(self) -> bool:
        """Whether its make and model are in the catalogue, as far as it says any."""
        return self.staged is None or "make" in self.staged.values

    @property
    def reserved_until(self) -> datetime | None:
        """When the reservation ends that the row says there is; None where it says no end."""
        end = self.staged.reserved_until if self.staged else None
        return datetime.fromisoformat(end) if end else None

    def warn(self, code: str, message: str, name: str = "") -> None:
        self.warnings.append(RowFinding(code, name, message, "")._asdict())

    def reject(self, code: str, message: str, name: str = "") -> None:
        self.outcome = Outcome.REJECTED
        self.reasons = [RowFinding(code, name, message, "")._asdict()]


@dataclass
class BatchResult:
    """A batch that was done: its rows, and the number of the last; None where there was no batch.

    `renewed` and `published` are adverts of unchanged rows that went on sale.
    """

    rows: list[StagedRow] = field(default_factory=list)
    last: int | None = None
    renewed: list[int] = field(default_factory=list)
    published: list[int] = field(default_factory=list)


def take(
    run_id: int, position: int, *, is_absent: bool = False, is_new: bool = False, batches: int = 1
) -> list[StagedRow]:
    """Return the next rows of a kind that nothing has become of yet, with their cars."""
    with connection.cursor() as cursor:
        cursor.execute(_TAKE, [run_id, position, is_absent, is_new, batches * BATCH_ROWS])
        rows = [_row(values) for values in cursor.fetchall()]
    cars = FeedCar.objects.in_bulk([row.car_id for row in rows if row.car_id])
    for row in rows:
        row.car = cars.get(row.car_id or 0)
    return rows


def report_batch(run_id: int, done: BatchResult, *, with_ids: bool) -> None:
    """Write what has become of rows; without the ids of new adverts where nothing was kept."""
    if done.rows:
        report_rows_done(run_id, done.rows, with_ids=with_ids)
    _report_seen(run_id, done)


def report_rows_done(run_id: int, rows: Sequence[StagedRow], *, with_ids: bool) -> None:
    """Write what has become of rows."""
    told = [
        {
            "number": row.number,
            "listing_id": row.listing_id if with_ids or row.outcome != Outcome.CREATED else None,
            "outcome": row.outcome,
            "fields": row.fields,
            "reasons": row.reasons,
            "warnings": row.warnings,
        }
        for row in rows
    ]
    with connection.cursor() as cursor:
        numbers = [row.number for row in rows]
        cursor.execute(_TELL, [orjson.dumps(told).decode(), run_id, min(numbers), max(numbers)])


def _report_seen(run_id: int, done: BatchResult) -> None:
    """List the unchanged rows of a chunk that brought adverts back on sale."""
    told: tuple[tuple[str, list[str], list[int]], ...] = (
        (Outcome.REVIVED, [], done.renewed),
        (Outcome.UPDATED, ["status"], done.published),
    )
    with connection.cursor() as cursor:
        for outcome, fields, listings in told:
            if listings:
                given: dict[str, Any] = {"run": run_id, "first": done.last, "fields": fields}
                cursor.execute(_ADD_SEEN, {**given, "outcome": outcome, "listings": listings})


def _row(values: Sequence[Any]) -> StagedRow:
    number, key, external_id, car_id, listing_id, warnings, raw_hash, staged, extra = values
    return StagedRow(
        number=number,
        key=key,
        external_id=external_id,
        car_id=car_id,
        listing_id=listing_id,
        warnings=_loaded(warnings),
        raw_hash=bytes(raw_hash or b""),
        staged=StagedCar.from_json(_loaded(staged)) if staged else None,
        extra=_loaded(extra),
    )


def _loaded(value: Any) -> Any:
    return orjson.loads(value) if isinstance(value, str) else value
