"""What the API answers to the same question: a tool shows a part of it, and has no other rule."""

from collections.abc import Mapping
from io import BytesIO
from typing import Any

import orjson
from django.core.handlers.wsgi import WSGIRequest
from django.http import HttpRequest, QueryDict
from django.urls import reverse

from marketplace.api.views import PublicView
from marketplace.errors import DomainError

NOT_FOR_SALE = (
    "No such car is for sale: it may be sold or withdrawn. Find others by search_cars, or "
    "by similar_cars of another id."
)
_CONDITIONS = ("HTTP_IF_NONE_MATCH", "HTTP_IF_MODIFIED_SINCE", "HTTP_ACCEPT", "HTTP_RANGE")


class ApiRefusal(DomainError):
    """What the API would not answer, with its own code and words."""

    def __init__(self, body: Mapping[str, Any], retry_after: str | None) -> None:
        status = int(body["status"])
        words = NOT_FOR_SALE if status == 404 else str(body["detail"])
        super().__init__(words, fields=body.get("fields"))
        self.code, self.status = str(body["code"]), status
        self.retry_seconds = int(retry_after) if retry_after else None


def api_answer(
    view: type[PublicView], request: HttpRequest, query: QueryDict, **arguments: Any
) -> dict[str, Any]:
    """Return what a view of the API answers to GET, asked on behalf of `request`.

    The request was counted already, so the view does not count it again. Raises `ApiRefusal`.
    """
    asked = _asked(request, query)
    answer: Any = view.as_view(throttle_classes=())(asked, **arguments)
    body: dict[str, Any] = orjson.loads(answer.render().content)
    if answer.status_code >= 400:
        raise ApiRefusal(body, answer.headers.get("Retry-After"))
    return body


def _asked(request: HttpRequest, query: QueryDict) -> WSGIRequest:
    """Return a GET request from the same client to the same host, without a body or a condition."""
    environ = {name: each for name, each in request.META.items() if name not in _CONDITIONS}
    return WSGIRequest(
        {
            **environ,
            "REQUEST_METHOD": "GET",
            "PATH_INFO": reverse("index"),
            "QUERY_STRING": query.urlencode(),
            "CONTENT_LENGTH": "0",
            "wsgi.input": BytesIO(),
        }
    )
