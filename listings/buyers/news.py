"""What of an advert's life is told: it was published, came back or got cheaper.

`price_shown_at` is when buyers began to see it at its price: a trigger sets it at all three, and
where a price that they saw goes up, which is not told.
"""

from django.db.models import Exists, F, OuterRef, Q

from listings.models import PriceChange
from listings.models.listing import ListingQuerySet

_RAISED = PriceChange.objects.filter(
    Q(new_price__isnull=True) | Q(new_price__gt=F("old_price")),
    listing=OuterRef("pk"),
    old_seen_until=OuterRef("price_shown_at"),  # seen until it was raised, not hidden in between
)


def news(adverts: ListingQuerySet) -> ListingQuerySet:
    """Leave out the adverts that are seen as they are since their price went up."""
    return adverts.filter(~Exists(_RAISED), price_shown_at__isnull=False)
