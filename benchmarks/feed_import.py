"""One import in a process of its own, as a worker does it; prints what it took as JSON.

`python -m benchmarks.feed_import FEED FILE` imports a file of a feed. With `--row-by-row` the rows
are read by the same readers, and each is written by `update_or_create`.
"""

import argparse
import json
import time
from collections.abc import Callable, Iterator
from datetime import date, timedelta
from pathlib import Path
from typing import Any

import django
from celery import current_app

from benchmarks import memory

NO_LIMIT = 86_400.0


def main() -> None:
    parser = argparse.ArgumentParser(prog="python -m benchmarks.feed_import")
    parser.add_argument("feed", type=int)
    parser.add_argument("file", type=Path)
    parser.add_argument("--row-by-row", action="store_true")
    arguments = parser.parse_args()
    django.setup()
    current_app.conf.update(broker_url="memory://")
    way: Callable[[int, Path], dict[str, int]] = (
        _row_by_row if arguments.row_by_row else _by_the_engine
    )
    started, before = time.perf_counter(), time.process_time()
    counts = way(arguments.feed, arguments.file)
    took = {
        "seconds": time.perf_counter() - started,
        "processor": time.process_time() - before,
        "peak_mb": memory.peak() / 1e6,
        "counts": counts,
    }
    print(json.dumps(took))


def _by_the_engine(feed_id: int, path: Path) -> dict[str, int]:
    from dealers.feeds.imports.pipeline import get_on  # noqa: PLC0415 - its models need settings
    from dealers.feeds.uploads import receive_file  # noqa: PLC0415 - its models need settings
    from dealers.permissions import SYSTEM  # noqa: PLC0415 - its models need settings

    with path.open("rb") as upload:
        run = receive_file(feed_id=feed_id, upload=upload, name=path.name, actor=SYSTEM)
    done = get_on(run_id=run.pk, seconds=NO_LIMIT)
    if done is None or done.state != "done":
        raise RuntimeError(f"The run is {done and done.state}: {done and done.hold_reason}")
    names = ("created", "updated", "unchanged", "rejected")
    return {name: getattr(done, f"{name}_count") for name in names}


def _row_by_row(feed_id: int, path: Path) -> dict[str, int]:
    from django.utils import timezone  # noqa: PLC0415 - settings come first

    from dealers.models import StockFeed  # noqa: PLC0415 - its models need settings
    from listings.models import Listing  # noqa: PLC0415 - its models need settings

    feed = StockFeed.objects.get(pk=feed_id)
    created = updated = 0
    for values in _values(path):
        now = timezone.now()
        _, is_new = Listing.objects.update_or_create(
            dealer_id=feed.dealer_id,
            stock_ref=values.pop("stock_ref"),
            defaults={
                **values,
                "branch_id": feed.branch_id,
                "status": "live",
                "published_at": now,
                "confirmed_at": now,
                "expires_at": now + timedelta(days=30),
            },
        )
        created, updated = created + is_new, updated + (not is_new)
    return {"created": created, "updated": updated, "unchanged": 0, "rejected": 0}


def _values(path: Path) -> Iterator[dict[str, Any]]:
    """Yield what each row says, make and model by their ids."""
    from dealers.feeds.cells import read_car  # noqa: PLC0415 - its models need settings
    from dealers.feeds.files import read_rows  # noqa: PLC0415 - its models need settings
    from listings.catalogue import Finder  # noqa: PLC0415 - its models need settings

    finder = Finder()
    with path.open("rb") as stream:
        for row in read_rows(stream):
            car = read_car(row.cells, today=date.today())  # noqa: DTZ011 - only tells marks from the future
            found = finder.find(car.make, car.model)
            if found is None:
                raise RuntimeError("The catalogue lacks a car of the file.")
            yield {**car.values, "make_id": found[0], "model_id": found[1]}


if __name__ == "__main__":
    main()
