"""An import in a database of its own: `begin FILE`, then get on with it slowly, or `finish` it."""

import sys
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

import django
from django.db import connection

BATCH_ROWS = 4


def main(task: str = "", file: str = "") -> None:
    from dealers.feeds.imports import batch, parser  # noqa: PLC0415 - they need settings
    from dealers.feeds.imports.pipeline import get_on  # noqa: PLC0415
    from dealers.models import FeedRun  # noqa: PLC0415

    parser.CHUNK_ROWS = batch.BATCH_ROWS = BATCH_ROWS
    if task == "begin":
        _begin(Path(file))
        return
    run_id = FeedRun.objects.values_list("pk", flat=True).get()
    if task == "finish":
        get_on(run_id=run_id, seconds=600)
        return
    with connection.execute_wrapper(_Crawl()):
        get_on(run_id=run_id, seconds=600)


def _begin(file: Path) -> None:
    from celery import current_app  # noqa: PLC0415

    from tests import make  # noqa: PLC0415
    from tests.dealers.feeds.stock import receive  # noqa: PLC0415

    current_app.conf.update(broker_url="memory://")
    make.model()
    receive(make.feed(), file.read_bytes())


class _Crawl:
    """Leaves whoever watches all the time to kill the server once the first cars are there."""

    def __init__(self) -> None:
        self._batches = 0

    def __call__(self, execute: Callable[..., Any], sql: str, *arguments: Any) -> Any:
        self._batches += "INSERT INTO listings_listing (" in sql
        if self._batches > 1:
            time.sleep(0.25)
        return execute(sql, *arguments)


if __name__ == "__main__":
    django.setup()
    main(*sys.argv[1:])
