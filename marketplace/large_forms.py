"""Bodies that Django refuses: those the server marked, and large forms of nobody."""

from collections.abc import Callable

from django.http import HttpRequest, HttpResponse, HttpResponseBase
from django.template.loader import render_to_string

from marketplace.api.middleware import API_ROOT
from marketplace.api.problem import problem, problem_response
from marketplace.bodies import NO_ROOM, TOO_LARGE, content_length, setting_bytes
from marketplace.error_answers import answer_without_room
from marketplace.storage import storage_full


class LargeFormMiddleware:
    """Answers 413 to a large body, and to a large form of somebody who is not signed in.

    It answers 507 to a body that the disk had no room for. It stands behind the one that knows who
    is signed in, and before any view or the check of a form's token reads a body. Below the API's
    root a view knows its key before it reads.
    """

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponseBase]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponseBase:
        if (error := request.META.get(NO_ROOM)) is not None:
            return answer_without_room(request, storage_full(error))
        if (bound := request.META.get(TOO_LARGE)) is not None:
            return _refused(request, int(bound))
        small = setting_bytes("BODY_BYTES_MAX")
        is_large = content_length(request.META) > small
        is_form = not request.path_info.startswith(API_ROOT)
        if is_large and is_form and not request.user.is_authenticated:
            return _refused(request, small)
        return self.get_response(request)


def _refused(request: HttpRequest, bytes_max: int) -> HttpResponse:
    if request.path_info.startswith(API_ROOT):
        detail = f"A body has at most {bytes_max:,} bytes here."
        return problem_response(problem(413, "too_large", detail))
    page = render_to_string("too_large.html", {"megabytes": round(bytes_max / 1024**2, 1)})
    answer = HttpResponse(page, status=413)
    answer["Cache-Control"] = "no-store"
    return answer
