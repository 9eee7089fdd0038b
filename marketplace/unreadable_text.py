"""Refusing text that no row can hold: PostgreSQL keeps no NUL, so nothing that has one is found."""

from collections.abc import Callable
from typing import Any

import structlog
from django.contrib.admin.options import TO_FIELD_VAR
from django.core.exceptions import BadRequest, FieldDoesNotExist
from django.db import DataError
from django.http import Http404, HttpRequest, HttpResponseBase

from marketplace.api.middleware import API_ROOT
from marketplace.api.problem import problem, problem_response
from marketplace.read_requests import is_read

NUL = "\0"
PATH_LENGTH_MAX = 2_000  # Python refuses to read a number of more than 4,300 digits

log = structlog.get_logger(__name__)


class UnreadableTextMiddleware:
    """Answers 404 to an address that is endless or has a NUL, 400 to a parameter or form with one.

    One place for every page and endpoint: a field that forgets to look would be a failure of ours.
    A form is looked at once its token was checked, which has read it already; endpoints without
    such a token read their own bodies strictly.
    """

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponseBase]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponseBase:
        if NUL in request.path_info or len(request.path_info) > PATH_LENGTH_MAX:
            raise Http404
        query = request.META.get("QUERY_STRING", "")
        if ("%00" in query or NUL in query) and (names := _with_nul(request.GET)):
            if request.path_info.startswith(API_ROOT):
                return problem_response(_refusal(names))
            raise BadRequest("A parameter has a NUL character.")
        return self.get_response(request)

    def process_exception(self, request: HttpRequest, error: Exception) -> None:
        """Answer 400 to a parameter that only the database, or the admin's own code, refuses.

        Reading has no values but those of the request: a moment that no zone has, for one. Django
        looks for a field without a name where `_to_field` is there and empty.
        """
        names_no_field = isinstance(error, FieldDoesNotExist) and TO_FIELD_VAR in {
            *request.GET,
            *request.POST,
        }
        if names_no_field or (isinstance(error, DataError) and _reads(request)):
            log.warning("parameter_refused", error=type(error).__name__)
            raise BadRequest("A parameter has a value that nothing can have.") from error

    def process_view(
        self, request: HttpRequest, view: Any, arguments: Any, named_arguments: Any
    ) -> None:
        if request.method == "POST" and not getattr(view, "csrf_exempt", False):
            names = [file.name or "" for _, files in request.FILES.lists() for file in files]
            if _with_nul(request.POST) or any(NUL in name for name in names):
                raise BadRequest("A field has a NUL character.")


def _reads(request: HttpRequest) -> bool:
    return is_read(request.method, request.path_info)


def _with_nul(values: Any) -> list[str]:
    """Return the names of what has a NUL, in its name or in a value."""
    return [name for name, texts in values.lists() if any(NUL in text for text in (name, *texts))]


def _refusal(names: list[str]) -> dict[str, object]:
    """Return the problem document that names parameters, as it does for any other bad value."""
    shown = sorted(name.replace(NUL, "\ufffd") for name in names)
    fields = {name: ["A NUL character is not allowed."] for name in shown}
    return problem(400, "invalid", f"Not accepted: {', '.join(shown)}.", fields=fields)
