"""The page that a buyer's receipt links to: what was left, and how to take it back."""

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.cache import never_cache
from django.views.decorators.csrf import csrf_exempt
from django.views.decorators.http import require_http_methods

from listings.buyers import ledger, reservations
from listings.buyers.links import BuyerLink, read_link
from listings.models import BuyerRecord, Reservation
from marketplace.errors import DomainError

ACTIONS = {
    "cancel": reservations.cancel,
    "withdraw": ledger.withdraw_consent,
    "erase": ledger.erase,
}


@csrf_exempt  # the link itself is the secret; a mail program's browser may refuse cookies
@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
def left(request: HttpRequest, token: str) -> HttpResponse:
    """Show on GET, as mail programs open links by themselves; act on POST."""
    try:
        record_id = read_link(BuyerLink.RECORD, token)
        act = ACTIONS.get(request.POST.get("action", "")) if request.method == "POST" else None
        record = act(record_id=record_id) if act else _record(record_id)
        held = Reservation.objects.filter(record=record.pk).first()
        page = render(request, "pages/left.html", {"record": record, "reservation": held})
    except DomainError as refusal:
        page = render(request, "pages/left.html", {"refusal": refusal}, status=refusal.status)
    page["Referrer-Policy"] = "no-referrer"
    page["X-Robots-Tag"] = "noindex"
    return page


def _record(record_id: int) -> BuyerRecord:
    return BuyerRecord.objects.select_related("consent", "dealer").get(pk=record_id)
