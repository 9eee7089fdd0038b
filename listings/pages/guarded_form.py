"""A form that anybody may send: guarded, acted on, and shown again as it was typed."""

from collections.abc import Callable, Mapping
from typing import Any

from django.http import HttpRequest, HttpResponse, HttpResponseRedirect

from listings.buyers import guards
from listings.buyers.guards import Sender
from listings.buyers.questions import Faults
from marketplace.client_address import client_address, client_network
from marketplace.errors import DomainError


def submitted(
    request: HttpRequest,
    purpose: str,
    *,
    act: Callable[[Sender], object],
    again: Callable[[Faults, str], HttpResponse],
    then: str,
) -> HttpResponse:
    """Have a posted form acted on and lead on to `then`.

    What is refused is shown by `again`, of the faults by field and, where there are none, of a
    problem of the whole. The pages set no cookie, so no form token protects what anybody may send:
    guards against programs do, and limits.
    """
    try:
        guards.refuse_programs(
            purpose,
            honeypot=request.POST.get(guards.HONEYPOT, ""),
            opened=request.POST.get("opened", ""),
        )
        act(sender_of(request))
    except DomainError as refusal:
        return _refused(again(refusal.fields, "" if refusal.fields else refusal.message), refusal)
    sent = HttpResponseRedirect(then)
    sent.status_code = 303  # a reload shows the page and sends nothing
    return sent


def refilled(typed: Mapping[str, str], faults: Faults, problem: str) -> dict[str, Any]:
    """Return what a template shows of a form that came back."""
    wrong = {name: " ".join(texts) for name, texts in faults.items()}
    return {"typed": typed, "faults": wrong, "problem": problem}


def sender_of(request: HttpRequest) -> Sender:
    captcha = request.POST.get("captcha", "")
    return Sender(client_network(request), client_address(request), captcha)


def _refused(page: HttpResponse, refusal: DomainError) -> HttpResponse:
    page.status_code = refusal.status
    page.headers["Cache-Control"] = "no-store"
    if refusal.retry_seconds is not None:
        page.headers["Retry-After"] = str(refusal.retry_seconds)
    return page
