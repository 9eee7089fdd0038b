"""Problem documents for what is refused before, or instead of, a view of the API."""

import re
from collections.abc import Callable
from http import HTTPStatus

from django.conf import settings
from django.http import HttpRequest
from django.http.response import HttpResponseBase
from django.urls import is_valid_path

from marketplace.api.problem import CONTENT_TYPE, problem, problem_response

API_ROOT = "/api/"
DETAILS = {
    400: "The request cannot be read.",
    404: "There is nothing here.",
    500: "Something went wrong on our side.",
}


class ApiProblemMiddleware:
    """Turns error pages below the API's root into problem documents.

    The page that explains an error to a developer is left alone.
    """

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponseBase]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponseBase:
        response = self.get_response(request)
        status = response.status_code
        if (
            status < 400
            or not request.path_info.startswith(API_ROOT)
            or response.get("Content-Type") == CONTENT_TYPE
            or (status == 500 and settings.DEBUG)
        ):
            return response
        code = re.sub(r"\W+", "_", HTTPStatus(status).phrase.lower())
        detail = DETAILS.get(status, HTTPStatus(status).description or HTTPStatus(status).phrase)
        answer = problem_response(problem(status, code, detail))
        if allowed := response.get("Allow"):
            answer["Allow"] = allowed
        return answer


class MissingSlashMiddleware:
    """Tells writes below the API's root that their address lacks its slash.

    Django would redirect them, and most clients follow with a GET and so lose what they sent. It
    stands inside the middleware of CORS, so that pages of other origins can read the answer.
    """

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponseBase]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponseBase:
        if _lacks_slash(request):
            detail = f"Addresses end with a slash: {request.method} {request.path}/"
            return problem_response(problem(404, "slash_missing", detail))
        return self.get_response(request)


def _lacks_slash(request: HttpRequest) -> bool:
    """Whether a slash is all that keeps a write from its view."""
    path = request.path_info
    if request.method in ("GET", "HEAD") or path.endswith("/") or not path.startswith(API_ROOT):
        return False
    return not is_valid_path(path) and bool(is_valid_path(f"{path}/"))
