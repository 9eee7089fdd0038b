"""The stock for others to read: what each format has of it, and at which address."""

from dataclasses import dataclass
from typing import Any

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.http import HttpResponseRedirect as Redirect
from django.template.response import TemplateResponse
from django.urls import reverse

from dealers.panel.base import reason_of
from dealers.panel.context import require_context
from dealers.panel.scope import scoped
from dealers.panel.site import MenuEntry, panel
from dealers.permissions import Permission
from dealers.syndication import end_offer, offer_stock, renew_offer
from listings.models import SyndicationLink
from listings.syndication import FORMATS, StockFormat, left_out, link_address, stock_of
from marketplace.errors import DomainError

COUNTED_MAX = 5_000
"""In a larger stock, what lacks what is not counted on a page."""

WANTED = {
    "vin": "the VIN",
    "price": "a price",
    "description": "a description",
    "exterior_color": "a colour",
    "body_style": "a body type",
    "image[0].url": "a photo",
    "image[0].tag[0]": "a photo",
    "dealership_address": "the branch's address",
}
"""What adverts lack, in words, by the columns of the formats."""


@dataclass(frozen=True)
class StockOffer:
    """A format as the page shows it; without a link it is not given out."""

    form: StockFormat
    link: SyndicationLink | None
    address: str
    included: int | None
    missing: list[tuple[str, int]]


def outputs(request: HttpRequest) -> HttpResponse:
    """Show each format with its address; on POST give one out, make it anew or end it."""
    if request.method == "POST":
        return _act(request)
    current = require_context(request)
    links = {link.form: link for link in scoped(SyndicationLink.objects.all(), current)}
    is_small = stock_of(current.dealer.pk).count() <= COUNTED_MAX
    offers = [
        _offer(form, links.get(form.name), current.dealer.pk if is_small else None)
        for form in FORMATS.values()
    ]
    context: dict[str, Any] = {
        **panel.each_context(request),
        "title": "Feeds out",
        "offers": offers,
    }
    return TemplateResponse(request, "dealers/panel/feeds/outputs.html", context)


def _offer(form: StockFormat, link: SyndicationLink | None, dealer_id: int | None) -> StockOffer:
    included, missing = left_out(form, dealer_id) if dealer_id and form.required else (None, {})
    address = link_address(link) if link else ""
    wanted = {WANTED.get(name, name): count for name, count in missing.items()}
    most_first = sorted(wanted.items(), key=lambda each: -each[1])
    return StockOffer(form, link, address, included, most_first)


def _act(request: HttpRequest) -> HttpResponse:
    current = require_context(request)
    form, act = request.POST.get("form", ""), request.POST.get("act", "")
    link = scoped(SyndicationLink.objects.filter(form=form), current).first()
    try:
        if act == "offer":
            offer_stock(dealer_id=current.dealer.pk, form=form, actor=current.actor)
            messages.success(request, "The stock has an address now. Give it to whoever reads it.")
        elif act == "renew" and link is not None:
            renew_offer(link_id=link.pk, actor=current.actor)
            messages.success(request, "There is a new address. The old one no longer works.")
        elif act == "end" and link is not None:
            end_offer(link_id=link.pk, actor=current.actor)
            messages.success(request, "The stock is no longer given out in this format.")
    except DomainError as refusal:
        messages.error(request, reason_of(refusal))
    return Redirect(reverse("dealer:feeds-out"))


panel.add_page("feeds-out/", outputs, name="feeds-out", permission=Permission.EDIT_FEEDS)
panel.add_entry(
    MenuEntry("Feeds out", "outbox", "feeds-out", order=45, permission=Permission.EDIT_FEEDS)
)
