"""The first page of the admin: what there is and what waits for somebody."""

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from django.db.models import Max
from django.http import HttpRequest
from django.urls import reverse
from django.utils import timezone

from dealers.models import Dealer
from listings.choices import Confirmation, Status
from listings.models import AdvertReport, AdvertSignal, Listing, Make, MarketFit, Model

VALUES_STALE_AFTER = timedelta(days=2)
"""They are fitted every night: two that failed are no accident."""


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
    """Add to the home page the figures that this person may look into."""
    user = request.user
    return {
        **context,
        "title": "Home",
        "figures": [figure for figure in _figures() if user.has_perm(figure.permission)],
    }


def _figures() -> list[AdminFigure]:
    now = timezone.now()
    soon = Listing.objects.of_market().running().filter(expires_at__lte=now + timedelta(days=7))
    drafts = Listing.objects.of_market().in_status(Status.DRAFT)
    listings = reverse("admin:listings_listing_changelist")
    makes = reverse("admin:listings_make_changelist")
    models = reverse("admin:listings_model_changelist")
    reports = reverse("admin:listings_advertreport_changelist")
    signals = reverse("admin:listings_advertsignal_changelist")
    dealers = reverse("admin:dealers_dealer_changelist")
    view = "listings.view_{}".format
    pending = {"confirmation": Confirmation.PENDING}
    wait = "?confirmation__exact=pending"
    return [
        *_stale_values(now),
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
            "Reports to look at",
            AdvertReport.objects.filter(decision=AdvertReport.Decision.OPEN).count(),
            "flag",
            f"{reports}?decision__exact=open",
            view("advertreport"),
        ),
        AdminFigure(
            "Adverts that look wrong",
            AdvertSignal.objects.filter(dismissed_at=None).count(),
            "warning",
            f"{signals}?judged=no",
            view("advertsignal"),
        ),
        AdminFigure(
            "Makes to confirm",
            Make.objects.filter(**pending).count(),
            "new_label",
            f"{makes}{wait}",
            view("make"),
        ),
        AdminFigure(
            "Models to confirm",
            Model.objects.filter(**pending).count(),
            "new_label",
            f"{models}{wait}",
            view("model"),
        ),
        AdminFigure(
            "Suspended dealers",
            Dealer.objects.filter(is_active=False).count(),
            "block",
            f"{dealers}?is_active__exact=0",
            "dealers.view_dealer",
        ),
    ]


def _stale_values(now: datetime) -> list[AdminFigure]:
    """Return for how many days no version of the market was fitted, if that is too long."""
    last = MarketFit.objects.aggregate(last=Max("fitted_at"))["last"]
    if last is None or now - last < VALUES_STALE_AFTER:
        return []
    return [
        AdminFigure(
            "Days since market values were fitted",
            (now - last).days,
            "query_stats",
            reverse("admin:listings_marketfit_changelist"),
            "listings.view_marketfit",
        )
    ]
