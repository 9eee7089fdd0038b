"""The stock as a spreadsheet."""

import csv
import io
from collections.abc import Iterable, Iterator, Sequence
from typing import Any

from django.db.models import QuerySet
from django.http import StreamingHttpResponse
from django.utils import timezone

from listings.choices import Status
from marketplace.downloads import whole_file

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
    """Return these adverts as a CSV file."""
    name = f"stock-{timezone.localdate():%Y-%m-%d}.csv"
    return whole_file(_lines(rows), content_type="text/csv; charset=utf-8", name=name)


def _lines(rows: QuerySet) -> Iterator[str]:
    yield "\ufeff"  # tells spreadsheets that it is UTF-8
    yield _csv([COLUMNS])
    chosen = rows.select_related("branch").order_by("pk")
    after = 0
    while batch := list(chosen.filter(pk__gt=after)[:_CHUNK]):
        yield _csv([[harmless(cell) for cell in _cells(row)] for row in batch])
        after = batch[-1].pk


def _csv(lines: Iterable[Sequence[object]]) -> str:
    text = io.StringIO()
    csv.writer(text).writerows(lines)
    return text.getvalue()


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
