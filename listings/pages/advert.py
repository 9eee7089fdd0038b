"""An advert as a page: the car while it is for sale, a word about it for a while after."""

from datetime import timedelta
from typing import Any

from django.conf import settings
from django.http import (
    Http404,
    HttpRequest,
    HttpResponse,
    HttpResponsePermanentRedirect,
    HttpResponseRedirect,
)
from django.http.response import HttpResponseBase
from django.template.loader import render_to_string
from django.utils import timezone
from django.views.decorators.http import conditional_page, require_safe

from listings.api.cards import rendered_cards
from listings.api.parameters import written
from listings.choices import Status
from listings.models import Listing, conditions
from listings.pages.fact_sheet import facts_table
from listings.search.engine import SearchResult
from listings.search.ordering import Position
from listings.search.similar import similar
from listings.site import labels, linked_data
from listings.site.addresses import advert_path, canonical, elsewhere, results_path
from listings.site.http_cache import briefly
from listings.site.pictures import srcset
from listings.widget.answer import VIEW_DETAILS, shown
from listings.widget.block import BlockResult

SIMILAR = 6
ENDED = (Status.SOLD, Status.EXPIRED, Status.WITHDRAWN)


@conditional_page
@require_safe
def advert(request: HttpRequest, pk: int, slug: str) -> HttpResponseBase:
    """The advert's page; its one address is settled first."""
    rows = Listing.objects.with_card().prefetch_related("photos")
    row = rows.public().filter(pk=pk).first()
    is_public = row is not None
    row = row or _ended(rows, pk)
    if is_public and settings.PUBLIC_LISTING_URL:
        return HttpResponseRedirect(elsewhere(row.pk, row.title))
    path = advert_path(row.pk, row.title)
    if request.path != path:
        return HttpResponsePermanentRedirect(path)
    return briefly(_for_sale(request, row) if is_public else _gone(request, row))


def _for_sale(request: HttpRequest, row: Listing) -> HttpResponse:
    path = advert_path(row.pk, row.title)
    card = rendered_cards(_hits([row.pk]), request)
    if not card:
        raise Http404  # it ended between the two questions
    photos = list(row.photos.all())
    images = [request.build_absolute_uri(photo.image.url) for photo in photos]
    node = linked_data.of_advert(card[0], row, address=canonical(path), images=images)
    context = {
        "row": row,
        "card": card[0],
        "price": labels.pounds(row.price),
        "was": card[0]["previous_price"] and labels.pounds(card[0]["previous_price"]),
        "facts": labels.facts(card[0]),
        "table": facts_table(row),
        "photos": [(photo, srcset(photo)) for photo in photos],
        "linked": linked_data.script(node),
        "canonical": canonical(path),
        "here": request.build_absolute_uri(path),
        **_around(request, row),
    }
    return HttpResponse(render_to_string("pages/advert.html", context))


def _gone(request: HttpRequest, row: Listing) -> HttpResponse:
    """Say for `SOLD_PAGE_DAYS` that a car is gone, and after that to search engines as well."""
    ended_at = row.sold_at if row.status == Status.SOLD else row.expires_at
    kept = timedelta(days=settings.SOLD_PAGE_DAYS)
    is_recent = (
        row.status != Status.WITHDRAWN and ended_at is not None and ended_at + kept > timezone.now()
    )
    context = {
        "row": row,
        "was_sold": row.status == Status.SOLD,
        **_around(request, row),
    }
    page = render_to_string("pages/gone.html", context)
    answer = HttpResponse(page, status=200 if is_recent else 410)
    answer.headers["X-Robots-Tag"] = "noindex"
    return answer


def _ended(rows: Any, pk: int) -> Listing:
    """Return an advert that buyers could once see. Raises Http404 for every other."""
    row: Listing | None = (
        rows.filter(pk=pk, published_at__isnull=False, dealer__is_active=True)
        .filter(conditions.in_status(*ENDED, Status.LIVE))
        .first()
    )
    if row is None:
        raise Http404
    return row


def _around(request: HttpRequest, row: Listing) -> dict[str, Any]:
    """Return the alternatives, and the list that the advert belongs to."""
    nearest = [each.id for each in similar(row, limit=SIMILAR)]
    query = written({"make": [row.make.slug], "model": [row.model.slug]})
    return {
        "similar": shown(BlockResult(_hits(nearest), ()), request),
        "details": VIEW_DETAILS,
        "more_path": results_path(query),
        "make_path": results_path(written({"make": [row.make.slug]})),
    }


def _hits(ids: list[int]) -> SearchResult:
    return SearchResult(tuple(Position((), pk) for pk in ids), has_more=False)
