"""Photographs below `MEDIA_URL`, from the folder that they are stored in.

The application serves them itself, so that each answer says what it is and that it must not be
taken for anything else; granian's own static files cannot. No name is used twice, so an answer may
be kept.
"""

import os
import re
from collections.abc import Callable
from pathlib import Path

from django.conf import settings
from django.core.files.storage import FileSystemStorage, default_storage
from django.http import (
    HttpRequest,
    HttpResponse,
    HttpResponseBase,
    HttpResponseNotAllowed,
    HttpResponseNotFound,
)
from django.utils.cache import get_conditional_response
from django.utils.http import http_date

SECONDS_KEPT = 86_400
POLICY = "default-src 'none'; base-uri 'none'; frame-ancestors 'none'; sandbox"
CONTENT_TYPES = {
    "jpg": "image/jpeg",
    "jpeg": "image/jpeg",
    "png": "image/png",
    "webp": "image/webp",
}

# No segment begins with a dot, so that no name leads out of the folder.
_NAME = re.compile(r"(?:[\w-][\w.-]*/)*[\w-][\w.-]*\.(jpe?g|png|webp)", re.ASCII)


class MediaMiddleware:
    """Answer for photographs before sessions and routes are looked at.

    It steps aside where `MEDIA_URL` is another site's or the storage is no folder.
    """

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponseBase]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponseBase:
        prefix, path = settings.MEDIA_URL, request.path_info
        is_ours = prefix.startswith("/") and path.startswith(prefix)
        if not is_ours or not isinstance(default_storage, FileSystemStorage):
            return self.get_response(request)
        return photo(request, path.removeprefix(prefix))


def photo(request: HttpRequest, name: str) -> HttpResponseBase:
    """Answer with a photograph, or 304 where the client has it."""
    if request.method not in ("GET", "HEAD"):
        return HttpResponseNotAllowed(["GET", "HEAD"])
    found = _NAME.fullmatch(name)
    content = _content_of(name) if found else None
    if found is None or content is None:
        return HttpResponseNotFound(b"", content_type="text/plain")
    data, written_at = content
    etag = f'"{int(written_at * 1_000):x}-{len(data):x}"'
    headers = {
        "Cache-Control": f"public, max-age={SECONDS_KEPT}",
        "Content-Length": str(len(data)),
        "Content-Security-Policy": POLICY,
        "ETag": etag,
        "Last-Modified": http_date(written_at),
    }
    answer = HttpResponse(data, content_type=CONTENT_TYPES[found[1]], headers=headers)
    return get_conditional_response(request, etag, int(written_at), answer) or answer


def _content_of(name: str) -> tuple[bytes, float] | None:
    """Return what a file holds and when it was written; None where there is no such file."""
    try:
        with Path(default_storage.path(name)).open("rb") as file:
            return file.read(), os.fstat(file.fileno()).st_mtime
    except OSError:
        return None
