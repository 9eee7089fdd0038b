"""How a car was sold: the day, the price, to whom and by which way."""

from dataclasses import dataclass
from datetime import date

from django.db import transaction
from django.utils import timezone

from listings.choices import Status
from listings.exceptions import InvalidSale, ListingNotFound
from listings.models import Listing, Sale
from listings.models.rules import PRICE_MAX
from marketplace.london_time import london_today


@dataclass(frozen=True)
class SaleTerms:
    """What is known of a sale; `sold_on` is today where nobody says."""

    sold_on: date | None = None
    price: int | None = None
    buyer: str = ""
    channel: str = ""


@transaction.atomic
def record_sale(*, listing_id: int, terms: SaleTerms, actor_id: int | None) -> Sale:
    """Keep how an advert that is sold was sold, in place of what was said before.

    Raises `ListingNotFound`, and `InvalidSale` by field.
    """
    listing = Listing.objects.select_for_update(no_key=True).filter(pk=listing_id).first()
    if listing is None or listing.status != Status.SOLD or listing.sold_at is None:
        raise ListingNotFound(ListingNotFound.words)
    today = london_today()
    _refuse_nonsense(terms, today)
    sale, _ = Sale.objects.update_or_create(
        listing=listing,
        defaults={
            "sold_at": listing.sold_at,
            "sold_on": terms.sold_on or today,
            "price": terms.price,
            "buyer": terms.buyer,
            "channel": terms.channel,
            "recorded_by_id": actor_id,
            "recorded_at": timezone.now(),
        },
    )
    return sale


def _refuse_nonsense(terms: SaleTerms, today: date) -> None:
    faults: dict[str, list[str]] = {}
    if terms.sold_on is not None and terms.sold_on > today:
        faults["sold_on"] = ["A sale lies in the past, or is of today."]
    if terms.price is not None and not 1 <= terms.price <= PRICE_MAX:
        faults["price"] = [f"A price is from £1 to £{PRICE_MAX:,}."]
    if terms.buyer and terms.buyer not in Sale.BuyerKind.values:
        faults["buyer"] = ["There is no such kind of buyer."]
    if terms.channel and terms.channel not in Sale.SaleChannel.values:
        faults["channel"] = ["There is no such way of selling."]
    if faults:
        raise InvalidSale("The sale cannot be kept so.", fields=faults)
