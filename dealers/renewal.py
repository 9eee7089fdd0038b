"""Reminding dealers of adverts that are about to run out, and renewing by the mailed link."""

from django.conf import settings
from django.db import connection, transaction

from dealers.exceptions import RenewalLinkSpent
from dealers.links import read_renewal
from dealers.models import ExpiryNotice
from dealers.tasks import send_expiry_digest
from listings.adverts import Action, allowed_actions, lifecycle
from listings.exceptions import DealerSuspended
from listings.models import Listing
from listings.models.conditions import RUNNING_SQL
from marketplace.outbox import enqueue_each

# The lead time that counts is the nearest one: a late start sends no two reminders at once.
_NOTE = f"""
    INSERT INTO dealers_expirynotice (listing_id, expires_at, days_before)
    SELECT listing.id, listing.expires_at, nearest.days
    FROM listings_listing AS listing
    JOIN dealers_dealer AS dealer ON dealer.id = listing.dealer_id AND dealer.is_active
    CROSS JOIN LATERAL (
        SELECT min(days) AS days FROM unnest(%(lead_days)s::integer[]) AS days
        WHERE listing.expires_at <= now() + days * interval '1 day'
    ) AS nearest
    WHERE {RUNNING_SQL}
        AND listing.expires_at <= now() + %(longest)s * interval '1 day'
        AND NOT EXISTS (
            SELECT FROM dealers_expirynotice AS notice
            WHERE notice.listing_id = listing.id AND notice.expires_at = listing.expires_at
                AND notice.days_before <= nearest.days
        )
    ORDER BY listing.id
    ON CONFLICT DO NOTHING
"""  # noqa: S608 - put together from constants


@transaction.atomic
def remind_of_expiry() -> int:
    """Note every reminder that is due, once, and have the unsent ones mailed, one mail a dealer.

    Returns how many were noted.
    """
    lead_days = list(settings.EXPIRY_REMINDER_DAYS)
    with connection.cursor() as cursor:
        cursor.execute(_NOTE, {"lead_days": lead_days, "longest": max(lead_days)})
        noted = int(cursor.rowcount)
    unsent = ExpiryNotice.objects.filter(sent_at=None)
    dealers = unsent.values_list("listing__dealer_id").distinct()
    enqueue_each(send_expiry_digest, dealers, unless_waiting=True)
    return noted


def find_renewable(*, token: str) -> Listing:
    """Return the advert that a mailed link would renew.

    Raises `RenewalLinkInvalid`, and `RenewalLinkSpent` with what has become of the advert.
    """
    return _renewable(token, lock=False)


@transaction.atomic
def renew_by_link(*, token: str) -> Listing:
    """Renew the advert of a mailed link; of two clicks at once one finds it spent.

    Raises what `find_renewable` and `lifecycle.renew` raise.
    """
    listing = _renewable(token, lock=True)
    return lifecycle.renew(listing_id=listing.pk, actor_id=None, reason="renewal link")


def _renewable(token: str, *, lock: bool) -> Listing:
    renewal = read_renewal(token)
    listings = Listing.objects.select_for_update(of=("self",)) if lock else Listing.objects
    listing = listings.select_related("dealer").filter(pk=renewal.listing_id).first()
    if listing is None:
        raise RenewalLinkSpent("The advert no longer exists.")
    if not listing.dealer.is_active:
        raise DealerSuspended("The dealer is suspended.")
    if Action.RENEW not in allowed_actions(listing):
        raise RenewalLinkSpent(f"The advert is {listing.get_status_display().lower()}.")
    if listing.expires_at != renewal.expires_at:
        raise RenewalLinkSpent("The advert has been renewed already.")
    return listing
