"""What has become of every row of a run: by pages, and as a CSV file."""

import csv
import io
from collections.abc import Collection, Iterator
from dataclasses import dataclass, fields
from typing import Any

import orjson
from django.db import connection

from dealers.models import FeedRun

WAITING = "waiting"
"""What is shown for a row of which nothing has become yet, as in a run that is held."""

PAGE_ROWS = 1_000
_FORMULA_STARTS = ("=", "+", "-", "@", "\t", "\r")

# Unchanged rows are kept by the thousand; here they are rows like all others.
_ROWS = """
    SELECT * FROM (
        (
            SELECT number, line, file_name, external_id, listing_id,
                coalesce(nullif(outcome, ''), 'waiting') AS outcome, fields, reasons, warnings
            FROM dealers_feedrow
            WHERE run_id = %(run)s AND number > %(after)s
                AND (line IS NOT NULL OR outcome <> 'unchanged')
                AND (%(all)s OR coalesce(nullif(outcome, ''), 'waiting') = ANY(%(outcomes)s))
            ORDER BY number LIMIT %(limit)s
        ) UNION ALL (
            SELECT entry.number, entry.line, '',
                CASE WHEN car.key LIKE 'id:%%' THEN substr(car.key, 4) ELSE '' END,
                car.listing_id, 'unchanged', '{}', '[]', '[]'
            FROM dealers_feedseen AS seen,
                unnest(seen.numbers, seen.lines, seen.cars) AS entry (number, line, car)
            LEFT JOIN dealers_feedcar AS car ON car.id = entry.car
            WHERE seen.run_id = %(run)s AND seen.numbers[cardinality(seen.numbers)] > %(after)s
                AND entry.number > %(after)s AND (%(all)s OR 'unchanged' = ANY(%(outcomes)s))
                AND NOT EXISTS (
                    SELECT FROM dealers_feedrow AS row
                    WHERE row.run_id = %(run)s AND row.number = entry.number
                )
            ORDER BY seen.first_number, entry.number LIMIT %(limit)s
        )
    ) AS report ORDER BY number LIMIT %(limit)s
"""


@dataclass(frozen=True)
class ReportRow:
    """A row of a file, by number, or a car that the file lacks, without a line.

    `reasons` and `warnings` are findings: code, field, message and, where it may be shown, value.
    """

    number: int
    line: int | None
    file_name: str
    external_id: str
    listing_id: int | None
    outcome: str
    fields: list[str]
    reasons: list[dict[str, str]]
    warnings: list[dict[str, str]]


def report_rows(
    *, run_id: int, after: int = 0, limit: int = PAGE_ROWS, outcomes: Collection[str] = ()
) -> list[ReportRow]:
    """Return the rows behind a number, in the order of the file; of all outcomes unless told."""
    given: dict[str, Any] = {
        "run": run_id,
        "after": after,
        "limit": limit,
        "all": not outcomes,
        "outcomes": list(outcomes),
    }
    with connection.cursor() as cursor:
        cursor.execute(_ROWS, given)
        return [ReportRow(*row[:7], *map(_findings, row[7:])) for row in cursor.fetchall()]


def report_csv(*, run: FeedRun) -> Iterator[str]:
    """Yield a report as CSV, some rows at a time; no cell of it is a formula to a spreadsheet."""
    yield _lines([[field.name for field in fields(ReportRow)]])
    after = 0
    while rows := report_rows(run_id=run.pk, after=after):
        yield _lines([_cells(row) for row in rows])
        after = rows[-1].number


def _cells(row: ReportRow) -> list[str]:
    cells = (
        str(row.number),
        str(row.line or ""),
        row.file_name,
        row.external_id,
        str(row.listing_id or ""),
        row.outcome,
        " ".join(row.fields),
        *(_words(findings) for findings in (row.reasons, row.warnings)),
    )
    return [_neutral(cell) for cell in cells]


def _words(findings: list[dict[str, str]]) -> str:
    return " ".join(
        f"{found['field']}: {found['message']}" if found["field"] else found["message"]
        for found in findings
    )


def _neutral(cell: str) -> str:
    return f"'{cell}" if cell.startswith(_FORMULA_STARTS) else cell


def _lines(rows: list[list[str]]) -> str:
    text = io.StringIO()
    csv.writer(text).writerows(rows)
    return text.getvalue()


def _findings(value: Any) -> Any:
    return orjson.loads(value) if isinstance(value, str) else value
