"""“What is my car worth?”: a form without a script, answered on the same page."""

from typing import Any

from django.conf import settings
from django.http import Http404, HttpRequest, HttpResponse
from django.template.loader import render_to_string
from django.views.decorators.csrf import csrf_exempt
from django.views.decorators.http import require_http_methods

from listings.api.described_car import UnderstoodCar
from listings.api.parameters import written
from listings.pages.comparable_cars import nearest_cards
from listings.pages.typed_car import CHOICES, TypedCar, blank_car, typed_car
from listings.pricing.value.comparable_adverts import ComparedCar
from listings.pricing.value.valuations import value_car
from listings.site import labels
from listings.site.addresses import canonical, results_path
from listings.site.price_scale import SURE, value_parts, why_not
from listings.widget.answer import VIEW_DETAILS
from marketplace.client_address import client_network
from marketplace.rate_limits import count_request

POLICY = "valuation"
LABELS = {"fuel": "Fuel", "transmission": "Gearbox", "body_type": "Body"}
TOO_OFTEN = "Too many cars were valued from here just now. Please try again in a minute."


@csrf_exempt  # pages for buyers set no cookie, and what is posted changes nothing
@require_http_methods(["GET", "HEAD", "POST"])
def valuation(request: HttpRequest) -> HttpResponse:
    """Ask on GET; on POST answer, and keep nothing."""
    if not settings.PUBLIC_VALUATIONS:
        raise Http404
    if request.method != "POST":
        return _page(request, blank_car())
    counted = count_request(POLICY, client_network(request))
    if counted and counted.is_exceeded:
        answer = _page(request, typed_car(request.POST), {"problem": TOO_OFTEN}, status=429)
        answer.headers["Retry-After"] = str(counted.reset_seconds)
    else:
        typed = typed_car(request.POST)
        told = _told(typed.understood, request) if typed.understood else {}
        answer = _page(request, typed, told, status=400 if typed.faults else 200)
    answer.headers["Cache-Control"] = "no-store"
    answer.headers["X-Robots-Tag"] = "noindex"
    return answer


def _page(
    request: HttpRequest, typed: TypedCar, told: dict[str, Any] | None = None, *, status: int = 200
) -> HttpResponse:
    context = {
        "typed": typed,
        "selects": [
            (name, LABELS[name], choices.choices, typed.values[name])
            for name, choices in CHOICES.items()
        ],
        "canonical": canonical(request.path),
        "details": VIEW_DETAILS,
        **(told or {}),
    }
    return HttpResponse(render_to_string("pages/valuation.html", context), status=status)


def _told(understood: UnderstoodCar, request: HttpRequest) -> dict[str, Any]:
    """Value a car, and return what the answer shows."""
    model, car = understood.model, understood.car
    found = value_car(car)
    compared = ComparedCar(*(getattr(car, name) for name in ComparedCar._fields))
    query = written({"make": [model.make.slug], "model": [model.slug]})
    return {
        "answer": found,
        "name": f"{model.make.name} {model.name}",
        "facts": [car.derivative, *labels.facts(vars(car))],
        "value": labels.pounds(found.value),
        "low": labels.pounds(found.low_80),
        "high": labels.pounds(found.high_80),
        "parts": value_parts(found.contributions),
        "total": labels.pounds(found.value),
        "fitted_at": found.fitted_at,
        "sure": SURE[found.confidence] if found.confidence else "",
        "why_not": why_not(found.reason),
        "adverts": nearest_cards(compared, found.nearest, request),
        "more_path": results_path(query),
    }
