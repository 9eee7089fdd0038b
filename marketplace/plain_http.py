"""Plain HTTP where there is TLS: people are led to it, programs are refused."""

from collections.abc import Callable

from django.conf import settings
from django.http import HttpRequest, HttpResponseBase

from marketplace.api.problem import problem, problem_response

DETAIL = "Use https. A key or a link that came here by http was sent in the clear: make it anew."


class PlainHttpMiddleware:
    """Answers 403 to what Django leads to no TLS, `SECURE_REDIRECT_EXEMPT`, and is no probe.

    A program that follows the redirect would send its key in the clear for ever, and nobody would
    notice. It stands behind Django's own, which redirects the rest, and the answers to probes.
    """

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponseBase]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponseBase:
        if settings.SECURE_SSL_REDIRECT and not request.is_secure():
            return problem_response(problem(403, "https_required", DETAIL))
        return self.get_response(request)
