"""What is answered where a request fails for lack of a database or of room, wherever it does."""

import sys
from collections.abc import Callable
from contextlib import suppress

import structlog
from django.http import HttpRequest, HttpResponse, HttpResponseBase
from django.template.loader import render_to_string
from django.views.defaults import server_error as plain_server_error

from marketplace.api.middleware import API_ROOT
from marketplace.api.problem import problem, problem_response, retry_after
from marketplace.databases.failures import failure_of
from marketplace.errors import StorageAway
from marketplace.storage import is_full, storage_full

log = structlog.get_logger(__name__)


class ErrorAnswerMiddleware:
    """Answer 503 where a view loses the database or the bucket, and 507 where a disk lacks room."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponseBase]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponseBase:
        return self.get_response(request)

    def process_exception(self, request: HttpRequest, error: Exception) -> HttpResponse | None:
        return answer_to(request, error)


def server_error(request: HttpRequest) -> HttpResponse:
    """Answer what no view raised: a middleware may lose the database, or read a form to disk."""
    error = sys.exc_info()[1]
    return (answer_to(request, error) if error else None) or plain_server_error(request)


def answer_to(request: HttpRequest, error: BaseException) -> HttpResponse | None:
    """Return the answer to an error that is no bug of ours; None where it is one."""
    if failure := failure_of(error):
        log.error(failure.code, error=str(error).strip())
        body = problem(503, failure.code, failure.detail)
        return _answer(request, body, failure.retry_seconds)
    if isinstance(error, OSError) and is_full(error):
        return answer_without_room(request, storage_full(error))
    return answer_without_room(request, error) if isinstance(error, StorageAway) else None


def answer_without_room(request: HttpRequest, refusal: StorageAway) -> HttpResponse:
    """Answer 507, or 503, and delete what there is of a file that came with a form."""
    for handler in request.upload_handlers:
        with suppress(OSError):  # what is still to be written has no room
            handler.upload_interrupted()
    body = problem(refusal.status, refusal.code, refusal.message)
    return _answer(request, body, refusal.retry_seconds)


def _answer(
    request: HttpRequest, body: dict[str, object], retry_seconds: int | None
) -> HttpResponse:
    """Answer people, whose browsers ask for a page, with one, and programs with a problem."""
    response: HttpResponse = problem_response(body)
    is_page = "text/html" in request.headers.get("Accept", "")
    if is_page and not request.path_info.startswith(API_ROOT):
        page = render_to_string("marketplace/unavailable.html", {"failure": body})
        response = HttpResponse(page, status=response.status_code)
    for name, value in retry_after(retry_seconds).items():
        response[name] = value
    response["Cache-Control"] = "no-store"
    return response
