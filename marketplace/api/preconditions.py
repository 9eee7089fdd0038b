"""`If-Match` and `If-None-Match` on writes: nobody overwrites what they have not seen.

Source: RFC 9110, section 13.
"""

import re

from django.utils.http import parse_etags
from rest_framework.request import Request

from marketplace.errors import DomainError


class PreconditionFailed(DomainError):
    """The row is not the version, or not absent, as the request demands."""

    code = "precondition_failed"
    status = 412


def require_match(request: Request, etag: str | None) -> None:
    """Raise `PreconditionFailed` unless the row's ETag, None where there is no row, is wanted.

    Read the row under its lock, so that it stays what was compared. A header that cannot be read
    matches nothing.
    """
    wanted, unwanted = (request.headers.get(name) for name in ("If-Match", "If-None-Match"))
    if wanted is not None and not _matches(etag, wanted):
        raise PreconditionFailed(
            "This has changed since you read it." if etag else "There is nothing here yet.",
            extra={"etag": etag},
        )
    if unwanted is not None and _matches(etag, unwanted):
        raise PreconditionFailed("This is there already.", extra={"etag": etag})


# What a proxy that compresses makes of "7": nginx W/"7", Apache "7-gzip", Jetty "7--gzip". The
# version is the same, which is what a write is about; none of ours ends so.
_REWRITTEN = re.compile(r'^(?:W/)?("[^"]*?)(?:[-;:]{1,2}(?:gzip|br|zstd|deflate))?"$')


def _matches(etag: str | None, header: str) -> bool:
    tags = parse_etags(header)
    return etag is not None and (tags == ["*"] or etag in map(_as_sent, tags))


def _as_sent(tag: str) -> str:
    """Return an ETag as we sent it, whatever a proxy made of it on the way."""
    found = _REWRITTEN.match(tag)
    return f'{found[1]}"' if found else tag
