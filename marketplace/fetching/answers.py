"""What an answer's status and headers mean."""

from collections.abc import Sequence
from fnmatch import fnmatch

import httpx

from marketplace.fetching.refusals import (
    FetchDenied,
    FetchNotFound,
    FetchServerError,
    FetchWrongType,
)

RETRY_AFTER_SECONDS_MAX = 24 * 60 * 60


def refuse_failure(status: int, headers: httpx.Headers, host: str) -> None:
    """Raise `FetchFailed` unless the status says that the body is what was asked for."""
    if 200 <= status < 300:
        return
    if status in (404, 410):
        raise FetchNotFound(f"{host} has nothing at this address ({status}).")
    if status == 429 or status >= 500:
        error = FetchServerError(f"{host} cannot answer now ({status}).")
        error.retry_after_seconds = _retry_after(headers)
        raise error
    raise FetchDenied(f"{host} does not answer us ({status}).")


def refuse_type(headers: httpx.Headers, content_types: Sequence[str]) -> None:
    """Raise `FetchWrongType` for a type that is named and not among these, which may have a *."""
    given = headers.get("content-type", "").partition(";")[0].strip().lower()
    if content_types and given and not any(fnmatch(given, each) for each in content_types):
        raise FetchWrongType("The answer is not of a type that is taken.")


def _retry_after(headers: httpx.Headers) -> int | None:
    given = headers.get("retry-after", "")
    if not given.isdecimal() or len(given) > 9:
        return None
    return min(int(given), RETRY_AFTER_SECONDS_MAX)
