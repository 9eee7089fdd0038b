"""Telling whose session ended why they have to sign in, and leading back to where they were."""

from collections.abc import Callable
from datetime import timedelta
from urllib.parse import urlencode, urlsplit

from django.conf import settings
from django.contrib import messages
from django.contrib.auth import REDIRECT_FIELD_NAME
from django.http import HttpRequest, HttpResponseBase
from django.urls import reverse
from django.utils.http import url_has_allowed_host_and_scheme

from dealers.session_store import SessionEnd

BACK = "Sign in to go on where you were."
LOST = "What you sent last was not taken."
_SAFE = ("GET", "HEAD")


class EndedSessionMiddleware:
    """Adds the reason to a redirect to a sign-in page that an ended session led to.

    The page that a form was sent from is where one comes back to: its own address may take no
    more than posts. It stands inside the middleware of messages, which keeps the words.
    """

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponseBase]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponseBase:
        response = self.get_response(request)
        ended_by = getattr(request.session, "ended_by", None)
        if ended_by is None or response.status_code != 302:
            return response
        sign_in = urlsplit(response["Location"]).path
        if sign_in not in (reverse("admin:login"), reverse("dealer:login")):
            return response
        said = [reason(ended_by), BACK]
        if request.method not in _SAFE:
            said.insert(1, LOST)
            query = urlencode({REDIRECT_FIELD_NAME: page} if (page := _page_of(request)) else {})
            response["Location"] = f"{sign_in}?{query}" if query else sign_in
        messages.warning(request, " ".join(said))
        return response


def reason(ended_by: SessionEnd) -> str:
    """Return a sentence about why a session ended; nobody knows whose it was by then."""
    if ended_by is SessionEnd.IDLE:
        return "You were signed out because nothing was done here for a while."
    if ended_by is SessionEnd.AGE:
        days = timedelta(seconds=settings.SESSION_COOKIE_AGE).days
        return f"You were signed out because you signed in {days} days ago."
    return "You were signed out: some time ago, by a new password, or from another device."


def _page_of(request: HttpRequest) -> str:
    """Return where a form was sent from, if that is a page of ours."""
    page = request.headers.get("Referer", "")
    if not url_has_allowed_host_and_scheme(page, {request.get_host()}, request.is_secure()):
        return ""
    parts = urlsplit(page)
    return parts._replace(scheme="", netloc="", fragment="").geturl()
