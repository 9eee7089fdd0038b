"""The columns of the list of adverts."""

from datetime import datetime, timedelta

from django.utils import timezone
from django.utils.html import format_html
from django.utils.safestring import SafeString
from unfold.decorators import display

from listings.choices import Status, Ulez
from listings.models import Listing
from listings.photos.files import THUMBNAIL_WIDTH

STATUS_COLOURS = {
    Status.DRAFT.label: "info",
    Status.LIVE.label: "success",
    "Reserved": "primary",
    Status.EXPIRED.label: "warning",
    Status.REJECTED.label: "danger",
}


class ListingColumns:
    """Ways to show an advert's fields; mixed into its admin."""

    list_display = (
        "photo",
        "advert",
        "mark",
        "price_in_pounds",
        "mileage_in_miles",
        "dealer",
        "state",
        "days_live",
        "expires_in",
    )

    def row_name(self, listing: Listing) -> str:
        return f"{listing.year} {listing.title}"

    @display(description="")
    def photo(self, listing: Listing) -> str:
        covers = getattr(listing, "covers", ())
        if not covers:
            return SafeString('<span class="advert-thumb" aria-hidden="true"></span>')
        return format_html(
            '<img class="advert-thumb" data-src="{}" alt="" width="80" height="60">',
            covers[0].url_for(THUMBNAIL_WIDTH),
        )

    @display(description="Advert", ordering="title")
    def advert(self, listing: Listing) -> str:
        return format_html(
            '<span class="advert-title">{}</span><br><span class="advert-note">{} · #{}{}</span>',
            listing.title,
            listing.year,
            listing.pk,
            f" · {listing.stock_ref}" if listing.stock_ref else "",
        )

    @display(description="Mark")
    def mark(self, listing: Listing) -> str:
        return spaced_vrm(listing.vrm)

    @display(description="Price", ordering="price")
    def price_in_pounds(self, listing: Listing) -> str:
        return "POA" if listing.price is None else f"£{listing.price:,}"

    @display(description="Previous price")
    def was_price(self, listing: Listing) -> str:
        was = listing.previous_price
        return "Not reduced" if was is None else f"£{was:,}"

    @display(description="Mileage", ordering="mileage")
    def mileage_in_miles(self, listing: Listing) -> str:
        return f"{listing.mileage:,}"

    @display(description="Status", ordering="status", label=STATUS_COLOURS)
    def state(self, listing: Listing) -> str:
        held = listing.reserved_until is not None and listing.reserved_until > timezone.now()
        return "Reserved" if held else listing.get_status_display()

    @display(description="Days live", ordering="published_at")
    def days_live(self, listing: Listing) -> str:
        if listing.status != Status.LIVE or listing.published_at is None:
            return "-"
        return str((timezone.now() - listing.published_at).days)

    @display(description="ULEZ")
    def emission_zone(self, listing: Listing) -> str:
        return Ulez(listing.ulez).label if listing.ulez else "-"

    @display(description="Expires", ordering="expires_at")
    def expires_in(self, listing: Listing) -> str:
        if listing.status != Status.LIVE or listing.expires_at is None:
            return "-"
        return time_until(listing.expires_at)


def time_until(moment: datetime) -> str:
    """Return how long it is until a moment, in the largest unit that says something."""
    left = moment - timezone.now()
    if left <= timedelta(0):
        return "now"
    if left < timedelta(days=1):
        return f"in {max(1, left.seconds // 3600)} h"
    return f"in {left.days} d"


def spaced_vrm(vrm: str | None) -> str:
    """Return a mark as it is written on a plate: AB15 CDE."""
    if not vrm:
        return "-"
    return f"{vrm[:4]} {vrm[4:]}" if len(vrm) == 7 and vrm[2:4].isdecimal() else vrm
