"""Pages are sent compressed: what a person reads by GET, and no answer that is shown once."""

from django.http import HttpRequest
from django.http.response import HttpResponseBase
from django.middleware.gzip import GZipMiddleware


class PageCompressionMiddleware(GZipMiddleware):
    """Compress HTML that answers a GET, for clients that take gzip.

    Keys, recovery codes and the like are answers to a POST and go as they are; tokens of forms and
    nonces differ in each answer (docs/decisions/0073-pages-are-compressed-here.md).
    """

    def process_response(
        self, request: HttpRequest, response: HttpResponseBase
    ) -> HttpResponseBase:
        is_page = response.headers.get("Content-Type", "").startswith("text/html")
        if request.method != "GET" or not is_page or response.streaming:
            return response
        compressed: HttpResponseBase = super().process_response(request, response)
        return compressed
