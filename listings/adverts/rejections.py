"""The mail that tells a dealer's people which adverts were rejected, and why."""

from collections.abc import Iterable

import structlog
from django.conf import settings
from django.contrib.auth import get_user_model
from django.db import transaction
from django.urls import reverse

from listings.choices import Status
from listings.models import Listing, RejectionNotice
from marketplace.mail import AddressRefused, send_mail

PANEL_PAGE = "dealer:listings_listing_change"

log = structlog.get_logger(__name__)


def send_rejections(*, dealer_id: int) -> int:
    """Mail everybody in a dealer's team what was rejected; return how many mails went out.

    One mail names all adverts that nobody was told of yet. Their notices are deleted in the same
    transaction, after the mails are handed over: a process that is killed in between sends again
    rather than never. Nothing is said of adverts that were reopened meanwhile, nor to a suspended
    dealer, who can mend nothing. A team without people is told at the dealer's own address.
    Raises `MailServerAway`.
    """
    with transaction.atomic():
        waiting = RejectionNotice.objects.for_dealer(dealer_id).order_by("pk")
        notices = list(waiting.select_related("listing__dealer").select_for_update(of=("self",)))
        told = [
            notice
            for notice in notices
            if notice.listing.status == Status.REJECTED and notice.listing.dealer.is_active
        ]
        sent = sum(_send(to, told) for to in _addresses(dealer_id, told)) if told else 0
        RejectionNotice.objects.filter(pk__in=[notice.pk for notice in notices]).delete()
    return sent


def _addresses(dealer_id: int, told: list[RejectionNotice]) -> Iterable[str]:
    people = get_user_model().objects.filter(is_active=True, memberships__dealer=dealer_id)
    emails = list(people.order_by("pk").values_list("email", flat=True))
    return emails or [told[0].listing.dealer.email]


def _send(to: str, told: list[RejectionNotice]) -> bool:
    names = [f"{notice.listing.year} {notice.listing.title}" for notice in told]
    context = {
        "dealer": told[0].listing.dealer,
        "lines": [
            {"name": name, "reason": notice.reason, "url": _address_of(notice.listing)}
            for name, notice in zip(names, told, strict=True)
        ],
    }
    subject = f"Rejected: {names[0]}" if len(told) == 1 else f"{len(told)} adverts were rejected"
    try:
        send_mail(
            to=to,
            subject=" ".join(subject.split()),
            template="listings/mail/rejected",
            context=context,
        )
    except AddressRefused:
        log.warning("rejection_address_refused", dealer_id=told[0].listing.dealer_id)
        return False
    return True


def _address_of(listing: Listing) -> str:
    return f"{settings.PUBLIC_URL}{reverse(PANEL_PAGE, args=[listing.pk])}"
