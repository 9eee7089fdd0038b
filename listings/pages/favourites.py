"""The page of a reader's favourites, which are in the browser: the server knows none of them."""

from django.http import HttpRequest, HttpResponse
from django.http.response import HttpResponseBase
from django.template.loader import render_to_string
from django.views.decorators.http import conditional_page, require_safe

from listings.site.http_cache import briefly
from listings.widget.answer import VIEW_DETAILS


@conditional_page
@require_safe
def favourites(request: HttpRequest) -> HttpResponseBase:
    """The same page for everybody; its script asks the API about the cars."""
    context = {"blank": {"id": 0}, "details": VIEW_DETAILS, "rating": True}
    answer = HttpResponse(render_to_string("pages/favourites.html", context))
    answer.headers["X-Robots-Tag"] = "noindex"
    return briefly(answer)
