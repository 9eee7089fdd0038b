"""An advert in the words of the trade: which car it is, and how it stands."""

from django.utils import timezone

from listings.choices import Status
from listings.models import Listing
from listings.models.conditions import is_reserved, is_running

_STANDING = {
    Status.DRAFT: "It is a draft: buyers do not see it yet.",
    Status.EXPIRED: "It has expired: renew it, and buyers see it again.",
    Status.SOLD: "It is sold.",
    Status.WITHDRAWN: "It is withdrawn: buyers do not see it.",
    Status.REJECTED: "It is rejected: reopen and publish it once it is mended.",
}


def named(listing: Listing) -> str:
    """Return a car by its year and its title."""
    return f"{listing.year} {listing.title}"


def published(listing: Listing) -> str:
    """Return what is said of an advert that was published just now."""
    return "is published" if listing.dealer.is_sandbox else "is published: buyers see it now"


def standing(listing: Listing) -> str:
    """Return a sentence on whether buyers see an advert."""
    now = timezone.now()
    if is_running(listing, now):
        return "It is live and reserved." if is_reserved(listing, now) else "It is live."
    status = Status(listing.status)
    return _STANDING[Status.EXPIRED if status == Status.LIVE else status]
