"""Somebody tells the marketplace that an advert is wrong, without a script."""

from typing import Any

from django.http import Http404, HttpRequest, HttpResponse
from django.template.loader import render_to_string
from django.urls import reverse
from django.views.decorators.csrf import csrf_exempt
from django.views.decorators.http import require_http_methods

from listings.buyers import consents, guards
from listings.buyers.guards import Sender
from listings.buyers.reports import PURPOSE, TEXT_MAX, report_advert
from listings.models import AdvertReport, Listing
from listings.pages.enquiry_form import OPENED, with_form
from listings.pages.guarded_form import refilled, submitted
from listings.site.addresses import advert_path

FIELDS = {"reason": 20, "text": TEXT_MAX, "email": guards.EMAIL_MAX}


@csrf_exempt  # no cookie and no session: anybody may send it, see `listings.pages.enquiry`
@require_http_methods(["GET", "HEAD", "POST"])
def report(request: HttpRequest, pk: int) -> HttpResponse:
    """The form; what cannot be sent comes back as it was typed."""
    car = Listing.objects.public().with_card().filter(pk=pk).first()
    if car is None:
        raise Http404
    if request.method != "POST":
        return _page(car, {}, is_sent="sent" in request.GET)
    typed = {name: request.POST.get(name, "")[: longest + 1] for name, longest in FIELDS.items()}

    def act(sender: Sender) -> None:
        report_advert(
            listing_id=pk,
            reason=typed["reason"],
            text=typed["text"],
            email=typed["email"],
            sender=sender,
        )

    return submitted(
        request,
        PURPOSE,
        act=act,
        again=lambda *wrong: _page(car, refilled(typed, *wrong)),
        then=f"{reverse('report-advert', args=[pk])}?sent",
    )


def _page(car: Listing, form: dict[str, Any], *, is_sent: bool = False) -> HttpResponse:
    context = {
        "row": car,
        "path": advert_path(car.pk, car.title),
        "is_sent": is_sent,
        "reasons": AdvertReport.ReportReason.choices,
        "ask": {"words": consents.words_now(PURPOSE), "opened": OPENED, **form},
    }
    page = with_form(render_to_string("pages/report.html", context), PURPOSE)
    page.headers["X-Robots-Tag"] = "noindex"
    page.headers["Cache-Control"] = "no-store"
    return page
