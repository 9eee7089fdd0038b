"""Which requests a standby may answer."""

from collections.abc import Callable
from typing import Any

import structlog
from django.conf import settings
from django.core.exceptions import MiddlewareNotUsed
from django.http import HttpRequest, HttpResponseBase

from marketplace.databases.read_routes import current_route, read_route
from marketplace.databases.standbys import standbys
from marketplace.read_requests import is_read

# What anybody may read, by the names of the addresses. Everything else is the primary's: whoever
# writes, or reads what is theirs, sees what they have just written.
PUBLIC_READS = frozenset(
    {
        *("listing-list", "listing-detail", "listing-similar", "listing-compare", "comparables"),
        *("change-list", "make-list", "model-list", "market", "suggest"),
        *("dealer-list", "dealer-detail"),
        *("widget", "widget-cards", "widget-frame", "widget-fragment", "widget-advert-frame"),
        *("oembed", "results", "compare", "advert", "advert-by-id", "dealer", "comparable-cars"),
        *("landing-all", "landing", "price-ratings", "mcp"),
        *("sitemap", "sitemap-chunk", "sitemap-dealers", "sitemap-makes", "sitemap-make"),
    }
)

log = structlog.get_logger(__name__)


class StandbyReadsMiddleware:
    """Let public reads go to a standby, and ask again at the primary where that fails.

    People who are signed in read from the primary, so that they see their own changes.
    """

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponseBase]) -> None:
        if not standbys():
            raise MiddlewareNotUsed
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponseBase:
        reads = is_read(request.method, request.path_info)
        if not reads or settings.SESSION_COOKIE_NAME in request.COOKIES:
            return self.get_response(request)
        with read_route() as route:
            response = self.get_response(request)
            failed = route.failed()
        if not failed:
            return response
        for alias in failed:
            log.warning("standby_failed", standby=alias)
            standbys()[alias].distrust("It failed a request.")
        return self.get_response(request)  # without a route: by the primary

    def process_view(
        self, request: HttpRequest, _view: Any, _arguments: Any, _named: Any
    ) -> HttpResponseBase | None:
        route, match = current_route(), request.resolver_match
        if route is not None and match is not None and match.view_name in PUBLIC_READS:
            route.open()
        return None
