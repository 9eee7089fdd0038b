"""The page that explains how prices are rated: the whole rule, with the numbers that are used."""

from itertools import pairwise
from typing import NamedTuple

from django.http import HttpRequest, HttpResponse
from django.http.response import HttpResponseBase
from django.template.loader import render_to_string
from django.views.decorators.http import conditional_page, require_safe

from listings.choices import NoRating, PriceRating
from listings.models import MarketFit
from listings.pricing.value.ratings import CERTAINTIES, RULE
from listings.site.addresses import canonical
from listings.site.http_cache import briefly
from listings.site.labels import pounds
from listings.site.price_scale import SURE


class RatedShare(NamedTuple):
    """A label, and which part of the value its prices are."""

    code: str
    name: str
    shares: str


@conditional_page
@require_safe
def price_ratings(request: HttpRequest) -> HttpResponseBase:
    """The rule, its version, and how far the values of the day are off."""
    fit = MarketFit.objects.filter(is_current=True).defer("content", "details").first()
    context = {
        "rule": RULE,
        "shares": rated_shares(),
        "reasons": list(unrated()),
        "certainties": [
            (SURE[each.confidence], each.comparables, percent(each.half_width))
            for each in CERTAINTIES
        ],
        "past": percent(RULE.hysteresis),
        "fit": fit,
        "canonical": canonical(request.path),
    }
    return briefly(HttpResponse(render_to_string("pages/price_ratings.html", context)))


def rated_shares() -> list[RatedShare]:
    """Return each label with the shares of the value that it stands for."""
    edges = (RULE.great_from, RULE.good_from, RULE.fair_from, RULE.higher_from)
    texts = [
        f"under {percent(edges[0])}",
        *(f"from {percent(low)} to under {percent(high)}" for low, high in pairwise(edges)),
        f"{percent(edges[-1])} or more",
    ]
    return [
        RatedShare(each.value, str(each.label), text)
        for each, text in zip(PriceRating, texts, strict=True)
    ]


def unrated() -> list[tuple[str, str]]:
    """Return every reason for no rating, and the number that decides, where there is one."""
    limits = {
        NoRating.TOO_OLD: f"Older than {RULE.age_years_max:g} years.",
        NoRating.NEARLY_NEW: f"Under {RULE.new_miles:,} miles and younger than "
        f"{RULE.new_age_years * 12:g} months.",
        NoRating.VALUE_OUT_OF_RANGE: f"A value under {pounds(RULE.value_min)} or over "
        f"{pounds(RULE.value_max)}.",
        NoRating.FEW_CLOSE_COMPARABLES: f"Fewer than {RULE.comparables_min}; a car that is rated "
        f"stays so down to {RULE.comparables_kept}.",
        NoRating.WIDE_INTERVAL: "Nine in ten lie further off than "
        f"{percent(RULE.half_width_max)} of the value either way; a car that is rated stays so up "
        f"to {percent(RULE.half_width_kept)}.",
        NoRating.CHECK_PRICE: f"More than {RULE.check_price_sigmas:g} times the usual error away: "
        "it may be a slip, and the dealer is asked.",
    }
    return [(str(each.label), limits.get(each, "")) for each in NoRating]


def percent(share: float) -> str:
    return f"{share * 100:.4g} %"
