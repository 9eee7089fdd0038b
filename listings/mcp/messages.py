"""Messages of the Model Context Protocol as they come by HTTP: one for each request, no session.

A client of a revision with a handshake begins with `initialize`; one of a newer revision says in
each message what it speaks. Source: modelcontextprotocol.io/specification, "Transports", revisions
2025-03-26 to 2026-07-28.
"""

import base64
import binascii
import re
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import orjson
from django.http import HttpRequest
from mcp_types import (
    CLIENT_CAPABILITIES_META_KEY,
    DEFAULT_NEGOTIATED_VERSION,
    HEADER_MISMATCH,
    INVALID_PARAMS,
    INVALID_REQUEST,
    METHOD_NOT_FOUND,
    PARSE_ERROR,
    PROTOCOL_VERSION_META_KEY,
    UNSUPPORTED_PROTOCOL_VERSION,
    JSONRPCNotification,
    JSONRPCRequest,
)
from mcp_types import methods as revisions
from mcp_types.version import HANDSHAKE_PROTOCOL_VERSIONS, MODERN_PROTOCOL_VERSIONS
from pydantic import ValidationError

SPOKEN = (*HANDSHAKE_PROTOCOL_VERSIONS, *MODERN_PROTOCOL_VERSIONS)
ONE_MESSAGE = "Send one JSON-RPC request or notification; batches are not taken."
NO_METHOD = "There is no such method here."
_NAMED = "tools/call"
_ENCODED = re.compile(r"=\?base64\?([A-Za-z0-9+/=]*)\?=")
_ENVELOPE = (PROTOCOL_VERSION_META_KEY, CLIENT_CAPABILITIES_META_KEY)


class RefusedMessage(Exception):
    """A message that breaks the protocol; nothing that came with it is repeated."""

    def __init__(
        self, code: int, text: str, data: Any = None, *, answers: Any = None, status: int = 400
    ) -> None:
        """`answers` is the id of the message, where that can be told; `status` is HTTP's."""
        super().__init__(text)
        self.code, self.text, self.data = code, text, data
        self.answers, self.status = answers, status


@dataclass(frozen=True)
class McpMessage:
    """A request of a client that speaks `revision`; a notification has no id."""

    revision: str
    method: str
    params: Mapping[str, Any]
    id: int | str | None

    @property
    def is_modern(self) -> bool:
        """Whether the client speaks a revision without a handshake."""
        return self.revision in MODERN_PROTOCOL_VERSIONS

    def refusal(self, code: int, text: str) -> RefusedMessage:
        """Return what refuses this message.

        Its HTTP status says so where the revision knows that; before, 404 was the end of a session.
        """
        failed = 404 if code == METHOD_NOT_FOUND else 400
        return RefusedMessage(code, text, answers=self.id, status=failed if self.is_modern else 200)


def read_message(request: HttpRequest) -> McpMessage:
    """Read the body of a request and the headers that repeat it. Raises `RefusedMessage`."""
    try:
        decoded = orjson.loads(request.body)
    except orjson.JSONDecodeError:
        raise RefusedMessage(PARSE_ERROR, "The body is not JSON.") from None
    if not isinstance(decoded, dict):
        raise RefusedMessage(INVALID_REQUEST, ONE_MESSAGE)
    kind = JSONRPCRequest if "id" in decoded else JSONRPCNotification
    try:
        read = kind.model_validate(decoded)
    except ValidationError:
        raise RefusedMessage(INVALID_REQUEST, ONE_MESSAGE) from None
    id_ = getattr(read, "id", None)
    revision = _revision(request, read.method, id_)
    message = McpMessage(revision, read.method, read.params or {}, id_)
    if id_ is None:
        return message
    if message.is_modern:
        _check_envelope(request, message)
    _check_shape(message, read.params)
    return message


def _revision(request: HttpRequest, method: str, id_: Any) -> str:
    """Return what the client says it speaks; who says nothing speaks the first revision."""
    said = request.headers.get("MCP-Protocol-Version")
    if method == "initialize" and said not in MODERN_PROTOCOL_VERSIONS:
        return HANDSHAKE_PROTOCOL_VERSIONS[-1]  # what is spoken is agreed on in the answer
    revision = DEFAULT_NEGOTIATED_VERSION if said is None else said
    if revision not in SPOKEN:
        told = {"supported": list(SPOKEN), "requested": revision[:40]}
        text = f"This revision is not spoken here. Spoken: {', '.join(SPOKEN)}."
        raise RefusedMessage(UNSUPPORTED_PROTOCOL_VERSION, text, told, answers=id_)
    return revision


def _check_envelope(request: HttpRequest, message: McpMessage) -> None:
    """Refuse a message without what each of its revision holds, or whose headers say otherwise."""
    meta = message.params.get("_meta")
    if not isinstance(meta, dict) or any(name not in meta for name in _ENVELOPE):
        raise message.refusal(INVALID_PARAMS, f"params._meta lacks {' or '.join(_ENVELOPE)}.")
    name = message.params.get("name") if message.method == _NAMED else None
    expected = {
        "MCP-Protocol-Version": meta[PROTOCOL_VERSION_META_KEY],
        "Mcp-Method": message.method,
        **({"Mcp-Name": name} if name is not None else {}),
    }
    for header, value in expected.items():
        if _decoded(request.headers.get(header)) != value:
            text = f"The header {header} is missing, or says something else than the body."
            raise message.refusal(HEADER_MISMATCH, text)


def _decoded(header: str | None) -> str | None:
    """Return a header's value, which is base64 where it could not stand there otherwise."""
    encoded = _ENCODED.fullmatch(header or "")
    if encoded is None:
        return header
    try:
        return base64.b64decode(encoded[1], validate=True).decode()
    except (binascii.Error, UnicodeDecodeError):
        return None


def _check_shape(message: McpMessage, params: Mapping[str, Any] | None) -> None:
    try:
        revisions.validate_client_request(message.method, message.revision, params)
    except KeyError:
        raise message.refusal(METHOD_NOT_FOUND, NO_METHOD) from None
    except ValidationError as error:
        wrong = sorted({".".join(map(str, each["loc"][:2])) for each in error.errors()})
        text = f"Not well formed: {', '.join(wrong)[:200]}."
        raise message.refusal(INVALID_PARAMS, text) from None
