"""The stock as a spreadsheet."""

import csv
from collections.abc import Iterable, Iterator
from typing import Any

from django.db.models import QuerySet
from django.http import StreamingHttpResponse
from django.utils import timezone

from listings.choices import Status

_FORMULAS = ("=", "+", "-", "@", "\t", "\r", "\n")
_CHUNK = 1_000
COLUMNS = (
    "Stock ref",
    "Mark",
    "Advert",
    "Year",
    "Price",
    "Mileage",
    "Status",
    "Days live",
    "Expires",
    "Completeness",
    "Branch",
)


def harmless(value: object) -> object:
    """Return a cell that no spreadsheet takes for a formula.

    Source: OWASP, "CSV injection": such a text is led by an apostrophe.
    """
    if isinstance(value, str) and value.startswith(_FORMULAS):
        return f"'{value}"
    return value


def export_csv(rows: QuerySet) -> StreamingHttpResponse:
    """Return these adverts as a CSV file, written while it is read."""
    chosen = rows.select_related("branch").order_by("pk").iterator(chunk_size=_CHUNK)
    response = StreamingHttpResponse(_lines(chosen), content_type="text/csv; charset=utf-8")
    name = f"stock-{timezone.localdate():%Y-%m-%d}.csv"
    response["Content-Disposition"] = f'attachment; filename="{name}"'
    return response


class _Echo:
    """A file that hands back what is written to it."""

    def write(self, line: str) -> str:
        return line


def _lines(rows: Iterable[Any]) -> Iterator[str]:
    writer = csv.writer(_Echo())
    yield "\ufeff"  # tells spreadsheets that it is UTF-8
    yield writer.writerow(COLUMNS)
    for row in rows:
        yield writer.writerow([harmless(cell) for cell in _cells(row)])


def _cells(row: Any) -> list[object]:
    is_live = row.status == Status.LIVE
    return [
        row.stock_ref or "",
        row.vrm or "",
        row.title,
        row.year,
        row.price,
        row.mileage,
        row.get_status_display(),
        (timezone.now() - row.published_at).days if is_live else "",
        f"{row.expires_at:%Y-%m-%d}" if is_live else "",
        row.completeness,
        row.branch.name,
    ]
