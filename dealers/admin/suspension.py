"""Whether a dealer may sell, and whether buyers are shown it: asked for, with the reason."""

from collections.abc import Callable
from functools import partial
from typing import Any

from django import forms
from django.contrib import messages
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.template.response import TemplateResponse
from django.urls import reverse
from unfold.widgets import UnfoldAdminTextareaWidget

from dealers.admin.actor import staff_actor
from dealers.models import Dealer
from dealers.suspension import (
    REASON_LENGTH_MAX,
    reinstate_dealer,
    set_sandbox,
    suspend_dealer,
)
from marketplace.errors import DomainError

VERBS: dict[str, Callable[..., Dealer]] = {
    "suspend": suspend_dealer,
    "reinstate": reinstate_dealer,
    "sandbox": partial(set_sandbox, is_sandbox=True),
    "open": partial(set_sandbox, is_sandbox=False),
}
_TITLES = {"sandbox": "Make {} a sandbox", "open": "Show {} to buyers"}
_DONE = {
    "suspend": "suspended: nothing of it is public",
    "reinstate": "reinstated",
    "sandbox": "a sandbox: buyers are shown nothing of it",
    "open": "no sandbox: buyers are shown what it has live",
}


class SuspensionForm(forms.Form):
    reason = forms.CharField(
        max_length=REASON_LENGTH_MAX,
        required=False,
        widget=UnfoldAdminTextareaWidget,
        help_text="Owners of the dealer read it in their audit log.",
    )


def change_standing(
    model_admin: Any, request: HttpRequest, dealer_id: int, verb: str
) -> HttpResponse:
    """Ask on GET, change on POST."""
    dealer = Dealer.objects.filter(pk=dealer_id).first()
    if dealer is None:
        model_admin.message_user(request, "There is no such dealer.", messages.ERROR)
        return HttpResponseRedirect(reverse("admin:dealers_dealer_changelist"))
    page = HttpResponseRedirect(reverse("admin:dealers_dealer_change", args=[dealer_id]))
    form = SuspensionForm(request.POST if request.method == "POST" else None)
    if not form.is_valid():
        return _ask(model_admin, request, form, dealer, verb)
    try:
        reason = form.cleaned_data["reason"]
        VERBS[verb](dealer_id=dealer_id, actor=staff_actor(request), reason=reason)
    except DomainError as refusal:
        if "reason" in refusal.fields:
            form.add_error("reason", refusal.message)
            return _ask(model_admin, request, form, dealer, verb)
        model_admin.message_refusal(request, refusal)
    else:
        model_admin.message_user(request, f"{dealer} is {_DONE[verb]}.", messages.SUCCESS)
    return page


def _ask(
    model_admin: Any, request: HttpRequest, form: SuspensionForm, dealer: Dealer, verb: str
) -> HttpResponse:
    context = {
        **model_admin.admin_site.each_context(request),
        "title": _TITLES.get(verb, f"{verb.capitalize()} {{}}").format(dealer),
        "opts": model_admin.opts,
        "dealer": dealer,
        "verb": verb,
        "form": form,
    }
    return TemplateResponse(request, "admin/dealers/dealer/ask_standing.html", context)
