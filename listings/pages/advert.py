"""An advert as a page: the car while it is for sale, a word about it for a while after."""

from collections.abc import Mapping
from datetime import date, timedelta
from typing import Any, NamedTuple, Self

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
from django.views.decorators.csrf import csrf_exempt
from django.views.decorators.http import conditional_page, require_http_methods

from listings.api.also_listed import others_with
from listings.api.cards import rendered_cards
from listings.api.parameters import written
from listings.buyers.audience import count_opened, place_of
from listings.buyers.reservation_rules import is_offered
from listings.choices import Status
from listings.models import Listing
from listings.pages.buyers_place import NEAR, BuyersPlace, miles_text, read_place
from listings.pages.enquiry_form import enquiry_form, with_form
from listings.pages.fact_sheet import facts_table
from listings.pages.sellers import BranchDetails
from listings.pages.similar_cars import alternatives, others_of_dealer
from listings.pricing import seen_prices
from listings.search.engine import SearchResult
from listings.search.ordering import Position
from listings.site import labels, linked_data
from listings.site.addresses import (
    advert_path,
    canonical,
    compare_path,
    dealer_path,
    elsewhere,
    landing_path,
    results_path,
)
from listings.site.http_cache import briefly, canonical_redirect
from listings.site.pictures import srcset
from listings.site.price_scale import ShownRating
from listings.widget.answer import VIEW_DETAILS

PHOTOS_SHOWN = 7


@csrf_exempt  # what is posted is where the reader is, and changes nothing
@conditional_page
@require_http_methods(["GET", "HEAD", "POST"])
def advert(request: HttpRequest, pk: int, slug: str) -> HttpResponseBase:
    """The advert's page; its one address is settled first."""
    rows = Listing.objects.with_card().prefetch_related("photos", "price_changes")
    row = rows.public().filter(pk=pk).first()
    is_public = row is not None
    row = row or rows.ended().filter(pk=pk).first()
    if row is None:
        raise Http404
    if is_public and settings.PUBLIC_LISTING_URL:
        return HttpResponseRedirect(elsewhere(row.pk, row.title))
    path = advert_path(row.pk, row.title)
    place = read_place(request.POST if request.method == "POST" else request.GET)
    if request.method == "POST" and not place.error:
        return HttpResponseRedirect(f"{path}?{place.query}" if place.query else path)
    if request.path != path:
        return HttpResponsePermanentRedirect(f"{path}?{place.query}" if place.query else path)
    if place.point and request.GET[NEAR] != place.point.text:
        return canonical_redirect(path, place.query)
    page = _for_sale(request, row, place) if is_public else _gone(request, row, place)
    if request.method == "POST":
        page.status_code = 400  # the place that was posted is none
        page.headers["Cache-Control"] = "no-store"
        return page
    return briefly(page)


class ShownPrice(NamedTuple):
    """A price that buyers saw, since when, and how it differs from the one before."""

    text: str
    since: date
    change: str


class ShownOther(NamedTuple):
    """Another dealer's advert of the same car."""

    dealer: str
    price: str
    path: str

    @classmethod
    def of(cls, row: Listing) -> Self:
        return cls(row.dealer.name, labels.pounds(row.price), advert_path(row.pk, row.title))


def _for_sale(request: HttpRequest, row: Listing, place: BuyersPlace) -> HttpResponse:
    path = advert_path(row.pk, row.title)
    found = rendered_cards(SearchResult((Position((), row.pk),), has_more=False), request)
    if not found:
        raise Http404  # it ended between the two questions
    count_opened(request, place_of(request), row.pk)
    card = found[0]
    context = {
        "card": card,
        "price": labels.pounds(card["price"]),
        "was": card["previous_price"] and labels.pounds(card["previous_price"]),
        "facts": labels.facts(card),
        "table": facts_table(row),
        "prices": _prices(row),
        "rating": ShownRating.of(card["price_rating"], card["price"]),
        "branch": BranchDetails.of(row.branch, row.dealer),
        "canonical": canonical(path),
        "here": request.build_absolute_uri(path),
        "compare_path": compare_path([row.pk]),
        "compare_with": f"{compare_path([row.pk])}&id=",
        "compare_text": "Compare with this car",
        "also_listed": [ShownOther.of(other) for other in others_with(row)],
        "ask": enquiry_form(request, row),
        "may_reserve": is_offered(row),
        **_photos(request, row, card),
        **_around(request, row, place, is_priced=True),
    }
    return with_form(render_to_string("pages/advert.html", context))


def _photos(request: HttpRequest, row: Listing, card: Mapping[str, Any]) -> dict[str, Any]:
    """Return the photos, shown and folded away, and the linked data that names them all."""
    photos = [(photo, srcset(photo)) for photo in row.photos.all()]
    images = [request.build_absolute_uri(photo.image.url) for photo, _ in photos]
    address = canonical(advert_path(row.pk, row.title))
    node = linked_data.of_advert(card, row, address=address, images=images)
    return {
        "photos": photos,
        "photos_hidden": photos[PHOTOS_SHOWN:],
        "photos_shown": PHOTOS_SHOWN,
        "linked": linked_data.script(node),
    }


def _gone(request: HttpRequest, row: Listing, place: BuyersPlace) -> HttpResponse:
    """Say for `SOLD_PAGE_DAYS` that a car is gone, and after that to search engines as well."""
    ended_at = row.sold_at if row.status == Status.SOLD else row.expires_at
    kept = timedelta(days=settings.SOLD_PAGE_DAYS)
    is_recent = (
        row.status != Status.WITHDRAWN and ended_at is not None and ended_at + kept > timezone.now()
    )
    context = {
        "was_sold": row.status == Status.SOLD,
        **_around(request, row, place, is_priced=False),
    }
    page = render_to_string("pages/gone.html", context)
    answer = HttpResponse(page, status=200 if is_recent else 410)
    answer.headers["X-Robots-Tag"] = "noindex"
    return answer


def _around(
    request: HttpRequest, row: Listing, place: BuyersPlace, *, is_priced: bool
) -> dict[str, Any]:
    """Return the alternatives, the dealer's other cars, and the list the advert belongs to."""
    alike = alternatives(row, request, place, is_priced=is_priced)
    miles = place.miles_to(row.branch)
    query = written({"make": [row.make.slug], "model": [row.model.slug]})
    return {
        "row": row,
        "place": place,
        "distance": "" if miles is None else miles_text(miles),
        "similar": alike,
        **others_of_dealer(row, request, place, without=[card["id"] for card in alike]),
        "dealer_path": dealer_path(row.dealer.slug, place.query),
        "details": VIEW_DETAILS,
        "path": advert_path(row.pk, row.title),
        "more_path": results_path(query),
        "make_path": landing_path(row.make.slug),
        "model_path": landing_path(row.make.slug, row.model.slug),
    }


def _prices(row: Listing) -> list[ShownPrice]:
    """Return the prices that buyers saw, newest first."""
    shown, before = [], None
    for change in seen_prices(row):
        since = max(change.changed_at, row.published_at or change.changed_at)
        shown.append(
            ShownPrice(
                labels.pounds(change.new_price), since.date(), _step(before, change.new_price)
            )
        )
        before = change.new_price
    return shown[::-1]


def _step(before: int | None, price: int | None) -> str:
    if before is None or price is None or before == price:
        return ""
    return f"£{abs(price - before):,} {'less' if price < before else 'more'}"
