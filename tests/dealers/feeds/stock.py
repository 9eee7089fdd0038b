"""Files of stock, and the import of them."""

import csv
import io
from collections.abc import Iterable, Mapping
from datetime import datetime
from typing import Any

from dealers.feeds.imports.pipeline import get_on
from dealers.feeds.uploads import receive_file
from dealers.models import FeedRow, FeedRun, StockFeed
from dealers.permissions import SYSTEM
from tests.make import FEED_COLUMNS

LONG = 1_000.0
"""Seconds: as long as it takes."""


def car(number: int, **cells: object) -> dict[str, str]:
    """Return the row of a car, told from others by its number."""
    row = {
        "stock_ref": f"S{number}",
        "vrm": mark(number),
        "make": "Land Rover",
        "model": "Range Rover",
        "derivative": "3.0 TDV6 Vogue SE 4dr Auto",
        "year": "2015",
        "price": str(10_000 + number),
        "mileage": "72253",
    }
    return {**row, **{name: str(value) for name, value in cells.items()}}


def mark(number: int) -> str:
    """Return a registration mark of 2015, another for each number."""
    letters = "ABCDEFGHJK"
    return f"{letters[number // 1000 % 10]}B15" + "".join(
        letters[number // power % 10] for power in (100, 10, 1)
    )


def as_csv(rows: Iterable[Mapping[str, str]], columns: Iterable[str] = FEED_COLUMNS) -> bytes:
    text = io.StringIO()
    writer = csv.DictWriter(text, list(columns), restval="")
    writer.writeheader()
    writer.writerows(rows)
    return text.getvalue().encode()


def receive(feed: StockFeed, content: bytes, **options: Any) -> FeedRun:
    sent = {"actor": SYSTEM, "name": "stock.csv", **options}
    return receive_file(feed_id=feed.pk, upload=io.BytesIO(content), **sent)


def bring(
    feed: StockFeed,
    rows: Iterable[Mapping[str, str]],
    *,
    columns: Iterable[str] = FEED_COLUMNS,
    source_at: datetime | None = None,
    dry_run: bool = False,
) -> FeedRun:
    """Import a file of rows, and return the run as it ends."""
    run = receive(feed, as_csv(rows, columns), source_at=source_at, dry_run=dry_run)
    return get_on(run_id=run.pk, seconds=LONG) or run


def report(run: FeedRun) -> list[tuple[int | None, str, str]]:
    """Return what has become of the rows that are listed: line, id and outcome."""
    return list(FeedRow.objects.filter(run=run).values_list("line", "external_id", "outcome"))


def counts(run: FeedRun) -> dict[str, int]:
    """Return the counts of a run that are not nought."""
    names = (name.value for name in FeedRow.Outcome)
    return {name: n for name in names if (n := getattr(run, f"{name}_count"))}
