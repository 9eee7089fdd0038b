"""What adverts are when somebody begins to listen: events tell how they change from there."""

from django.db import connection
from django.db.models import Q

from dealers.models import WebhookEndpoint, WebhookListing, WebhookMessage
from listings.models.conditions import PUBLIC_SQL

STATEMENT_SECONDS = 300
"""A million adverts take half a minute: more than a request's statement may."""

_ADVERTS = f"""
    INSERT INTO dealers_webhooklisting AS said
        (listing_id, dealer_id, status, price, revision, is_public)
    SELECT listing.id, listing.dealer_id, listing.status, listing.price,
        listing.revision::text::bigint, {PUBLIC_SQL}
    FROM listings_listing AS listing
    JOIN dealers_dealer AS dealer ON dealer.id = listing.dealer_id
    WHERE listing.published_at IS NOT NULL
"""  # noqa: S608 - texts of ours
_OF_DEALER = f"{_ADVERTS} AND listing.dealer_id = %s ON CONFLICT (listing_id) DO NOTHING"
# Dealers who listened before left rows that do not say whether buyers saw the adverts.
_OF_ALL = f"""{_ADVERTS}
    ON CONFLICT (listing_id) DO UPDATE SET is_public = excluded.is_public
    WHERE said.revision IS NULL OR said.revision <= excluded.revision
"""
_UNHEARD = """
    DELETE FROM dealers_webhooklisting AS said WHERE NOT EXISTS (
        SELECT FROM dealers_webhookendpoint AS endpoint WHERE endpoint.dealer_id = said.dealer_id
    )
"""


def begin_dealer(dealer_id: int) -> None:
    """Note a dealer's adverts; those that somebody hears of already are noted."""
    with connection.cursor() as cursor:
        cursor.execute(_OF_DEALER, [dealer_id])


def begin_marketplace() -> None:
    """Note all adverts, unless somebody hears of all already; in the caller's transaction."""
    if WebhookEndpoint.objects.of_marketplace().exists():
        return
    with connection.cursor() as cursor:
        cursor.execute("SELECT current_setting('statement_timeout')")
        usual = cursor.fetchone()[0]
        cursor.execute(
            "SELECT set_config('statement_timeout', %s, true)", [f"{STATEMENT_SECONDS}s"]
        )
        cursor.execute(_OF_ALL)
        cursor.execute("SELECT set_config('statement_timeout', %s, true)", [usual])


def forget_unheard(ended: WebhookEndpoint) -> None:
    """Remove what is kept for nobody, now that an endpoint is gone; in the caller's transaction."""
    is_dealers = Q() if ended.dealer_id is None else Q(dealer=ended.dealer_id)
    audience = is_dealers & Q(audience=ended.audience)
    is_heard = WebhookEndpoint.objects.filter(audience).exists()
    if not is_heard:
        WebhookMessage.objects.filter(audience).delete()
    if WebhookEndpoint.objects.of_marketplace().exists():
        return
    if ended.dealer_id is None:
        with connection.cursor() as cursor:
            cursor.execute(_UNHEARD)
    elif not is_heard:
        WebhookListing.objects.for_dealer(ended.dealer_id).delete()
