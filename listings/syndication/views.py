"""A file of stock, for whoever has its address."""

from django.http import HttpRequest, HttpResponse, HttpResponseNotFound, HttpResponseNotModified
from django.http.response import HttpResponseBase
from django.utils.cache import get_conditional_response
from django.views.decorators.http import require_safe

from listings.exceptions import LinkNotKnown
from listings.syndication.formats import FORMATS
from listings.syndication.links import read_link
from listings.syndication.stock import pieces, version
from marketplace.downloads import whole_file


@require_safe
def stock_file(request: HttpRequest, token: str, file_name: str) -> HttpResponseBase:
    """Return the whole file, or 304 where nothing changed since the reader's ETag."""
    try:
        link = read_link(token, file_name)
    except LinkNotKnown as refusal:
        return HttpResponseNotFound(refusal.message, content_type="text/plain; charset=utf-8")
    form = FORMATS[link.form]
    etag = version(form, link.dealer_id)
    unchanged = get_conditional_response(request, etag=etag)
    if isinstance(unchanged, HttpResponseNotModified):
        return unchanged
    answer: HttpResponseBase = (
        HttpResponse(content_type=form.content_type)
        if request.method == "HEAD"
        else whole_file(
            pieces(form, link.dealer_id), content_type=form.content_type, name=file_name
        )
    )
    answer["ETag"] = etag
    answer["Cache-Control"] = "private, no-cache"
    answer["X-Robots-Tag"] = "noindex"
    return answer
