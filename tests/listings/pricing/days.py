"""What happens to the price of an advert, and the time that passes in between."""

from datetime import timedelta

from django.db.models import F

from listings.models import Listing, PriceChange
from tests.dealers.stock_api.caller import Caller, item

SEEN = ("published_at", "price_shown_at", "price_hidden_at", "lowest_price_ends_at")


def pass_time(**duration: float) -> None:
    """Make all that buyers have seen so far so much older; adverts do not run out by it."""
    age = timedelta(**duration)
    Listing.objects.update(**{name: F(name) - age for name in SEEN})
    PriceChange.objects.update(
        changed_at=F("changed_at") - age, old_seen_until=F("old_seen_until") - age
    )


def cost(api: Caller, row: Listing, price: int | None) -> None:
    """Have the dealer's system ask another price."""
    assert api.patch(item(row), {"price": price}).status_code == 200
