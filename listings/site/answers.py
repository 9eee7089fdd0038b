"""Pages that say what was refused."""

from collections.abc import Callable
from functools import wraps
from typing import Concatenate, ParamSpec

from django.http import HttpRequest, HttpResponse
from django.http.response import HttpResponseBase
from django.template.loader import render_to_string

from marketplace.errors import DomainError

Rest = ParamSpec("Rest")


def refusals_shown(
    view: Callable[Concatenate[HttpRequest, Rest], HttpResponseBase],
) -> Callable[Concatenate[HttpRequest, Rest], HttpResponseBase]:
    """Turn what a view refuses into a page with the refusal's status."""

    @wraps(view)
    def answered(
        request: HttpRequest, /, *args: Rest.args, **kwargs: Rest.kwargs
    ) -> HttpResponseBase:
        try:
            return view(request, *args, **kwargs)
        except DomainError as refusal:
            page = render_to_string("pages/refused.html", {"refusal": refusal})
            answer = HttpResponse(page, status=refusal.status)
            answer.headers["X-Robots-Tag"] = "noindex"
            return answer

    return answered
