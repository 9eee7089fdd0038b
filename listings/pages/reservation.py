"""A buyer asks to hold a car, without a script; guarded as enquiries are."""

from typing import Any

from django.http import Http404, HttpRequest, HttpResponse
from django.http.response import HttpResponseBase
from django.template.loader import render_to_string
from django.urls import reverse
from django.views.decorators.csrf import csrf_exempt
from django.views.decorators.http import conditional_page, require_http_methods

from listings.buyers import consents
from listings.buyers.guards import Sender
from listings.buyers.reservation_rules import is_offered
from listings.buyers.reservations import PURPOSE, ask
from listings.models import Listing
from listings.pages.enquiry_form import OPENED, contact_typed, left_typed, typed_in, with_form
from listings.pages.guarded_form import refilled, submitted
from listings.site.addresses import advert_path
from listings.site.http_cache import briefly

SENT = "sent"


@csrf_exempt  # no cookie and no session: anybody may send it, see `listings.pages.enquiry`
@conditional_page
@require_http_methods(["GET", "HEAD", "POST"])
def reserve(request: HttpRequest, pk: int) -> HttpResponseBase:
    """The form; what cannot be sent comes back as it was typed."""
    car = _car(pk)
    if request.method != "POST":
        return briefly(_page(request, car, {}, is_sent=SENT in request.GET))
    typed = typed_in(request.POST)

    def act(sender: Sender) -> None:
        ask(
            listing_id=car.pk,
            contact=contact_typed(typed),
            consent=typed["consent"],
            sender=sender,
            left_at=left_typed(typed),
        )

    return submitted(
        request,
        PURPOSE,
        act=act,
        again=lambda *wrong: _page(request, car, refilled(typed, *wrong)),
        then=f"{reverse('reserve', args=[pk])}?{SENT}",
    )


def _page(
    request: HttpRequest,
    car: Listing,
    form: dict[str, Any],
    *,
    is_sent: bool = False,
) -> HttpResponse:
    path = advert_path(car.pk, car.title)
    ask_form = {"words": consents.words_now(PURPOSE), "opened": OPENED, "page": path, **form}
    context = {
        "row": car,
        "path": path,
        "is_sent": is_sent,
        "is_offered": is_offered(car),
        "at_once": car.dealer.reservations == "now",
        "ask": ask_form,
    }
    answer = with_form(render_to_string("pages/reserve.html", context), PURPOSE)
    answer.headers["X-Robots-Tag"] = "noindex"
    return answer


def _car(pk: int) -> Listing:
    car = Listing.objects.public().with_card().filter(pk=pk).first()
    if car is None:
        raise Http404
    return car
