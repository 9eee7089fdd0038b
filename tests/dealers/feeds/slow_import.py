"""An import in a database of its own: `begin FILE`, then get on with it slowly, or `finish` it."""

import sys
import time
from pathlib import Path
from typing import Any

import django
from django.db import connection

BATCH_ROWS = 4


def main(task: str = "", file: str = "") -> None:
    from dealers.feeds.engine import batches, parser  # noqa: PLC0415 - they need settings
    from dealers.feeds.engine.running import get_on  # noqa: PLC0415
    from dealers.models import FeedRun  # noqa: PLC0415

    parser.CHUNK_ROWS = batches.BATCH_ROWS = BATCH_ROWS
    if task == "begin":
        _begin(Path(file))
        return
    run_id = FeedRun.objects.values_list("pk", flat=True).get()
    if task == "finish":
        get_on(run_id=run_id, seconds=100)
        return
    with connection.execute_wrapper(_slowly):
        get_on(run_id=run_id, seconds=100)


def _begin(file: Path) -> None:
    from celery import current_app  # noqa: PLC0415

    from tests import make  # noqa: PLC0415
    from tests.dealers.feeds.stock import receive  # noqa: PLC0415

    current_app.conf.update(broker_url="memory://")
    make.model()
    receive(make.feed(), file.read_bytes())


def _slowly(execute: Any, *arguments: Any) -> Any:
    """Leave whoever watches a moment to kill the server between two statements."""
    time.sleep(0.002)
    return execute(*arguments)


if __name__ == "__main__":
    django.setup()
    main(*sys.argv[1:])
