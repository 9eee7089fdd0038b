"""How large a request's body may be: bounded before anything of Django's reads it.

The few addresses that take files are a table; everything else gets the small bound, and so do they
from whoever shows no key or session. What is refused is not read.
"""

import re
from collections.abc import Mapping
from contextlib import suppress
from dataclasses import dataclass
from io import BytesIO
from tempfile import SpooledTemporaryFile
from typing import IO, Any, cast
from wsgiref.types import StartResponse, WSGIApplication, WSGIEnvironment

from django.conf import settings

from marketplace.storage import is_full

TOO_LARGE = "marketplace.body_too_large"
NO_ROOM = "marketplace.no_room_for_body"
BODY_SETTINGS = {
    "BODY_BYTES_MAX": 2_621_440,
    "FEED_BODY_BYTES_MAX": 1_073_807_360,  # a file of 1 GB, and what a form adds
    "PHOTO_BODY_BYTES_MAX": 67_108_864,  # three photos of the largest size
    "BATCH_BODY_BYTES_MAX": 16_777_216,
}
"""The bytes a body may have, by the setting that says so: where no other is named, the first."""

_API_ROOT = "/api/"
_PIECE = 64 * 1024
_IN_MEMORY = 1024 * 1024


@dataclass(frozen=True)
class LargeBody:
    """Addresses that take files; `setting` names the bytes that such a body may have."""

    paths: re.Pattern[str]
    setting: str


LARGE_BODIES = (
    LargeBody(re.compile(r"/api/v1/feeds/\d+/runs/"), "FEED_BODY_BYTES_MAX"),
    LargeBody(re.compile(r"/dealer/dealers/stockfeed/\d+/upload/"), "FEED_BODY_BYTES_MAX"),
    LargeBody(re.compile(r"/api/v1/stock/\d+/photos/"), "PHOTO_BODY_BYTES_MAX"),
    LargeBody(re.compile(r"/dealer/listings/listing/\d+/photos/"), "PHOTO_BODY_BYTES_MAX"),
    LargeBody(re.compile(r"/admin/listings/listing/(add|[^/]+/change)/"), "PHOTO_BODY_BYTES_MAX"),
    LargeBody(re.compile(r"/api/v1/stock/batch/"), "BATCH_BODY_BYTES_MAX"),
)


class BoundedBodies:
    """Wraps the application: a body above its bound is dropped and marked as too large.

    One without a length (chunked) is counted as it is read, and goes on with its length; where the
    disk has no room for it, it is dropped and marked with the error.
    """

    def __init__(self, application: WSGIApplication) -> None:
        self.application = application

    def __call__(self, environ: WSGIEnvironment, start_response: StartResponse) -> Any:
        is_chunked = _is_chunked(environ)
        # Without a length it is read before anybody knows who sends it.
        bound = setting_bytes("BODY_BYTES_MAX") if is_chunked else body_bytes_max(environ)
        kept: IO[bytes] | None = None
        if is_chunked:
            kept = _give_length(environ, bound)
        else:
            environ["CONTENT_LENGTH"] = str(content_length(environ))
        if int(environ["CONTENT_LENGTH"]) > bound:
            _drop(environ, TOO_LARGE, bound)
        try:
            return self.application(environ, start_response)
        finally:  # no answer reads on, and what lies on disk would stay until it is collected
            if kept:
                kept.close()


def _give_length(environ: WSGIEnvironment, bound: int) -> IO[bytes] | None:
    try:
        kept = spooled(environ["wsgi.input"], bound)
    except OSError as error:
        if not is_full(error):
            raise
        _drop(environ, NO_ROOM, error)
        return None
    environ["CONTENT_LENGTH"] = str(kept.seek(0, 2) if kept else bound + 1)
    if kept:
        kept.seek(0)
        environ["wsgi.input"] = kept
    return kept


def _drop(environ: WSGIEnvironment, mark: str, why: object) -> None:
    environ.update({mark: why, "wsgi.input": BytesIO(), "CONTENT_LENGTH": "0"})


def body_bytes_max(environ: Mapping[str, Any]) -> int:
    """Return how many bytes a request's body may have, as far as its head tells."""
    path = str(environ.get("PATH_INFO", ""))
    small = setting_bytes("BODY_BYTES_MAX")
    if _shows_credentials(environ, path):
        for large in LARGE_BODIES:
            if large.paths.fullmatch(path):
                return max(small, setting_bytes(large.setting))
    return small


def content_length(environ: Mapping[str, Any]) -> int:
    """Return the length a body is said to have; 0 where that is no number."""
    text = str(environ.get("CONTENT_LENGTH") or "")
    return int(text) if re.fullmatch(r"[0-9]{1,18}", text) else 0


def spooled(stream: IO[bytes], bytes_max: int) -> IO[bytes] | None:
    """Read a body to its end, to disk where it is large; None as soon as it is too large."""
    kept = SpooledTemporaryFile(max_size=_IN_MEMORY)  # noqa: SIM115 - read by the application
    size = 0
    try:
        while piece := stream.read(_PIECE):
            size += len(piece)
            if size > bytes_max:
                _close(kept)
                return None
            kept.write(piece)
        kept.flush()
    except BaseException:
        _close(kept)
        raise
    return cast("IO[bytes]", kept)


def _close(kept: SpooledTemporaryFile[bytes]) -> None:
    with suppress(OSError):  # what is still to be written has no room, and nobody reads it
        kept.close()


def body_settings(env: Any) -> dict[str, int]:
    """Return the bounds as the environment has them."""
    return {name: env.int(name, default=default) for name, default in BODY_SETTINGS.items()}


def setting_bytes(setting: str) -> int:
    """Return the bytes that one of `BODY_SETTINGS` allows."""
    return int(getattr(settings, setting))


def _shows_credentials(environ: Mapping[str, Any], path: str) -> bool:
    if path.startswith(_API_ROOT):
        return bool(environ.get("HTTP_AUTHORIZATION"))
    return f"{settings.SESSION_COOKIE_NAME}=" in str(environ.get("HTTP_COOKIE", ""))


def _is_chunked(environ: Mapping[str, Any]) -> bool:
    return "chunked" in str(environ.get("HTTP_TRANSFER_ENCODING", "")).lower()
