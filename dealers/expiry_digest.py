"""The mail that tells a dealer which adverts are about to run out."""

import math
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime, timedelta

import structlog
from django.db import transaction
from django.utils import timezone

from dealers.links import Renewal, renewal_url
from dealers.models import Dealer, ExpiryNotice
from listings.choices import Status
from listings.models import Listing
from marketplace.mail import AddressRefused, send_mail

log = structlog.get_logger(__name__)


@dataclass(frozen=True)
class DigestLine:
    """An advert in the mail."""

    listing: Listing
    days_left: int
    url: str


def send_digest(*, dealer_id: int) -> int:
    """Send one mail about all of a dealer's unsent notices; return how many adverts it names.

    The notices are marked in the same transaction, after the mail is handed over: a process that
    is killed in between sends again rather than never. Notices that no longer hold are deleted.
    Raises `MailServerAway`.
    """
    now = timezone.now()
    with transaction.atomic():
        dealer = Dealer.objects.filter(pk=dealer_id).first()
        notices = (
            ExpiryNotice.objects.for_dealer(dealer_id)
            .filter(sent_at=None)
            .select_related("listing")
            .order_by("pk")
            .select_for_update(skip_locked=True, of=("self",))
        )
        holding = {notice.pk: notice.listing for notice in notices if _holds(notice, now)}
        unsent = ExpiryNotice.objects.filter(pk__in=[notice.pk for notice in notices])
        if dealer is None or not dealer.is_active:
            holding = {}
        unsent.exclude(pk__in=holding).delete()
        if not holding or dealer is None:
            return 0
        lines = _lines({listing.pk: listing for listing in holding.values()}.values(), now)
        _send(dealer, lines)
        unsent.filter(pk__in=holding).update(sent_at=now)
    return len(lines)


def _holds(notice: ExpiryNotice, now: datetime) -> bool:
    listing = notice.listing
    same_end = listing.expires_at == notice.expires_at
    return same_end and notice.expires_at > now and listing.status == Status.LIVE


def _lines(listings: Iterable[Listing], now: datetime) -> list[DigestLine]:
    return [
        DigestLine(
            listing,
            math.ceil((listing.expires_at - now) / timedelta(days=1)),
            renewal_url(Renewal(listing.pk, listing.expires_at)),
        )
        for listing in sorted(listings, key=lambda row: (row.expires_at, row.pk))
        if listing.expires_at is not None
    ]


def _send(dealer: Dealer, lines: list[DigestLine]) -> None:
    count = f"{len(lines)} of your adverts run" if len(lines) > 1 else "One of your adverts runs"
    try:
        send_mail(
            to=dealer.email,
            subject=f"{count} out soon",
            template="dealers/renewal/reminder",
            context={"dealer": dealer, "lines": lines},
        )
    except AddressRefused:
        log.warning("reminder_address_refused", dealer_id=dealer.pk)
