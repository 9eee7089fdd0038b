"""The first page of the admin: what there is and what waits for somebody."""

from dataclasses import dataclass
from datetime import timedelta
from typing import Any

from django.http import HttpRequest
from django.urls import reverse
from django.utils import timezone

from dealers.admin.staff_queues import staff_queues
from dealers.models import Dealer
from listings.choices import Status
from listings.models import Listing


@dataclass(frozen=True)
class AdminFigure:
    """A number, what it counts, and the list that shows what it counted."""

    label: str
    count: int
    icon: str
    url: str
    permission: str

    @property
    def shown(self) -> str:
        return f"{self.count:,}"


def add_figures(request: HttpRequest, context: dict[str, Any]) -> dict[str, Any]:
    """Add to the home page what waits and the figures, of what this person may look into."""
    user: Any = request.user
    return {
        **context,
        "title": "Home",
        "waiting": staff_queues(user),
        "figures": [figure for figure in _figures() if user.has_perm(figure.permission)],
    }


def _figures() -> list[AdminFigure]:
    now = timezone.now()
    soon = Listing.objects.of_market().running().filter(expires_at__lte=now + timedelta(days=7))
    drafts = Listing.objects.of_market().in_status(Status.DRAFT)
    listings = reverse("admin:listings_listing_changelist")
    dealers = reverse("admin:dealers_dealer_changelist")
    view = "listings.view_{}".format
    return [
        AdminFigure(
            "Live",
            Listing.objects.public().count(),
            "directions_car",
            f"{listings}?status__exact=live&sandbox=0",
            view("listing"),
        ),
        AdminFigure(
            "Drafts",
            drafts.count(),
            "edit_note",
            f"{listings}?status__exact=draft&sandbox=0",
            view("listing"),
        ),
        AdminFigure(
            "Expiring within 7 days",
            soon.count(),
            "timer",
            f"{listings}?expires=7&sandbox=0",
            view("listing"),
        ),
        AdminFigure(
            "Suspended dealers",
            Dealer.objects.filter(is_active=False).count(),
            "block",
            f"{dealers}?is_active__exact=0",
            "dealers.view_dealer",
        ),
    ]
