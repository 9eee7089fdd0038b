"""`python -m tests.marketplace.first_request`: the modules that the first requests have to load.

Starts as a worker does, and asks what buyers and the systems of dealers ask.
"""

import json
import sys
from collections.abc import Callable
from typing import Any
from wsgiref.util import setup_testing_defaults

from marketplace.wsgi import application

OURS = {"marketplace", "listings", "dealers"}
PATHS = ("/api/v1/listings/", "/api/v1/stock/", "/cars/", "/api/v1/makes/")


def main() -> None:
    before = _loaded()
    told = {"statuses": [_status(path) for path in PATHS], "late": sorted(_loaded() - before)}
    sys.stdout.write(f"{json.dumps(told)}\n")


def _status(path: str) -> int:
    statuses: list[int] = []

    def start(status: str, _headers: Any, _error: Any = None, /) -> Callable[[bytes], object]:
        statuses.append(int(status[:3]))
        return bytearray().extend

    environ: dict[str, Any] = {"PATH_INFO": path, "HTTP_HOST": "cars.example.com"}
    setup_testing_defaults(environ)
    b"".join(application(environ, start))
    return statuses[-1]


def _loaded() -> set[str]:
    return {name for name in sys.modules if name.split(".")[0] in OURS}


if __name__ == "__main__":
    main()
