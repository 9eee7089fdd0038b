"""Errors as RFC 9457 problem documents: one handler for everything the API refuses."""

from collections.abc import Mapping
from http import HTTPStatus
from typing import Any

import structlog
from django.core.exceptions import PermissionDenied, SuspiciousOperation
from django.http import Http404, JsonResponse
from rest_framework import exceptions
from rest_framework.response import Response

from marketplace.databases.failures import failure_of
from marketplace.errors import DomainError

CONTENT_TYPE = "application/problem+json"

log = structlog.get_logger(__name__)


def problem(
    status: int,
    code: str,
    detail: str,
    *,
    fields: Mapping[str, list[str]] | None = None,
    extra: Mapping[str, object] | None = None,
) -> dict[str, object]:
    """Return the members of a problem document.

    `code` is stable; `detail` is for people; `fields` lists messages per field or parameter.
    """
    body: dict[str, object] = {
        "type": "about:blank",
        "title": HTTPStatus(status).phrase,
        "status": status,
        "code": code,
        "detail": detail,
    }
    if fields:
        body["fields"] = dict(fields)
    return {**body, **(extra or {})}


def problem_response(body: Mapping[str, object]) -> JsonResponse:
    """Answer with a problem document outside DRF's views."""
    return JsonResponse(body, status=int(str(body["status"])), content_type=CONTENT_TYPE)


def retry_after(seconds: int | None) -> dict[str, str]:
    """Return the header that says when to try again; none where time alone does not help."""
    return {} if seconds is None else {"Retry-After": str(seconds)}


def exception_handler(error: Exception, context: Mapping[str, Any]) -> Response | None:
    """Turn whatever a view raised into a problem document; None where it is a bug of ours."""
    headers: dict[str, str] = {}
    if isinstance(error, DomainError):
        body = problem(
            error.status, error.code, error.message, fields=error.fields, extra=error.extra
        )
        headers = retry_after(error.retry_seconds)
    elif failure := failure_of(error):
        log.error(failure.code, error=str(error).strip())
        body = problem(503, failure.code, failure.detail)
        headers = retry_after(failure.retry_seconds)
    elif isinstance(error, Http404):
        body = problem(404, "not_found", "There is nothing here.")
    elif isinstance(error, SuspiciousOperation):  # such as more parameters than Django reads
        body = problem(400, "bad_request", "The request cannot be read.")
    elif isinstance(error, PermissionDenied):
        body = problem(403, "permission_denied", "You may not do this.")
    elif isinstance(error, exceptions.APIException):
        body, headers = _from_drf(error)
    else:
        return None
    return Response(body, int(str(body["status"])), headers=headers, content_type=CONTENT_TYPE)


def _from_drf(error: exceptions.APIException) -> tuple[dict[str, object], dict[str, str]]:
    headers: dict[str, str] = {}
    if wait := getattr(error, "wait", None):  # set on Throttled
        headers["Retry-After"] = str(int(wait) + 1)
    if challenge := getattr(error, "auth_header", None):  # set on 401 by DRF's views
        headers["WWW-Authenticate"] = str(challenge)
    if isinstance(error, exceptions.ValidationError) and isinstance(error.detail, dict):
        fields = {name: _messages(detail) for name, detail in error.detail.items()}
        named = ", ".join(sorted(fields))
        return problem(400, "invalid", f"Not accepted: {named}.", fields=fields), headers
    code = error.get_codes()
    return (
        problem(
            error.status_code,
            code if isinstance(code, str) else "invalid",
            " ".join(_messages(error.detail)),
        ),
        headers,
    )


def _messages(detail: object) -> list[str]:
    if isinstance(detail, dict):
        return [f"{name}: {text}" for name, inner in detail.items() for text in _messages(inner)]
    if isinstance(detail, list):
        return [text for inner in detail for text in _messages(inner)]
    return [str(detail)]
