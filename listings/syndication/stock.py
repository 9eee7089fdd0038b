"""The adverts of a file, read in batches and written line by line."""

import csv
import hashlib
import io
from collections import Counter
from collections.abc import Iterator, Mapping
from datetime import date, datetime
from decimal import Decimal

import orjson
from django.db.models import Count, Max, Sum
from django.utils import timezone

from listings.models import Listing
from listings.models.listing import ListingQuerySet
from listings.syndication.formats import StockFormat

BATCH = 500


def stock_of(dealer_id: int | None) -> ListingQuerySet:
    """Return the public adverts of a dealer, or of all."""
    public = Listing.objects.public()
    return public if dealer_id is None else public.for_dealer(dealer_id)


def pieces(form: StockFormat, dealer_id: int | None) -> Iterator[str]:
    """Yield a file's text: its head, then a line for each advert that has what is required."""
    columns = columns_of(form, dealer_id)
    if not form.lines:
        yield _csv([list(columns)])
    for cells in _rows(form, dealer_id):
        if form.lines:
            yield orjson.dumps(cells, default=str).decode() + "\n"
        else:
            yield _csv([[_plain(cells[name]) for name in columns]])


def left_out(form: StockFormat, dealer_id: int | None) -> tuple[int, Counter[str]]:
    """Return how many adverts a file has, and of what the others lack something, by column."""
    missing: Counter[str] = Counter()
    included = 0
    for row in _batches(dealer_id):
        lacks = _lacking(form, {name: form.columns[name](row) for name in form.required})
        missing.update(lacks)
        included += not lacks
    return included, missing


def columns_of(form: StockFormat, dealer_id: int | None) -> list[str]:
    """Return the headers; marks and VINs are in a dealer's own file, or where a format has them."""
    return [name for name in form.columns if dealer_id is not None or name not in form.own]


def version(form: StockFormat, dealer_id: int | None) -> str:
    """Return an ETag: another one whenever an advert of the file changed, came or went."""
    seen = stock_of(dealer_id).aggregate(count=Count("pk"), last=Max("revision"), ids=Sum("pk"))
    text = f"{form.name} {dealer_id} {seen['count']} {seen['last']} {seen['ids']}"
    return f'"{hashlib.sha256(text.encode()).hexdigest()[:32]}"'


def _rows(form: StockFormat, dealer_id: int | None) -> Iterator[Mapping[str, object]]:
    columns = columns_of(form, dealer_id)
    for row in _batches(dealer_id):
        cells = {name: form.columns[name](row) for name in columns}
        if not _lacking(form, cells):
            yield cells


def _lacking(form: StockFormat, cells: Mapping[str, object]) -> list[str]:
    """Return the columns that a format requires and an advert leaves empty."""
    return [name for name in form.required if cells[name] in ("", None)]


def _batches(dealer_id: int | None) -> Iterator[Listing]:
    rows = stock_of(dealer_id).select_related("make", "model", "dealer", "branch")
    chosen = rows.prefetch_related("photos").order_by("pk")
    after = 0
    while batch := list(chosen.filter(pk__gt=after)[:BATCH]):
        yield from batch
        after = batch[-1].pk


def _plain(value: object) -> object:
    """Return a cell as text that our own import reads back as the same."""
    if value is None:
        return ""
    if isinstance(value, list):
        return orjson.dumps(value).decode() if value else ""
    if isinstance(value, datetime):
        return timezone.localtime(value).isoformat()
    if isinstance(value, date | Decimal):
        return str(value)
    return value


def _csv(lines: list[list[object]]) -> str:
    text = io.StringIO()
    csv.writer(text).writerows(lines)
    return text.getvalue()
