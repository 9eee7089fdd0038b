"""How complete an advert is, and what it lacks: as stored, and while its form is filled in."""

from typing import Any

from django.core.exceptions import ValidationError
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseNotAllowed, JsonResponse
from django.template.loader import render_to_string

from dealers.panel.context import require_context
from dealers.panel.stock.columns import grade
from dealers.permissions import Permission
from listings.completeness import STATED, Gap, gaps_in


def complete_page(model_admin: Any, request: HttpRequest) -> HttpResponse:
    """Answer, as JSON, how complete the posted form is with `photos` of them; write nothing.

    `html` is the card's content, `said` the same in a few words.
    """
    if request.method != "POST":
        return HttpResponseNotAllowed(["POST"])
    if not require_context(request).may(Permission.EDIT_STOCK):
        raise Http404
    count = request.POST.get("photos", "")
    photos = int(count) if count.isdecimal() and len(count) < 4 else 0
    shown = shown_completeness(*gaps_in(_stated(model_admin, request), photos=photos))
    html = render_to_string("dealers/panel/stock/completeness.html", shown)
    return JsonResponse({"html": html, "said": f"{shown['points']}% complete"})


def shown_completeness(points: int, gaps: list[Gap]) -> dict[str, Any]:
    """Return the context of the card: points of 100, their grade, and what is missing."""
    return {"points": points, "grade": grade(points), "gaps": gaps}


def _stated(model_admin: Any, request: HttpRequest) -> dict[str, Any]:
    """Return what the form says as it would be saved; what cannot be read is not stated."""
    form = model_admin.get_form(request)(request.POST)
    stated = {}
    for name in STATED & form.fields.keys():
        try:
            stated[name] = form.fields[name].clean(form[name].data)
        except ValidationError:
            continue
    return stated
