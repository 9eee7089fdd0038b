"""The columns of the stock table."""

from typing import Any

from django.urls import reverse
from django.utils.html import format_html
from django.utils.safestring import SafeString
from unfold.decorators import display

from dealers.panel.audience import DAYS
from listings.admin.columns import ListingColumns
from listings.choices import NoRating, PriceRating
from listings.models import Listing

GOOD, FAIR = 80, 50


class StockColumns(ListingColumns):
    """Ways to show an advert to its dealer; mixed into its admin."""

    list_display: Any = (
        "photo",
        "advert",
        "mark",
        "price_in_place",
        "mileage_in_miles",
        "days_live",
        "state",
        "expires_in",
        "complete",
        "buyers",
        "market",
    )

    @display(description="Advert", ordering="title")
    def advert(self, listing: Any) -> SafeString:
        stock_ref = f" · {listing.stock_ref}" if listing.stock_ref else ""
        twice = " · you have this car twice" if listing.is_twice else ""
        because = listing.rejected_because
        return format_html(
            '<span class="advert-title">{}</span><br><span class="advert-note">{}{}{}</span>{}',
            listing.title,
            listing.year,
            stock_ref,
            twice,
            format_html('<br><span class="advert-note panel-poor">Rejected: {}</span>', because)
            if because
            else "",
        )

    @display(description="Price", ordering="price")
    def price_in_place(self, listing: Listing) -> SafeString:
        seen = "" if listing.price is None else listing.price
        return format_html(
            '<span class="panel-price"><span aria-hidden="true">£</span><input type="text"'
            ' inputmode="numeric" maxlength="11" value="{}" data-seen="{}" data-url="{}"'
            ' data-undo-url="{}"'
            ' placeholder="POA" aria-label="Price of {}"><span class="panel-price-said"'
            ' role="status"></span></span>',
            f"{listing.price:,}" if listing.price is not None else "",
            seen,
            reverse("dealer:listings_listing_price", args=[listing.pk]),
            reverse("dealer:listings_listing_undo_last", args=[listing.pk]),
            listing.title,
        )

    @display(description="Complete", ordering="completeness")
    def complete(self, listing: Any) -> SafeString:
        points = int(listing.completeness)
        return format_html(
            '<span class="panel-meter panel-{}"><span class="panel-meter-bar" aria-hidden="true">'
            '<span style="width:{}%"></span></span>{}%</span>',
            grade(points),
            points,
            points,
        )

    @display(description="Buyers", ordering="opened_lately")
    def buyers(self, listing: Any) -> SafeString:
        opened, enquired = listing.opened_lately, listing.enquired_lately
        return format_html(
            '<span class="panel-market" title="In the last {} days"><span>{} opened</span>'
            '<span class="advert-note">{} {}</span></span>',
            DAYS,
            f"{opened:,}",
            f"{enquired:,}",
            "enquiry" if enquired == 1 else "enquiries",
        )

    @display(description="Market", ordering="asking_percent")
    def market(self, listing: Any) -> SafeString:
        label = str(PriceRating(listing.rating).label) if listing.rating else ""
        share = ""
        if listing.asking_percent is not None:
            share = f"{listing.asking_percent:.0f}% of £{listing.worth:,}"
        return format_html(
            '<span class="panel-market"><span class="panel-rating{}">{}</span>'
            '<span class="advert-note">{}</span></span>',
            f" is-{listing.rating}" if label else "",
            label or _why_not_rated(listing),
            share,
        )


def _why_not_rated(listing: Any) -> str:
    """Return why there is no label, in few words."""
    if listing.no_rating is None:
        return "being worked out" if listing.is_valued else "-"
    return "check the price" if listing.no_rating == NoRating.CHECK_PRICE else "not rated"


def grade(points: int) -> str:
    """Return how good a completeness is, in the word of its colour."""
    if points >= GOOD:
        return "good"
    return "fair" if points >= FAIR else "poor"
