"""How long an answer about cars may be kept, so that no sold car is shown for long.

A copy is fresh for `FRESH_SECONDS`, and for `STALE_SECONDS` more it may serve while it is renewed.
With the age that a search replica may have (`REPLICA_AGE_MAX_SECONDS`) this stays below a minute.
"""

from typing import TypeVar

from django.http import HttpResponsePermanentRedirect
from django.http.response import HttpResponseBase

FRESH_SECONDS, STALE_SECONDS = 20, 30
DAY = 86_400
EVERYWHERE = {
    "Access-Control-Allow-Origin": "*",
    "Access-Control-Expose-Headers": "ETag, Retry-After",
    "Cross-Origin-Resource-Policy": "cross-origin",
}

Answer = TypeVar("Answer", bound=HttpResponseBase)


def briefly(answer: Answer) -> Answer:
    """Let every cache keep an answer that shows adverts, for as long as that is true enough."""
    policy = f"public, max-age={FRESH_SECONDS}, stale-while-revalidate={STALE_SECONDS}"
    answer.headers["Cache-Control"] = policy
    return answer


def everywhere(answer: Answer) -> Answer:
    """Let pages of every origin read an answer; it is the same for each of them."""
    for name, value in EVERYWHERE.items():
        answer.headers[name] = value
    return answer


def canonical_redirect(path: str, query: str) -> HttpResponsePermanentRedirect:
    """Lead to the one address of a question."""
    answer = HttpResponsePermanentRedirect(f"{path}?{query}" if query else path)
    answer.headers["Cache-Control"] = f"public, max-age={DAY}"
    return answer
