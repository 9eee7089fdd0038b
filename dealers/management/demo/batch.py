"""A batch of the demo's adverts, written by one transaction and a handful of statements."""

from datetime import timedelta

from django.db import connection, transaction

from dealers.management.demo.pictures import SIZE, store_picture
from dealers.management.demo.stock import Advert
from listings.choices import PriceReason, Status
from listings.models import Listing, ListingEvent, Photo, PricePlan, PriceSchedule
from listings.pricing import attribute_prices

# The trigger dates a price at the moment it is written; the demo's prices are older.
_REDUCED_AT = "listing.published_at + (now() - listing.published_at) / 2"
_DATE_PRICES = f"""
WITH dated AS (
    UPDATE listings_pricechange change SET
        changed_at = CASE
            WHEN change.old_price IS NULL THEN listing.created_at ELSE {_REDUCED_AT}
        END,
        old_seen_until = CASE WHEN change.old_seen_until IS NOT NULL THEN {_REDUCED_AT} END
    FROM listings_listing listing
    WHERE listing.id = change.listing_id AND listing.id = ANY(%s)
    RETURNING change.listing_id, change.old_seen_until
)
UPDATE listings_listing listing SET price_shown_at = dated.old_seen_until
FROM dated WHERE listing.id = dated.listing_id AND dated.old_seen_until IS NOT NULL
"""  # noqa: S608 - put together from constants


@transaction.atomic
def write_adverts(adverts: list[Advert], plans: dict[int, PricePlan]) -> None:
    """Write adverts with their events, price history and pictures.

    `plans` maps a dealer's id to the plan on which its live adverts are.
    """
    attribute_prices(reason=PriceReason.LOAD, actor_id=None)
    _write_listings(adverts)
    ids = [advert.listing.pk for advert in adverts]
    with connection.cursor() as cursor:
        cursor.execute(_DATE_PRICES, [ids])
    events = []
    for advert in adverts:
        for event in advert.life.events:
            event.listing = advert.listing
            events.append(event)
    ListingEvent.objects.bulk_create(sorted(events, key=lambda event: event.happened_at))
    live = [advert.listing for advert in adverts if advert.listing.status == Status.LIVE]
    PriceSchedule.objects.bulk_create(
        _schedule(listing, plans[listing.dealer_id])
        for listing in live
        if listing.dealer_id in plans
    )
    Photo.objects.bulk_create(_photo(listing) for listing in live if listing.pk % 5)


def _write_listings(adverts: list[Advert]) -> None:
    """Insert the adverts at their first price, then reduce those that have been reduced."""
    reduced = {}
    for advert in adverts:
        if advert.price_before is not None:
            reduced[advert.listing.stock_ref] = advert.listing.price
            advert.listing.price = advert.price_before
    rows = Listing.objects.bulk_create(advert.listing for advert in adverts)
    changed = [row for row in rows if row.stock_ref in reduced]
    for row in changed:
        row.price = reduced[row.stock_ref]
    Listing.objects.bulk_update(changed, ["price"], batch_size=500)


def _schedule(listing: Listing, plan: PricePlan) -> PriceSchedule:
    """Return a place on a plan; drops that are due already are left to the job."""
    if listing.confirmed_at is None:
        raise ValueError(listing.stock_ref)
    next_drop_at = listing.confirmed_at + timedelta(days=plan.after_days)
    return PriceSchedule(listing=listing, plan=plan, next_drop_at=next_drop_at)


def _photo(listing: Listing) -> Photo:
    if listing.body_type is None or listing.colour is None:
        raise ValueError(listing.stock_ref)
    width, height = SIZE
    name = store_picture(listing.body_type, listing.colour)
    return Photo(listing=listing, image=name, width=width, height=height, position=0)
