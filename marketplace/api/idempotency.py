"""Writes that can be sent again: with an `Idempotency-Key` each happens once.

The request and its stored answer are one transaction, so that a process that dies half-way leaves
neither. Of two requests at once with one key, the second is refused rather than kept waiting.

Source: draft-ietf-httpapi-idempotency-key-header.
"""

import hashlib
import re
from collections.abc import Callable
from functools import wraps
from typing import Any, TypeVar

import orjson
from django.core.files.uploadedfile import UploadedFile
from django.db import connection, transaction
from django.http import Http404
from rest_framework.exceptions import APIException
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.views import APIView

from marketplace.api.renderers import OrjsonRenderer
from marketplace.errors import Conflict, DomainError, Invalid
from marketplace.models import StoredAnswer

HEADER = "Idempotency-Key"
_WELL_FORMED = re.compile(r"[\x21-\x7e]{1,255}")
_KEPT_HEADERS = ("ETag", "Location")

View = TypeVar("View", bound=APIView)


class InProgress(Conflict):
    """A request with this key is being answered now."""

    code = "request_in_progress"


class KeyReused(DomainError):
    """The key belongs to another request."""

    code = "idempotency_key_reused"
    status = 422


def once_per_key(handler: Callable[..., Response]) -> Callable[..., Response]:
    """Decorate a view's method: its refusals are stored as well, its failures (5xx) are not."""

    @wraps(handler)
    def answer(view: Any, request: Request, *args: Any, **kwargs: Any) -> Response:
        key = _read_key(request)
        if key is None:
            return handler(view, request, *args, **kwargs)
        with transaction.atomic():
            return _answer(view, request, key, lambda: handler(view, request, *args, **kwargs))

    vars(answer)["answers_once"] = True  # for the API's document
    return answer


def _answer(view: Any, request: Request, key: str, act: Callable[[], Response]) -> Response:
    caller = view.idempotency_caller(request)
    if not _lock(caller, key):
        raise InProgress("A request with this Idempotency-Key is being answered. Try again soon.")
    fingerprint = _fingerprint(request)
    kept = StoredAnswer.objects.filter(caller=caller, key=key).first()
    if kept is not None:
        if kept.fingerprint != fingerprint:
            raise KeyReused("This Idempotency-Key belongs to another request.")
        return _again(kept)
    response = _act(view, act)
    StoredAnswer.objects.create(
        caller=caller,
        key=key,
        fingerprint=fingerprint,
        status=response.status_code,
        headers=_headers(response),
        body=OrjsonRenderer().render(response.data) or b"null",
    )
    return response


def _act(view: APIView, act: Callable[[], Response]) -> Response:
    try:
        with transaction.atomic():
            return act()
    except (DomainError, APIException, Http404) as refusal:
        response = view.handle_exception(refusal)
        if response.status_code >= 500:  # tells of us, not of the request: it may come again
            raise
        return response


def _lock(caller: str, key: str) -> bool:
    """Take a lock that goes with the transaction, or return False where another holds it."""
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT pg_try_advisory_xact_lock(hashtextextended(%s, 0))", [f"{caller} {key}"]
        )
        return bool(cursor.fetchone()[0])


def _again(kept: StoredAnswer) -> Response:
    headers = {**kept.headers, "Idempotency-Replayed": "true"}
    content_type = headers.pop("Content-Type", None)
    return Response(orjson.loads(kept.body), kept.status, None, headers, content_type=content_type)


def _headers(response: Response) -> dict[str, str]:
    kept = {name: response[name] for name in _KEPT_HEADERS if response.has_header(name)}
    if response.content_type:
        kept["Content-Type"] = response.content_type
    return kept


def _read_key(request: Request) -> str | None:
    """Return the header's value; quotes around it, as the draft has them, may be left out."""
    if HEADER not in request.headers:
        return None
    text = request.headers[HEADER].strip()
    key = text[1:-1] if len(text) > 1 and text[0] == text[-1] == '"' else text
    if not _WELL_FORMED.fullmatch(key):
        message = "This is 1 to 255 visible ASCII characters."
        raise Invalid(f"Not accepted: {HEADER}.", fields={HEADER: [message]})
    return key


def _fingerprint(request: Request) -> str:
    digest = hashlib.sha256(f"{request.method} {request.get_full_path()}\n".encode())
    for name in ("If-Match", "If-None-Match"):
        digest.update(f"{request.headers.get(name)}\n".encode())
    if request.FILES:
        for name, upload in sorted(request.FILES.items()):
            digest.update(f"\n{name} {_file_digest(upload)}".encode())
    else:
        digest.update(orjson.dumps(request.data, option=orjson.OPT_SORT_KEYS))
    return digest.hexdigest()


def _file_digest(upload: UploadedFile) -> str:
    digest = hashlib.sha256()
    for chunk in upload.chunks():
        digest.update(chunk)
    upload.seek(0)
    return digest.hexdigest()
