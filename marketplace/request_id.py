"""The id of a request: in each of its log lines, in its answer, and in the tasks that it queues."""

import logging
import re
import time
import uuid
from collections.abc import Callable
from typing import Any

import structlog
from celery import Task, signals
from django.conf import settings
from django.http import HttpRequest, HttpResponseBase

from marketplace.callers import caller_of
from marketplace.redaction import redacted_text

HEADER = "X-Request-ID"
_SANE = re.compile(r"[A-Za-z0-9._-]{8,64}")
PATH_CHARACTERS_MAX = 200
_METHODS = ("GET", "HEAD", "POST", "PUT", "PATCH", "DELETE", "OPTIONS")
_PROBES = ("/healthz", "/readyz")

log = logging.getLogger("marketplace.requests")


class RequestIdMiddleware:
    """Bind the id that a trusted proxy gave, or a new one, and log how the request ended.

    The line names the route rather than the path, as a path may say who somebody is, and people
    and keys by their number. Probes that go well are not logged.
    """

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponseBase]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponseBase:
        started = time.perf_counter()
        request_id = _given(request) or uuid.uuid4().hex
        vars(request)["request_id"] = request_id
        structlog.contextvars.bind_contextvars(request_id=request_id)
        try:
            response = self.get_response(request)
            response.headers[HEADER] = request_id
            if settings.LOG_REQUESTS:
                seconds = time.perf_counter() - started
                _log_end(request, request_id, response.status_code, seconds)
            return response
        finally:
            structlog.contextvars.clear_contextvars()


def connect_tasks() -> None:
    """Send the id along with every task, and bind it where the task runs."""
    signals.before_task_publish.connect(_send_along)
    signals.task_prerun.connect(_bind_task)
    signals.task_postrun.connect(_unbind_task)


def _given(request: HttpRequest) -> str | None:
    """Return the id of the proxy in front, if there is one that may be believed."""
    if not settings.TRUSTED_PROXIES:
        return None
    given = request.headers.get(HEADER, "")
    return given if _SANE.fullmatch(given) else None


def _log_end(request: HttpRequest, request_id: str, status: int, seconds: float) -> None:
    """Write one line; of what a client sent only a path that no route took, redacted, is in it."""
    if not log.isEnabledFor(logging.INFO) or (request.path_info in _PROBES and status < 400):
        return
    match = request.resolver_match
    record = logging.LogRecord(
        log.name, logging.INFO, __file__, 0, "request_finished", None, exc_info=None
    )
    record.safe_fields = {
        "method": request.method if request.method in _METHODS else "OTHER",
        "status": status,
        "milliseconds": round(seconds * 1_000, 1),
        "request_id": request_id,
        **caller_of(request),
        **({"route": match.view_name or match.route} if match else _path_of(request)),
    }
    log.handle(record)


def _path_of(request: HttpRequest) -> dict[str, str]:
    path = redacted_text(request.path)[:PATH_CHARACTERS_MAX]
    return {"path": path.encode(errors="replace").decode()}  # a lone surrogate is no JSON


def _send_along(headers: dict[str, Any] | None = None, **_arguments: object) -> None:
    request_id = structlog.contextvars.get_contextvars().get("request_id")
    if headers is not None and request_id:
        headers.setdefault("request_id", request_id)


def _bind_task(task: Task, task_id: str, **_arguments: object) -> None:
    structlog.contextvars.clear_contextvars()
    structlog.contextvars.bind_contextvars(task=task.name, task_id=task_id)
    request_id = getattr(task.request, "request_id", None)
    if isinstance(request_id, str) and _SANE.fullmatch(request_id):
        structlog.contextvars.bind_contextvars(request_id=request_id)


def _unbind_task(**_arguments: object) -> None:
    structlog.contextvars.clear_contextvars()
