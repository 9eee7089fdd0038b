"""The mails that a reservation causes: what becomes of it, to the buyer and to the dealer."""

from collections.abc import Callable
from typing import Any

import structlog
from django.conf import settings
from django.db import transaction
from django.urls import reverse

from listings.buyers.deposits import deposits
from listings.buyers.enquiry_mails import alternatives
from listings.buyers.links import BuyerLink, link_to
from listings.models import Reservation
from marketplace.mail import AddressRefused, send_mail

ALTERNATIVES = 3
Standing = Reservation.Standing
SUBJECTS = {
    Standing.ASKED: "You asked to reserve: {}",
    Standing.HELD: "Reserved for you: {}",
    Standing.DECLINED: "Not reserved: {}",
    Standing.CANCELLED: "Reservation cancelled: {}",
    Standing.LAPSED: "Reservation ended: {}",
    Standing.SOLD: "Reservation ended: {}",
    Standing.ENDED: "Reservation ended: {}",
}
NOTICES = {
    Standing.ASKED: "A buyer asks to reserve: {}",
    Standing.HELD: "Reserved by a buyer: {}",
    Standing.CANCELLED: "A buyer gives back: {}",
    Standing.LAPSED: "Reservation ended: {}",
}
"""What the dealer did is no news to the dealer."""

log = structlog.get_logger(__name__)


def tell_buyer(*, reservation_id: int, number: int) -> bool:
    """Mail what has become of a reservation, unless a later mail told it; return whether one went.

    Nobody is written to who took the consent back. Raises `MailServerAway`.
    """
    return _once(reservation_id, number, "mailed", _to_buyer)


def tell_dealer(*, reservation_id: int, number: int) -> bool:
    """Mail the dealer what the buyer or the clock did. Raises `MailServerAway`."""
    return _once(reservation_id, number, "noticed", _to_dealer)


def _once(reservation_id: int, number: int, mark: str, send: Callable[[Reservation], bool]) -> bool:
    """Send one mail for all changes so far, and mark them told in the same transaction."""
    with transaction.atomic():
        rows = Reservation.objects.select_for_update(of=("self",)).select_related(
            "record__dealer", "record__consent", "listing__branch", "listing__make"
        )
        untold = rows.filter(pk=reservation_id, **{f"{mark}__lt": number})
        reservation = untold.first()
        if reservation is None:
            return False
        try:
            is_sent = send(reservation)
        except AddressRefused:
            log.warning("reservation_address_refused", reservation_id=reservation_id, mark=mark)
            is_sent = False
        setattr(reservation, mark, reservation.mails)
        reservation.save(update_fields=[mark])
    return is_sent


def _to_buyer(reservation: Reservation) -> bool:
    record, standing = reservation.record, Standing(reservation.standing)
    is_own_wish = standing == Standing.CANCELLED
    if not record.is_in_force and not (is_own_wish and record.erased_at is None):
        return False
    car = reservation.listing
    is_over = standing not in Reservation.ACTIVE and not is_own_wish
    near = alternatives(car, limit=ALTERNATIVES) if car is not None and is_over else []
    send_mail(
        to=record.email,
        subject=_subject(SUBJECTS[standing], reservation),
        template="buyers/mail/reservation",
        context={
            **_context(reservation),
            "link": link_to(BuyerLink.RECORD, record.pk),
            "near": [(each, _address(each.pk)) for each in near],
            "deposit_page": _deposit_page(reservation),
        },
    )
    return True


def _to_dealer(reservation: Reservation) -> bool:
    dealer, standing = reservation.record.dealer, Standing(reservation.standing)
    if dealer is None or not dealer.is_active or standing not in NOTICES:
        return False
    is_own = standing == Standing.HELD and reservation.decided_by_id is not None
    if is_own:
        return False
    branch = reservation.listing.branch if reservation.listing else None
    send_mail(
        to=(branch.enquiry_email if branch else "") or dealer.enquiry_email or dealer.email,
        subject=_subject(NOTICES[standing], reservation),
        template="buyers/mail/reservation_notice",
        context={
            **_context(reservation),
            "page": f"{settings.PUBLIC_URL}{reverse(PANEL_PAGE, args=[reservation.pk])}",
        },
    )
    return True


PANEL_PAGE = "dealer:listings_reservation_change"


def _context(reservation: Reservation) -> dict[str, Any]:
    car = reservation.listing
    return {
        "reservation": reservation,
        "record": reservation.record,
        "dealer": reservation.record.dealer,
        "branch": car.branch if car else None,
        "address": _address(car.pk) if car else "",
    }


def _subject(words: str, reservation: Reservation) -> str:
    return " ".join(words.format(reservation.title).split())


def _deposit_page(reservation: Reservation) -> str:
    adapter = deposits()
    is_due = reservation.deposit == Reservation.DepositState.ASKED
    return adapter.ask(reservation) if adapter and is_due else ""


def _address(listing_id: int) -> str:
    return f"{settings.PUBLIC_URL}{reverse('advert-by-id', args=[listing_id])}"
