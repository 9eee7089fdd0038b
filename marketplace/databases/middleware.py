"""The share of the database's connections that a request is given."""

from collections.abc import Callable

from django.db import connection
from django.http import HttpRequest, HttpResponseBase

from marketplace.read_requests import is_read

WITHOUT_EFFECT = ("OPTIONS", "TRACE")


class DatabaseMiddleware:
    """Tell the connection whether this request may write."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponseBase]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponseBase:
        reads = request.method in WITHOUT_EFFECT or is_read(request.method, request.path_info)
        connection.is_for_writes = not reads  # type: ignore[attr-defined]  # of our backend
        try:
            return self.get_response(request)
        finally:  # a probe, which is answered before this, finds the thread as a reader's
            connection.is_for_writes = False  # type: ignore[attr-defined]
