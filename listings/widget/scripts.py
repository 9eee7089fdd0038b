"""The block's own files: one script for any page, with its style inside, and the style alone.

They are read once, sent compressed, and named by their content, so that a cache asks only whether
they are still the same.
"""

import gzip
import hashlib
import json
import re
from functools import cache
from pathlib import Path
from typing import NamedTuple

from django.http import HttpRequest, HttpResponse
from django.http.response import HttpResponseBase
from django.utils.cache import get_conditional_response, patch_vary_headers
from django.utils.http import quote_etag
from django.views.decorators.http import require_safe

from listings.site.http_cache import everywhere
from listings.widget.answer import VIEW_ALL, VIEW_DETAILS
from listings.widget.block import LIMIT_DEFAULT, LIMIT_MAX

SOURCE = Path(__file__).parent / "source"
FRESH_SECONDS, STALE_SECONDS = 3_600, 86_400


class File(NamedTuple):
    plain: bytes
    compressed: bytes
    etag: str


@require_safe
def component(request: HttpRequest) -> HttpResponseBase:
    return _sent(request, component_file(), "text/javascript")


@require_safe
def frame_script(request: HttpRequest) -> HttpResponseBase:
    return _sent(request, frame_script_file(), "text/javascript")


@require_safe
def style(request: HttpRequest) -> HttpResponseBase:
    return _sent(request, style_file(), "text/css")


@cache
def component_file() -> File:
    words = {
        "css": _css(),
        "limit": LIMIT_DEFAULT,
        "limitMax": LIMIT_MAX,
        "details": VIEW_DETAILS,
        "all": VIEW_ALL,
    }
    return _file(_js("used-cars.js").replace("__SERVER__", json.dumps(words)))


@cache
def frame_script_file() -> File:
    return _file(_read("frame.js"))


@cache
def style_file() -> File:
    return _file(_css())


def _css() -> str:
    """Return the style without what only its writers need."""
    bare = re.sub(r"/\*.*?(?:\*/|\Z)", "", _read("block.css"), flags=re.DOTALL)
    return re.sub(r" ?([{};:,]) ", r"\1", re.sub(r"\s+", " ", bare)).strip()


def _js(name: str) -> str:
    """Return a script without the comments on lines of their own, and without indents."""
    bare = re.sub(r"^ */\*.*?(?:\*/$|\Z)", "", _read(name), flags=re.DOTALL | re.MULTILINE)
    return re.sub(r"\n\s*", "\n", bare)


def _read(name: str) -> str:
    return (SOURCE / name).read_text(encoding="utf-8")


def _file(text: str) -> File:
    plain = text.encode()
    etag = quote_etag(hashlib.sha256(plain).hexdigest()[:20])
    return File(plain, gzip.compress(plain, mtime=0), etag)


def _sent(request: HttpRequest, file: File, kind: str) -> HttpResponseBase:
    is_compressed = "gzip" in request.headers.get("Accept-Encoding", "")
    body = file.compressed if is_compressed else file.plain
    answer = HttpResponse(body, content_type=f"{kind}; charset=utf-8")
    if is_compressed:
        answer.headers["Content-Encoding"] = "gzip"
    answer.headers["ETag"] = f"W/{file.etag}"  # the same file, compressed or not
    answer.headers["Cache-Control"] = (
        f"public, max-age={FRESH_SECONDS}, stale-while-revalidate={STALE_SECONDS}"
    )
    patch_vary_headers(answer, ("Accept-Encoding",))
    found = get_conditional_response(request, etag=answer.headers["ETag"], response=answer)
    return everywhere(found or answer)
