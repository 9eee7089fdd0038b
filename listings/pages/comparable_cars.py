"""The cars that an advert's value rests on: what each asks, and would ask if it were that car."""

from collections.abc import Iterable
from typing import Any

from django.http import Http404, HttpRequest, HttpResponse
from django.http.response import HttpResponseBase
from django.template.loader import render_to_string
from django.views.decorators.http import conditional_page, require_safe

from listings.api.comparables import difference_text
from listings.models import Listing
from listings.pages.buyers_place import BuyersPlace
from listings.pages.similar_cars import cards
from listings.pricing.value.advert_contributions import advert_contributions
from listings.pricing.value.comparable_adverts import (
    ComparableAdvert,
    ComparedCar,
    ValuedCar,
    comparable_adverts,
)
from listings.pricing.value.ratings import rating_of, rows_that_hold
from listings.site import labels
from listings.site.addresses import advert_path
from listings.site.http_cache import briefly
from listings.site.price_scale import ShownRating, value_parts
from listings.widget.answer import VIEW_DETAILS


@conditional_page
@require_safe
def comparable_cars(request: HttpRequest, pk: int) -> HttpResponseBase:
    """The comparables of a public advert; without a value the page says that there are none."""
    row = Listing.objects.public().with_card().filter(pk=pk).first()
    if row is None:
        raise Http404
    held = rows_that_hold().filter(pk=pk, listing__price=row.price).first()
    rating = ShownRating.of(vars(rating_of(held).for_buyers()), row.price) if held else None
    valued = ValuedCar.of(row, held) if held and rating else None
    context = {
        "row": row,
        "price": labels.pounds(row.price),
        "path": advert_path(row.pk, row.title),
        "rating": rating,
        "parts": value_parts(advert_contributions(held)) if held and valued else [],
        "total": rating and rating.value,
        "fitted_at": held and held.fit.fitted_at,
        "adverts": [] if valued is None else _nearest(valued, request),
        "details": VIEW_DETAILS,
    }
    answer = HttpResponse(render_to_string("pages/comparable_cars.html", context))
    answer.headers["X-Robots-Tag"] = "noindex"
    return briefly(answer)


def _nearest(valued: ValuedCar, request: HttpRequest) -> list[dict[str, Any]]:
    return nearest_cards(valued.car, comparable_adverts(valued), request)


def nearest_cards(
    car: ComparedCar, nearest: Iterable[ComparableAdvert], request: HttpRequest
) -> list[dict[str, Any]]:
    """Return the cards of a car's comparables, each with how it differs and its moved price."""
    found = {each.listing_id: each for each in nearest}
    return [
        {**card, "because": _because(car, found[card["id"]])}
        for card in cards(found, request, BuyersPlace())
    ]


def _because(car: ComparedCar, comparable: ComparableAdvert) -> str:
    adjusted = labels.pounds(comparable.adjusted)
    return f"{difference_text(car, comparable.car)}. Adjusted to this car: {adjusted}"
