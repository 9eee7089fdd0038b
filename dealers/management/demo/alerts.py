"""A buyer of the demo who is told of what happens; of what stands here nobody is mailed."""

from django.db import transaction
from django.utils import timezone

from listings.buyers.saved_searches import WantedAlerts, confirm_search, save_search
from listings.models import SavedSearch
from listings.search.criteria import Criteria
from listings.search.fields import Range

BUYER_EMAIL = "buyer@example.com"
Frequency = SavedSearch.Frequency
ALERTS = (
    WantedAlerts(Frequency.INSTANT, "Land Rover", Criteria(make=("land-rover",))),
    WantedAlerts(
        Frequency.DAILY,
        "Up to £8,000, within 50 miles, near Leeds",
        Criteria(price=Range(None, 8_000), near="Leeds", within_miles=50),
    ),
)


def add_alerts() -> None:
    """Add them, confirmed, unless they are there."""
    for each in ALERTS:
        with transaction.atomic():
            saved = save_search(wanted=each, email=BUYER_EMAIL)
            if saved is not None:
                rows = SavedSearch.objects.filter(pk=saved.pk)
                rows.update(confirmation_mailed_at=timezone.now())  # so the task mails nothing
                confirm_search(record_id=saved.record_id)
