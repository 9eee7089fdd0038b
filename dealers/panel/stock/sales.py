"""Reserving a car for a customer, and saying how one was sold: asked on a page of its own."""

from datetime import timedelta
from typing import Any

from django import forms
from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.http import HttpResponseRedirect as Redirect
from django.template.response import TemplateResponse
from django.urls import reverse
from django.utils import timezone

from dealers.panel.base import reason_of
from dealers.panel.context import require_context
from dealers.panel.just_done import remember_change
from dealers.panel.site import panel
from dealers.reservations import reserve_for_customer, sell_listing
from listings.adverts import Action
from listings.adverts.sales import SaleTerms
from listings.buyers.guards import NAME_MAX, PHONE_MAX
from listings.buyers.ledger import Contact
from listings.models import Listing, Sale
from listings.models.rules import PRICE_MAX
from marketplace.errors import DomainError
from marketplace.london_time import london_today

_EMPTY = [("", "-")]


class SaleForm(forms.Form):
    sold_on = forms.DateField(
        label="Sold on", required=False, widget=forms.DateInput({"type": "date"})
    )
    price = forms.IntegerField(
        label="Price paid, in pounds", required=False, min_value=1, max_value=PRICE_MAX
    )
    buyer = forms.ChoiceField(
        label="Sold to", required=False, choices=[*_EMPTY, *Sale.BuyerKind.choices]
    )
    channel = forms.ChoiceField(
        label="The buyer came by", required=False, choices=[*_EMPTY, *Sale.SaleChannel.choices]
    )


class CustomerForm(forms.Form):
    name = forms.CharField(label="Customer", required=False, max_length=NAME_MAX)
    email = forms.EmailField(label="E-mail", required=False)
    phone = forms.CharField(label="Telephone", required=False, max_length=PHONE_MAX)
    until = forms.DateTimeField(
        label="Until",
        required=False,
        input_formats=["%Y-%m-%dT%H:%M", "%Y-%m-%dT%H:%M:%S"],
        widget=forms.DateTimeInput({"type": "datetime-local"}, "%Y-%m-%dT%H:%M"),
    )
    note = forms.CharField(label="Note", required=False, widget=forms.Textarea({"rows": 3}))


FORMS: dict[Action, type[forms.Form]] = {Action.SELL: SaleForm, Action.RESERVE: CustomerForm}


def ask_page(request: HttpRequest, listing: Listing, act: Action) -> HttpResponse:
    """Ask what there is to say on GET; do it on POST, and go back to the advert."""
    posted = request.POST if request.method == "POST" else None
    form = FORMS[act](posted, initial=_first(listing, act))
    if request.method == "POST" and form.is_valid():
        try:
            said = _DONE[act](request, listing, form.cleaned_data)
        except DomainError as refusal:
            for name, texts in refusal.fields.items():
                form.add_error(name if name in form.fields else None, list(texts))
            if not refusal.fields:
                messages.error(request, reason_of(refusal))
        else:
            remember_change(request, listing.pk)
            messages.success(request, said)
            return Redirect(reverse("dealer:listings_listing_change", args=[listing.pk]))
    context: dict[str, Any] = {
        **panel.each_context(request),
        "title": f"{act.label}: {listing.title}",
        "listing": listing,
        "form": form,
        "verb": act.label,
    }
    return TemplateResponse(request, "dealers/panel/stock/ask_terms.html", context)


def _first(listing: Listing, act: Action) -> dict[str, Any]:
    if act == Action.SELL:
        return {"sold_on": london_today(), "price": listing.price}
    return {"until": timezone.now() + timedelta(hours=listing.dealer.reservation_hours)}


def _sell(request: HttpRequest, listing: Listing, said: dict[str, Any]) -> str:
    actor = require_context(request).actor
    sell_listing(listing_id=listing.pk, terms=SaleTerms(**said), actor=actor)
    return f"{listing.title} is marked sold."


def _reserve(request: HttpRequest, listing: Listing, said: dict[str, Any]) -> str:
    until = said["until"] or _first(listing, Action.RESERVE)["until"]
    reserve_for_customer(
        listing_id=listing.pk,
        contact=Contact(said["name"], said["email"], said["phone"]),
        until=until,
        note=said["note"],
        actor=require_context(request).actor,
    )
    return f"{listing.title} is reserved."


_DONE = {Action.SELL: _sell, Action.RESERVE: _reserve}
