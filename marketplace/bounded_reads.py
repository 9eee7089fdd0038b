"""How many buyers' reads a process works on at once: one, while the others wait their turn.

A read is answered from memory and holds the interpreter's lock from beginning to end. Threads that
share that lock only take it from one another, each time in the middle of their work.
"""

import re
import threading
from typing import Any
from wsgiref.types import StartResponse, WSGIApplication, WSGIEnvironment

TURN_SECONDS = 0.5
"""A read waits so long at most: one that hangs on the database holds up nobody for longer."""

_READS = ("GET", "HEAD")
_NOT_FOR_BUYERS = re.compile(r"/(?:dealer|admin|media|static|healthz|readyz|metrics)(?:/|$)")


class BoundedReads:
    """Wraps the application: buyers' reads take turns, and everything else goes on beside them.

    Panels, uploads, dealers' systems and probes wait for rows, files and clients, not for the
    interpreter. They have threads of their own, and hold no turn.
    """

    def __init__(self, application: WSGIApplication) -> None:
        self.application = application
        self._turn = threading.Lock()

    def __call__(self, environ: WSGIEnvironment, start_response: StartResponse) -> Any:
        has_turn = _is_of_a_buyer(environ) and self._turn.acquire(timeout=TURN_SECONDS)
        try:
            return self.application(environ, start_response)
        finally:
            if has_turn:
                self._turn.release()


def _is_of_a_buyer(environ: WSGIEnvironment) -> bool:
    return (
        environ["REQUEST_METHOD"] in _READS
        and "HTTP_AUTHORIZATION" not in environ
        and not _NOT_FOR_BUYERS.match(str(environ.get("PATH_INFO", "")))
    )
