"""Gets on with runs in processes that are killed at a given statement; see `dying`.

It reads lines "RUN STATEMENT" from its input. For each it forks a process that gets on with the run
and is killed, by SIGKILL, when it is about to send its statement of that number; 0 lets it live. It
answers each line with the process's status: the number of the signal, 0 for an end of its own.
"""

import os
import signal
import sys
import traceback
from collections.abc import Callable
from typing import Any

import django
from django.db import connection

ROWS_AT_ONCE = 7


def _serve() -> None:
    """Fork a process for each line, while this one never opens a connection."""
    from dealers.feeds.imports import batch, parser  # noqa: PLC0415 - they need settings

    parser.CHUNK_ROWS = batch.BATCH_ROWS = ROWS_AT_ONCE
    for line in sys.stdin:
        run_id, die_at = map(int, line.split())
        child = os.fork()
        if not child:
            _get_on(run_id, die_at)
        _, status = os.waitpid(child, 0)
        print(status, flush=True)  # noqa: T201 - the answer


def _get_on(run_id: int, die_at: int) -> None:
    from dealers.feeds.imports.pipeline import get_on  # noqa: PLC0415 - as above

    status = 1
    try:
        with connection.execute_wrapper(_Countdown(die_at)):
            get_on(run_id=run_id, seconds=600)
        status = 0
    except Exception:  # noqa: BLE001 - the process ends here, and says why
        traceback.print_exc()
    finally:
        os._exit(status)


class _Countdown:
    def __init__(self, die_at: int) -> None:
        self._left = die_at

    def __call__(self, execute: Callable[..., Any], *arguments: Any) -> Any:
        self._left -= 1
        if self._left == 0:
            os.kill(os.getpid(), signal.SIGKILL)
        return execute(*arguments)


if __name__ == "__main__":
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "marketplace.settings")
    django.setup()
    _serve()
