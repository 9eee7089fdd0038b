"""The form of a write by key: described, read, done once for each `Idempotency-Key`, answered."""

from collections.abc import Callable, Mapping
from functools import wraps
from typing import Any, Literal

from django import forms
from drf_spectacular.utils import OpenApiParameter, extend_schema
from rest_framework.decorators import action
from rest_framework.request import Request
from rest_framework.response import Response

from marketplace.api.bodies import Body
from marketplace.api.idempotency import once_per_key
from marketplace.api.viewsets import declares

Handler = Callable[..., Response]

IDEMPOTENCY_KEY = OpenApiParameter(
    "Idempotency-Key",
    {"type": "string", "pattern": "^[\\x21-\\x7e]{1,255}$"},
    OpenApiParameter.HEADER,
    description="A name of your own for this request, such as a UUID. Sent again within 24 hours "
    "with the same key, it is answered again and not done again.",
)
WRITE = [IDEMPOTENCY_KEY]


def keyed_write(
    *,
    body: type[Body] | None = None,
    refusals: Mapping[str, str] | None = None,
    query: Mapping[str, forms.Field] | None = None,
    method: Literal["post", "put"] | None = None,
    **described: Any,
) -> Callable[[Handler], Handler]:
    """Decorate a method of a `StrictViewSet` that writes.

    It is called with the `body` that was read, where there is one; what is wrong with that is
    refused before. With a `method` it is an action of a row, at its own name. The rest is what
    `extend_schema` takes; `parameters` are further headers.
    """

    def decorate(handler: Handler) -> Handler:
        write = declares(parameters=query, refusals=refusals)(once_per_key(_reading(handler, body)))
        if method is not None:
            path = handler.__name__.replace("_", "-")
            write = action(detail=True, methods=[method], url_path=path)(write)
        headers = [*WRITE, *described.get("parameters", ())]
        schema = {"request": body, **described, "parameters": headers}
        described_write: Handler = extend_schema(**schema)(write)
        return described_write

    return decorate


def _reading(handler: Handler, body: type[Body] | None) -> Handler:
    if body is None:
        return handler

    @wraps(handler)
    def read(view: Any, request: Request, *args: Any, **kwargs: Any) -> Response:
        sent = body(data=request.data)
        sent.is_valid(raise_exception=True)
        return handler(view, request, *args, body=sent, **kwargs)

    return read
