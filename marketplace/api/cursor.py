"""Cursors: a place in a list, signed, and bound to the question it belongs to.

A cursor holds the sort values and id of the row next to the page, so nothing is kept on the
server and writes elsewhere in the list do not move it.
"""

import dataclasses
import hashlib
import hmac
import json
from base64 import urlsafe_b64encode
from functools import lru_cache
from typing import Any

from django.core.signing import BadSignature, Signer
from django.utils.encoding import force_bytes

from marketplace.api.parameters import PatternParameter
from marketplace.errors import Invalid


class StaleCursor(Invalid):
    """The cursor was made for another question."""

    code = "stale_cursor"


@dataclasses.dataclass(frozen=True)
class Cursor:
    """The position a page begins after, or ends before when read backwards."""

    values: tuple[Any, ...]
    is_backwards: bool = False


def cursor_field() -> PatternParameter:
    return PatternParameter(
        pattern=r"^[-A-Za-z0-9_.]+$",
        length_max=1_000,
        also=("page", "offset", "after", "start", "next"),
        description="Where the page begins: `next_cursor` or `previous_cursor` of another page of "
        "the same filters and ordering.",
    )


def fingerprint(question: object) -> str:
    """Return a short name for a question, which is anything JSON can write."""
    return hashlib.sha256(_QUESTION.encode(question).encode()).hexdigest()[:12]


def write(cursor: Cursor, scope: str) -> str:
    """Return what `Signer.sign_object` does, which makes its key anew each time."""
    place = _PLACE.encode([scope, int(cursor.is_backwards), *cursor.values])
    signer = _signer()
    text = _base64(place.encode("latin-1"))
    signature = hmac.digest(_key(signer.key, signer.salt), text.encode(), signer.algorithm)
    return f"{text}{signer.sep}{_base64(signature)}"


def read(text: str, scope: str, *, parameter: str = "cursor") -> Cursor:
    """Raises `Invalid` for what this server did not write, `StaleCursor` for another's scope.

    Compressed ones, as they were written before, are read too.
    `parameter` is the name of the query parameter that the errors speak of.
    """
    try:
        made_for, is_backwards, *values = _signer().unsign_object(text)
    except BadSignature:
        message = "The cursor is damaged. Start again without it."
        raise Invalid(message, fields={parameter: [message]}) from None
    if made_for != scope:
        message = "The cursor belongs to other filters or another ordering. Start without it."
        raise StaleCursor(message, fields={parameter: [message]})
    return Cursor(tuple(values), bool(is_backwards))


def _base64(content: bytes) -> str:
    return urlsafe_b64encode(content).rstrip(b"=").decode()


@lru_cache(maxsize=4)
def _key(secret: str | bytes, salt: str) -> bytes:
    """Source: `django.utils.crypto.salted_hmac`, as `Signer.signature` calls it."""
    return hashlib.sha256(f"{salt}signer".encode() + force_bytes(secret)).digest()


def _signer() -> Signer:
    return Signer(salt="marketplace.api.cursor", sep=".")


_QUESTION = json.JSONEncoder(sort_keys=True, separators=(",", ":"), default=str)
_PLACE = json.JSONEncoder(separators=(",", ":"))
