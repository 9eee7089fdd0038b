"""Answers where the database fails, and the share of its connections that a request is given."""

import sys
from collections.abc import Callable

import structlog
from django.db import connection
from django.http import HttpRequest, HttpResponse, HttpResponseBase
from django.template.loader import render_to_string
from django.views.defaults import server_error as plain_server_error

from marketplace.api.middleware import API_ROOT
from marketplace.api.problem import problem, problem_response
from marketplace.databases.failures import Failure, failure_of

READS = ("GET", "HEAD", "OPTIONS", "TRACE")

log = structlog.get_logger(__name__)


class DatabaseMiddleware:
    """Tell the connection whether this request may write; answer 503 where the database fails."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponseBase]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponseBase:
        connection.is_for_writes = request.method not in READS  # type: ignore[attr-defined]  # of our backend
        try:
            return self.get_response(request)
        finally:  # a probe, which is answered before this, finds the thread as a reader's
            connection.is_for_writes = False  # type: ignore[attr-defined]

    def process_exception(self, request: HttpRequest, error: Exception) -> HttpResponse | None:
        failure = failure_of(error)
        return _answer(request, failure, error) if failure else None


def server_error(request: HttpRequest) -> HttpResponse:
    """Answer what no view caught; another middleware may have lost the database."""
    error = sys.exc_info()[1]
    failure = failure_of(error)
    if failure and error:
        return _answer(request, failure, error)
    return plain_server_error(request)


def _answer(request: HttpRequest, failure: Failure, error: BaseException) -> HttpResponse:
    """Answer people, whose browsers ask for a page, with one, and programs with a problem."""
    log.error(failure.code, error=str(error).strip())
    is_page = "text/html" in request.headers.get("Accept", "")
    if is_page and not request.path_info.startswith(API_ROOT):
        page = render_to_string("marketplace/unavailable.html", {"failure": failure})
        response = HttpResponse(page, status=503)
    else:
        response = problem_response(problem(503, failure.code, failure.detail))
    response["Retry-After"] = str(failure.retry_seconds)
    response["Cache-Control"] = "no-store"
    return response
