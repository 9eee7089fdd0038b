"""A buyer's enquiry without a script: the form, and the page that says what happens next.

The pages set no cookie and are the same for everybody: no form token protects what anybody may
send. Guards against programs do, and limits.
"""

from collections.abc import Callable, Mapping
from typing import Any

from django.http import Http404, HttpRequest, HttpResponse
from django.http.response import HttpResponseBase
from django.template.loader import render_to_string
from django.urls import reverse
from django.views.decorators.csrf import csrf_exempt
from django.views.decorators.http import conditional_page, require_http_methods, require_safe

from listings.buyers.audience import Place, count_enquired
from listings.buyers.enquiries import enquire, find_car, status_now
from listings.buyers.guards import Sender
from listings.buyers.ledger import Contact
from listings.buyers.questions import PURPOSE, Faults, Question, checked
from listings.choices import Status
from listings.exceptions import InvalidEnquiry, ListingNotFound
from listings.models import Listing
from listings.pages.enquiry_form import (
    contact_typed,
    enquiry_form,
    left_typed,
    question_typed,
    typed_in,
    with_form,
)
from listings.pages.guarded_form import submitted
from listings.search.engine import SearchResult
from listings.search.ordering import Position
from listings.search.similar import similar
from listings.site.addresses import advert_path
from listings.site.http_cache import briefly
from listings.widget.answer import VIEW_DETAILS, shown
from listings.widget.block import BlockResult

ALTERNATIVES = 6


@csrf_exempt  # see above
@conditional_page
@require_http_methods(["GET", "HEAD", "POST"])
def ask(request: HttpRequest, pk: int) -> HttpResponseBase:
    """The form on a page of its own; what cannot be sent comes back as it was typed."""
    car = car_asked_about(pk)
    if request.method == "POST":
        then = reverse("enquiry-sent", args=[pk])
        return ask_dealer(request, car, lambda form: _page(request, car, form), then=then)
    return briefly(_page(request, car, enquiry_form(request, car)))


@conditional_page
@require_safe
def sent(request: HttpRequest, pk: int) -> HttpResponseBase:
    """What happens next; it tells nobody who asked, and so can be opened by anybody."""
    car = car_asked_about(pk)
    page = render_to_string("pages/enquiry_sent.html", _context(request, car))
    answer = briefly(HttpResponse(page))
    answer.headers["X-Robots-Tag"] = "noindex"
    return answer


def ask_dealer(
    request: HttpRequest, car: Listing, page: Callable[[dict[str, Any]], HttpResponse], *, then: str
) -> HttpResponse:
    """Send what a form asks, and lead on; `page` shows the form again where it is refused."""
    typed = typed_in(request.POST)

    def again(faults: Faults, problem: str) -> HttpResponse:
        return page(enquiry_form(request, car, typed=typed, faults=faults, problem=problem))

    def act(sender: Sender) -> None:
        _send(car, typed, sender)

    return submitted(request, PURPOSE, act=act, again=again, then=then)


def _send(car: Listing, typed: Mapping[str, str], sender: Sender) -> None:
    faults: Faults = {}
    contact, question = contact_typed(typed), question_typed(typed, faults)
    if faults:
        raise InvalidEnquiry(
            "The enquiry cannot be sent so.",
            fields={**_faults_besides(contact, question, typed["consent"]), **faults},
        )
    enquire(
        car=car,
        contact=contact,
        question=question,
        consent=typed["consent"],
        sender=sender,
        left_at=left_typed(typed),
    )
    count_enquired(Place.BLOCK if typed["placement"] else Place.PAGES, car.pk)


def _faults_besides(contact: Contact, question: Question, words: str) -> Faults:
    """Return what else is wrong where a field could not be read."""
    try:
        checked(contact, question, words)
    except InvalidEnquiry as refusal:
        return refusal.fields
    return {}


def _page(request: HttpRequest, car: Listing, form: dict[str, Any]) -> HttpResponse:
    context = {**_context(request, car), "ask": form}
    answer = with_form(render_to_string("pages/enquiry.html", context))
    answer.headers["X-Robots-Tag"] = "noindex"
    return answer


def _context(request: HttpRequest, car: Listing) -> dict[str, Any]:
    """Return the car, and the nearest ones where it is gone."""
    status = status_now(car)
    near = similar(car, limit=ALTERNATIVES) if status != Status.LIVE else []
    places = tuple(Position((), each.id) for each in near)
    return {
        "row": car,
        "path": advert_path(car.pk, car.title),
        "is_gone": status != Status.LIVE,
        "was_sold": status == Status.SOLD,
        "similar": shown(BlockResult(SearchResult(places, has_more=False), ()), request),
        "details": VIEW_DETAILS,
    }


def car_asked_about(pk: int) -> Listing:
    """Return an advert that a form may ask about. Raises `Http404`."""
    try:
        return find_car(pk)
    except ListingNotFound:
        raise Http404 from None
