"""The block without a script on the page: as a fragment of HTML and as a page for a frame."""

import hashlib
from collections.abc import Mapping
from typing import Any
from urllib.parse import urlencode

from django import forms
from django.conf import settings
from django.db.models import QuerySet
from django.http import HttpRequest, HttpResponse, QueryDict
from django.http.response import HttpResponseBase
from django.shortcuts import get_object_or_404
from django.template.loader import render_to_string
from django.urls import reverse
from django.views.decorators.clickjacking import xframe_options_exempt
from django.views.decorators.http import conditional_page, require_safe

from listings.models import Listing
from listings.search.engine import SearchResult
from listings.search.ordering import Position
from listings.site.answers import refusals_shown
from listings.site.http_cache import briefly, canonical_redirect, everywhere
from listings.site.query_string import is_canonical
from listings.site.tracking_parameters import without_tracking
from listings.widget.answer import RATING, VIEW_ALL, VIEW_DETAILS, BlockRequest, linked, shown
from listings.widget.block import BlockResult
from listings.widget.counts import NAME_MAX, ORIGIN_MAX
from marketplace.api.parameters import (
    ChoiceParameter,
    PatternParameter,
    read_table,
    refuse,
    refuse_unknown,
)

LOOKS: dict[str, forms.Field] = {
    "placement": PatternParameter(
        pattern=r"^[A-Za-z0-9._-]+$", length_max=NAME_MAX, description="Its name in the counts."
    ),
    "theme": ChoiceParameter(
        values=("light", "dark"), description="Instead of what the reader prefers."
    ),
    "origin": PatternParameter(
        pattern=r"^https?://[A-Za-z0-9.:_-]+$",
        length_max=ORIGIN_MAX,
        description="The site around the frame, which alone is told what readers do.",
    ),
    **RATING,
}
PASSED_ON = ("placement", "theme", "origin")
"""What a form that a card leads to is told of its looks."""


@conditional_page
@require_safe
@refusals_shown
def fragment(request: HttpRequest) -> HttpResponseBase:
    """The block as HTML to put into a page, with its linked data; 204 where there is nothing."""
    asked = BlockRequest.read(without_tracking(request.GET), RATING)
    query = asked.asked.query()
    if not is_canonical(request, query):
        return everywhere(canonical_redirect(request.path, query))
    answer = asked.answer(request)
    if answer is None:
        return everywhere(briefly(HttpResponse(status=204)))
    context = _context(answer, query, asked.asked.others)
    html = render_to_string("widget/block.html", context)
    return everywhere(briefly(HttpResponse(html)))


@conditional_page
@require_safe
@xframe_options_exempt
@refusals_shown
def frame(request: HttpRequest) -> HttpResponseBase:
    """The block as a page of its own; an empty one where there is nothing."""
    asked = BlockRequest.read(without_tracking(request.GET), LOOKS)
    query = asked.asked.query()
    if not is_canonical(request, query):
        return canonical_redirect(request.path, query)
    answer = asked.answer(request)
    looks = {name: asked.asked.others[name] for name in LOOKS}
    return _framed({**looks, **({} if answer is None else _context(answer, query, looks))})


@conditional_page
@require_safe
@xframe_options_exempt
@refusals_shown
def advert_frame(request: HttpRequest, pk: int) -> HttpResponseBase:
    """One advert as a page for a frame."""
    looks = read_looks(request.GET)
    rows: QuerySet[Listing] = Listing.objects.public()
    get_object_or_404(rows, pk=pk)
    result = SearchResult((Position((), pk),), has_more=False)
    answer = {
        "heading": "Used car for sale",
        "adverts": shown(BlockResult(result, ()), request),
        "all_url": request.build_absolute_uri("/cars/"),
    }
    return _framed({**looks, **_context(answer, str(pk), looks)})


def read_looks(given: QueryDict) -> dict[str, Any]:
    """Return what a frame of one advert is told of its looks. Raises `Invalid`."""
    query = without_tracking(given)
    refuse_unknown(query, LOOKS)
    looks, errors = read_table(query, LOOKS)
    refuse(errors)
    return looks


def _context(answer: dict[str, Any], query: str, looks: Mapping[str, Any]) -> dict[str, Any]:
    """Return what the templates need; blocks of one page differ in name by their question.

    Where no price is rated, no card keeps a line for it.
    """
    is_rated = looks["rating"] is not False and any(each["rating"] for each in answer["adverts"])
    return {
        **answer,
        "rating": is_rated,
        "all": VIEW_ALL,
        "details": VIEW_DETAILS,
        "name": hashlib.sha256(query.encode()).hexdigest()[:8],
        "linked": linked(answer),
    }


def _framed(context: dict[str, Any]) -> HttpResponse:
    looks = {name: context[name] for name in PASSED_ON if context.get(name)}
    adverts = [_placed(each, looks) for each in context.get("adverts", ())]
    shown_ = {**context, "adverts": adverts, "target": "_top"}
    return briefly(HttpResponse(render_to_string("widget/frame.html", shown_)))


def _placed(advert: dict[str, Any], looks: dict[str, str]) -> dict[str, Any]:
    """Say where an advert's form is, and let our own page pass the placement on with an enquiry."""
    form = reverse("framed-enquiry", args=[advert["id"]])
    placed = {**advert, "enquire": f"{form}?{urlencode(looks)}" if looks else form}
    if "placement" in looks and not settings.PUBLIC_LISTING_URL:
        placed["url"] = f"{advert['url']}?placement={looks['placement']}"
    return placed
