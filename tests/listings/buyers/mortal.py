"""Calls functions of `telling` in processes that are killed at a given statement.

It reads lines "FUNCTION STATEMENT" from its input. For each it forks a process that calls the
function and is killed, by SIGKILL, when it is about to send its statement of that number; 0 lets
it live. It answers each line with the process's status: the number of the signal, 0 for an end of
its own.
"""

import os
import signal
import sys
import traceback
from collections.abc import Callable
from itertools import count
from typing import Any

import django
from django.db import connection


def _serve() -> None:
    """Fork a process for each line, while this one never opens a connection."""
    for line in sys.stdin:
        function, die_at = line.split()
        child = os.fork()
        if not child:
            _live(function, int(die_at))
        _, status = os.waitpid(child, 0)
        print(status, flush=True)  # noqa: T201 - the answer


def _live(function: str, die_at: int) -> None:
    from tests.listings.buyers import telling  # noqa: PLC0415 - it needs settings

    status = 1
    try:
        with connection.execute_wrapper(_killing_at(die_at)):
            getattr(telling, function)()
        status = 0
    except Exception:  # noqa: BLE001 - the process ends here, and says why
        traceback.print_exc()
    finally:
        os._exit(status)


def _killing_at(statement: int) -> Callable[..., Any]:
    numbers = count(1)

    def execute_or_die(execute: Callable[..., Any], *arguments: Any) -> Any:
        if next(numbers) == statement:
            os.kill(os.getpid(), signal.SIGKILL)
        return execute(*arguments)

    return execute_or_die


if __name__ == "__main__":
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "marketplace.settings")
    django.setup()
    _serve()
