"""The form of an enquiry inside the block's frame, on anybody's page; no script is needed."""

from typing import Any

from django.http import HttpRequest, HttpResponse
from django.http.response import HttpResponseBase
from django.template.loader import render_to_string
from django.urls import reverse
from django.views.decorators.clickjacking import xframe_options_exempt
from django.views.decorators.csrf import csrf_exempt
from django.views.decorators.http import conditional_page, require_http_methods

from listings.models import Listing
from listings.pages.enquiry import ask_dealer, car_asked_about
from listings.pages.enquiry_form import enquiry_form, with_form
from listings.site.addresses import advert_path
from listings.site.answers import refusals_shown
from listings.site.http_cache import briefly
from listings.widget.frames import read_looks

SENT = "sent"


@csrf_exempt  # no cookie and no session: anybody may send it, see `listings.pages.guarded_form`
@conditional_page
@require_http_methods(["GET", "HEAD", "POST"])
@xframe_options_exempt
@refusals_shown
def framed_enquiry(request: HttpRequest, pk: int) -> HttpResponseBase:
    """The form, and where the enquiry is on its way, what happens next."""
    car = car_asked_about(pk)
    query = request.GET.copy()
    is_sent = query.pop(SENT, None) is not None
    looks = read_looks(query)

    def page(form: dict[str, Any]) -> HttpResponse:
        return _page(request, car, {**looks, "ask": {**form, "action": request.get_full_path()}})

    if request.method == "POST":
        then = "&".join([*filter(None, [query.urlencode()]), SENT])
        address = reverse("framed-enquiry", args=[pk])
        return ask_dealer(request, car, page, then=f"{address}?{then}")
    if is_sent:
        return briefly(_page(request, car, {**looks, "is_sent": True}))
    return briefly(page(enquiry_form(request, car)))


def _page(request: HttpRequest, car: Listing, context: dict[str, Any]) -> HttpResponse:
    shown = {
        "row": car,
        "url": request.build_absolute_uri(advert_path(car.pk, car.title)),
        "back": reverse("widget-advert-frame", args=[car.pk]),
        **context,
    }
    return with_form(render_to_string("pages/framed_enquiry.html", shown))
