"""JSON of a bounded size, read strictly."""

from collections.abc import Mapping
from typing import IO, Any

import orjson
from rest_framework.exceptions import APIException, ParseError
from rest_framework.parsers import BaseParser

BODY_BYTES_MAX = 200_000
"""What a view reads that has no `body_bytes_max` of its own."""


class TooLarge(APIException):
    """The body is larger than the endpoint reads."""

    status_code = 413
    default_code = "too_large"

    def __init__(self, bytes_max: int) -> None:
        super().__init__(f"A body has at most {bytes_max:,} bytes here.")


class OrjsonParser(BaseParser):
    """Reads JSON as RFC 8259 has it: no NaN, no half of a surrogate pair, no endless nesting."""

    media_type = "application/json"

    def parse(
        self,
        stream: IO[Any],
        media_type: str | None = None,
        parser_context: Mapping[str, Any] | None = None,
    ) -> Any:
        view = (parser_context or {}).get("view")
        bytes_max = getattr(view, "body_bytes_max", BODY_BYTES_MAX)
        body = stream.read(bytes_max + 1)
        if len(body) > bytes_max:
            raise TooLarge(bytes_max)
        try:
            return orjson.loads(body)
        except orjson.JSONDecodeError as error:
            raise ParseError(f"This is not JSON: {error}.") from None


class PlainJsonParser(OrjsonParser):
    """Reads JSON sent as plain text: a browser asks no leave (preflight) before it sends that."""

    media_type = "text/plain"
