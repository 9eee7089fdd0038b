"""The pages by which people see, take along and erase everything that they left."""

from typing import Any

from django.http import HttpRequest, HttpResponse, HttpResponseRedirect, JsonResponse
from django.shortcuts import render
from django.urls import reverse
from django.views.decorators.cache import never_cache
from django.views.decorators.csrf import csrf_exempt
from django.views.decorators.http import require_http_methods

from listings.buyers import guards, ledger, person
from listings.buyers.guards import Sender
from listings.buyers.links import BuyerLink, read_link
from marketplace.client_address import client_address, client_network
from marketplace.errors import DomainError

FORM = "privacy"


@csrf_exempt  # no cookie and no session: anybody may send it, see `listings.pages.enquiry`
@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
def ask_for_all(request: HttpRequest) -> HttpResponse:
    """Take an address; the answer is the same whether it is known or not."""
    if request.method != "POST":
        return _ask(request, {"is_sent": "sent" in request.GET})
    email = request.POST.get("email", "")[: guards.EMAIL_MAX + 1]
    try:
        guards.refuse_programs(
            FORM,
            honeypot=request.POST.get(guards.HONEYPOT, ""),
            opened=request.POST.get("opened", ""),
        )
        sender = Sender(client_network(request), client_address(request))
        person.ask_for_link(email=email, sender=sender)
    except DomainError as refusal:
        fault = " ".join(refusal.fields.get("email", ())) or refusal.message
        return _ask(request, {"email": email, "fault": fault}, status=refusal.status)
    sent = HttpResponseRedirect(f"{reverse('privacy')}?sent")
    sent.status_code = 303
    return sent


@csrf_exempt  # the link itself is the secret; a mail program's browser may refuse cookies
@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
def everything(request: HttpRequest, token: str) -> HttpResponse:
    """Show on GET, as mail programs open links by themselves; act on POST."""
    action = request.POST.get("action", "") if request.method == "POST" else ""
    page: HttpResponse
    try:
        record_id = read_link(BuyerLink.PERSON, token)
        if action == "export":
            page = _file(person.export(record_id=record_id))
        else:
            page = render(request, "pages/person.html", _shown(record_id, action))
    except DomainError as refusal:
        page = render(request, "pages/person.html", {"refusal": refusal}, status=refusal.status)
    page["Referrer-Policy"] = "no-referrer"
    page["X-Robots-Tag"] = "noindex"
    return page


def _shown(record_id: int, action: str) -> dict[str, Any]:
    erasure = person.erase_everything(record_id=record_id) if action == "erase" else None
    asked = person.asked(record_id)
    records = ledger.left_by(asked.record.email).select_related("dealer")
    return {"asked": asked, "records": records, "erasure": erasure}


def _file(content: dict[str, Any]) -> HttpResponse:
    answer = JsonResponse(content, json_dumps_params={"indent": 2, "ensure_ascii": False})
    answer["Content-Disposition"] = 'attachment; filename="what-you-left.json"'
    return answer


def _ask(request: HttpRequest, context: dict[str, Any], *, status: int = 200) -> HttpResponse:
    shown = {"opened": guards.opened(FORM), **context}
    page = render(request, "pages/privacy.html", shown, status=status)
    page["X-Robots-Tag"] = "noindex"
    return page
