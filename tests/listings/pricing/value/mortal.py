"""`python -m tests.listings.pricing.value.mortal WHAT TEXT`: refit or sweep, and be killed.

The process is killed, by SIGKILL, when it is about to send the first statement that has this text.
"""

import os
import signal
import sys
from collections.abc import Callable
from typing import Any

import django


def main(what: str, text: str) -> None:
    django.setup()

    from django.db import connection  # noqa: PLC0415 - it needs settings

    from listings.pricing.value.refit import refit  # noqa: PLC0415
    from listings.pricing.value.sweep import ValueSweep  # noqa: PLC0415
    from marketplace.lease import LeaseHolder  # noqa: PLC0415

    def execute_or_die(execute: Callable[..., Any], sql: str, *arguments: Any) -> Any:
        if text in sql:
            os.kill(os.getpid(), signal.SIGKILL)
        return execute(sql, *arguments)

    with connection.execute_wrapper(execute_or_die):
        if what == "refit":
            refit()
        else:
            lease = LeaseHolder("follow_changes")
            lease.hold()
            ValueSweep().follow(lease)


if __name__ == "__main__":
    main(*sys.argv[1:])
