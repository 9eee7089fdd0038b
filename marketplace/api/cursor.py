"""Cursors: a place in a list, signed, and bound to the question it belongs to.

A cursor holds the sort values and id of the row next to the page, so nothing is kept on the
server and writes elsewhere in the list do not move it.
"""

import dataclasses
import hashlib
import json
from typing import Any

from django.core.signing import BadSignature, Signer

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
    text = json.dumps(question, sort_keys=True, separators=(",", ":"))
    return hashlib.sha256(text.encode()).hexdigest()[:12]


def write(cursor: Cursor, scope: str) -> str:
    return _signer().sign_object([scope, int(cursor.is_backwards), *cursor.values], compress=True)


def read(text: str, scope: str, *, parameter: str = "cursor") -> Cursor:
    """Raises `Invalid` for what this server did not write, `StaleCursor` for another's scope.

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


def _signer() -> Signer:
    return Signer(salt="marketplace.api.cursor", sep=".")
