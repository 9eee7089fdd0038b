"""API keys: made with what they may do, shown once, revoked."""

from datetime import timedelta
from typing import Any

from django import forms
from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.template.response import TemplateResponse
from django.urls import reverse
from django.utils import timezone
from django.views.decorators.cache import never_cache
from unfold.widgets import (
    UnfoldAdminCheckboxSelectMultipleWidget,
    UnfoldAdminSelectWidget,
    UnfoldAdminTextareaWidget,
    UnfoldAdminTextInputWidget,
)

from dealers.exceptions import KeyNotFound
from dealers.keys import NewKey, create_key, revoke_key
from dealers.models import ApiKey, Scope
from dealers.networks import read_networks
from dealers.panel.context import find_context, require_context
from dealers.panel.scope import scoped
from dealers.panel.site import MenuEntry, panel
from dealers.panel.team.confirmation import ConfirmPrompt, confirmation_page
from dealers.permissions import Permission
from marketplace.errors import DomainError

ENDS = (("90", "In 90 days"), ("365", "In a year"), ("", "Never"))


class KeyForm(forms.Form):
    name = forms.CharField(
        label="What will use it",
        max_length=80,
        help_text="Such as the name of your stock software.",
        widget=UnfoldAdminTextInputWidget,
    )
    scopes = forms.MultipleChoiceField(
        label="What it may do",
        choices=Scope.choices,
        widget=UnfoldAdminCheckboxSelectMultipleWidget,
    )
    ends = forms.ChoiceField(
        label="When it ends",
        choices=ENDS,
        initial="365",
        required=False,
        help_text="Owners get a mail a week before.",
        widget=UnfoldAdminSelectWidget,
    )
    networks = forms.CharField(
        label="Where it may be used from",
        max_length=2_000,
        required=False,
        help_text="Addresses or networks of the systems that use it, one on each line, such as "
        "203.0.113.0/24 or 2001:db8::/48. From anywhere while this is empty.",
        widget=UnfoldAdminTextareaWidget(attrs={"rows": 3}),
    )

    def clean_networks(self) -> list[str]:
        try:
            return read_networks(self.cleaned_data["networks"].replace(",", " ").split())
        except ValueError as error:
            raise forms.ValidationError(str(error)) from None


def keys(request: HttpRequest) -> HttpResponse:
    return _page(request, KeyForm())


@never_cache
def create(request: HttpRequest) -> HttpResponse:
    """Make a key and show it in this one answer; opened again, the page has it no more."""
    if request.method != "POST":
        return redirect("dealer:keys")
    current, form = require_context(request), KeyForm(request.POST)
    if not form.is_valid():
        return _page(request, form)
    days = form.cleaned_data["ends"]
    try:
        made = create_key(
            dealer_id=current.dealer.pk,
            actor=current.actor,
            name=form.cleaned_data["name"],
            scopes=form.cleaned_data["scopes"],
            networks=form.cleaned_data["networks"],
            expires_at=timezone.now() + timedelta(days=int(days)) if days else None,
        )
    except DomainError as refusal:
        form.add_error(None, refusal.message)
        return _page(request, form)
    return _page(request, KeyForm(), made)


def revoke(request: HttpRequest, apikey_id: int) -> HttpResponse:
    """Ask on GET, revoke on POST."""
    try:
        key = scoped(ApiKey.objects.all(), find_context(request)).filter(pk=apikey_id).first()
        if key is None:
            raise KeyNotFound("There is no such key.")
        if request.method != "POST":
            prompt = ConfirmPrompt(
                "Revoke the key",
                (f"What uses {key} is refused at once.", "A revoked key never works again."),
                "Revoke",
                reverse("dealer:keys"),
            )
            return confirmation_page(request, prompt)
        revoke_key(key_id=key.pk, actor=require_context(request).actor)
    except DomainError as refusal:
        messages.error(request, refusal.message)
    else:
        messages.success(request, f"{key} is revoked.")
    return redirect("dealer:keys")


def _page(request: HttpRequest, form: KeyForm, made: NewKey | None = None) -> HttpResponse:
    current = require_context(request)
    rows = scoped(ApiKey.objects.with_maker(), current)
    context: dict[str, Any] = {
        **panel.each_context(request),
        "title": "API keys",
        "form": form,
        "keys": rows.order_by("-pk"),
        "made": made.key if made else None,
        "token": made.token if made else None,
        "may_create": current.may(Permission.CREATE_KEYS),
        "may_revoke": current.may(Permission.REVOKE_KEYS),
    }
    return TemplateResponse(request, "dealers/panel/team/keys.html", context)


panel.add_page("keys/", keys, name="keys", permission=Permission.VIEW_TEAM)
panel.add_page("keys/create/", create, name="keys-create", permission=Permission.CREATE_KEYS)
panel.add_page(
    "keys/<int:apikey_id>/revoke/", revoke, name="keys-revoke", permission=Permission.REVOKE_KEYS
)
panel.add_entry(
    MenuEntry(
        "API keys", "key", "keys", order=80, permission=Permission.VIEW_TEAM, section="Dealer"
    )
)
