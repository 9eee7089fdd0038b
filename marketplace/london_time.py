"""The clock on the wall of those who read: moments are kept in UTC, and days are London's.

Pages are rendered on it by a middleware, mails by `marketplace.mail`; the API speaks UTC. Whoever
needs a day or writes a moment in words elsewhere asks here.
"""

from collections.abc import Callable
from datetime import date, datetime
from zoneinfo import ZoneInfo

from django.http import HttpRequest
from django.http.response import HttpResponseBase
from django.utils import timezone

LONDON = ZoneInfo("Europe/London")
API_ROOT = "/api/"


class LondonTimeMiddleware:
    """Shows the moments of pages on London's clock, and reads those of forms by it."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponseBase]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponseBase:
        if request.path_info.startswith(API_ROOT):
            return self.get_response(request)
        with timezone.override(LONDON):
            return self.get_response(request)


def london_today() -> date:
    return timezone.localdate(timezone=LONDON)


def in_london(moment: datetime) -> datetime:
    """Return a moment as London's clock shows it."""
    return moment.astimezone(LONDON)
