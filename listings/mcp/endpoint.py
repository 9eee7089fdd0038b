"""`/mcp`: where chat clients ask, by HTTP POST, each answer by itself."""

from typing import Any
from urllib.parse import urlsplit

from django.conf import settings
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseNotAllowed
from django.views.decorators.csrf import csrf_exempt
from mcp_types import INVALID_REQUEST, ErrorData, JSONRPCError, JSONRPCResponse

from listings.mcp.messages import RefusedMessage, read_message
from listings.mcp.methods import answer_to
from marketplace.api.renderers import json_bytes
from marketplace.bodies import content_length
from marketplace.client_address import client_network
from marketplace.rate_limits import count_request

BODY_BYTES_MAX = 32_000
TOO_LARGE = f"A message has at most {BODY_BYTES_MAX:,} bytes."
POLICY = "address"
"""Calls count with what their network asks of the API."""

TOO_OFTEN = -32_010
"""Of the codes that are left to whoever implements the protocol: -32000 to -32019."""


@csrf_exempt  # nobody is signed in here, and nothing is changed
def mcp(request: HttpRequest) -> HttpResponse:
    """Answer one message; there is no session, no stream and nothing that a browser may read."""
    if not settings.MCP_ENABLED:
        raise Http404
    if request.method != "POST":
        return _closed(HttpResponseNotAllowed(["POST"]))
    counted = count_request(POLICY, client_network(request))
    if counted and counted.is_exceeded:
        return _too_many(counted.reset_seconds)
    try:
        _look_at(request)
        message = read_message(request)
        if message.id is None:  # a notification
            return _closed(HttpResponse(status=202))
        told = JSONRPCResponse(jsonrpc="2.0", id=message.id, result=answer_to(message, request))
    except RefusedMessage as refusal:
        return _refused(refusal)
    return _json(told.model_dump(), 200)


def _look_at(request: HttpRequest) -> None:
    """Raise `RefusedMessage` where the body is not to be read."""
    for is_fit, status, text in (
        (_is_our_origin(request), 403, "Pages of other origins may not ask here."),
        (request.content_type == "application/json", 415, "Send application/json."),
        (request.accepts("application/json"), 406, "Answers are application/json."),
        (content_length(request.META) <= BODY_BYTES_MAX, 413, TOO_LARGE),
    ):
        if not is_fit:
            raise RefusedMessage(INVALID_REQUEST, text, status=status)


def _is_our_origin(request: HttpRequest) -> bool:
    """Tell whether no page asks, or one of ours.

    The protocol asks this of every server: a page may have had its host name point here since.
    """
    origin = request.headers.get("Origin")
    return origin is None or urlsplit(origin).netloc in (
        request.get_host(),
        urlsplit(settings.PUBLIC_URL).netloc,
    )


def _too_many(seconds: int) -> HttpResponse:
    text = f"Too many requests from here: ask again in {seconds} seconds."
    told = {"retry_after_seconds": seconds}
    answer = _refused(RefusedMessage(TOO_OFTEN, text, told, status=429))
    answer.headers["Retry-After"] = str(seconds)
    return answer


def _refused(refusal: RefusedMessage) -> HttpResponse:
    error = ErrorData(code=refusal.code, message=refusal.text, data=refusal.data)
    told = JSONRPCError(jsonrpc="2.0", id=refusal.answers, error=error).model_dump()
    if refusal.data is None:
        del told["error"]["data"]
    return _json(told, refusal.status)


def _json(told: dict[str, Any], status: int) -> HttpResponse:
    return _closed(HttpResponse(json_bytes(told), "application/json", status))


def _closed(answer: HttpResponse) -> HttpResponse:
    """Keep an answer out of caches and search engines."""
    answer.headers["Cache-Control"] = "no-store"
    answer.headers["X-Robots-Tag"] = "noindex"
    return answer
