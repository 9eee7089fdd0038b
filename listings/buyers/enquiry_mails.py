"""The mails that an enquiry causes: to the dealer, to the dealer's CRM, and the buyer's receipt."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from email.utils import formataddr
from typing import Any

import structlog
from django.conf import settings
from django.db import transaction
from django.template.loader import render_to_string
from django.urls import reverse
from django.utils import timezone

from listings.buyers.adf import adf
from listings.buyers.links import BuyerLink, link_to
from listings.choices import Status
from listings.models import Enquiry, EnquiryMail, Listing
from listings.search.similar import similar
from marketplace.mail import AddressRefused, send_mail

ALTERNATIVES = 3
Recipient = EnquiryMail.Recipient
log = structlog.get_logger(__name__)


@dataclass(frozen=True)
class EnquiryLetter:
    """A mail as it goes out; of its addresses the first that is not refused gets it."""

    addresses: tuple[str, ...]
    subject: str
    template: str
    context: Mapping[str, object]
    headers: Mapping[str, str] = field(default_factory=dict)
    has_html: bool = True


def send(*, mail_id: int) -> bool:
    """Send a mail of an enquiry that was not sent yet; return whether one went out.

    It is marked in the same transaction, after it was handed over: a process that is killed in
    between sends again rather than never. Nothing goes out of what was withdrawn or erased, and
    nothing to a suspended dealer. Raises `MailServerAway`.
    """
    with transaction.atomic():
        mail = _unsent(mail_id)
        if mail is None or not _is_wanted(mail):
            return False
        letter = LETTERS[Recipient(mail.recipient)](mail.record.enquiry)
        for address in dict.fromkeys(filter(None, letter.addresses)):
            try:
                _send(letter, address)
            except AddressRefused:
                mail.refused_at = timezone.now()
                log.warning("enquiry_address_refused", to=mail.recipient, mail_id=mail.pk)
            else:
                mail.sent_at = timezone.now()
                break
        mail.save(update_fields=["sent_at", "refused_at"])
    return mail.sent_at is not None


def dealer_address(enquiry: Enquiry) -> str:
    """Return where enquiries about the car are answered from; empty where no such is named."""
    dealer, branch = enquiry.record.dealer, enquiry.branch
    return (branch.enquiry_email if branch else "") or (dealer.enquiry_email if dealer else "")


def alternatives(car: Listing, *, limit: int) -> list[Listing]:
    """Return the public adverts nearest to a car that is gone."""
    ids = [each.id for each in similar(car, limit=limit)]
    rows = Listing.objects.public().with_card().in_bulk(ids)
    return [rows[pk] for pk in ids if pk in rows]


def _unsent(mail_id: int) -> EnquiryMail | None:
    rows = EnquiryMail.objects.select_for_update(of=("self",)).select_related(
        "record__consent",
        "record__dealer",
        "record__enquiry__branch",
        "record__enquiry__listing__make",
        "record__enquiry__listing__model",
    )
    return rows.filter(pk=mail_id, sent_at=None, refused_at=None).first()


def _is_wanted(mail: EnquiryMail) -> bool:
    if not mail.record.is_in_force:
        return False
    dealer = mail.record.dealer
    return mail.recipient == Recipient.BUYER or (dealer is not None and dealer.is_active)


def _send(letter: EnquiryLetter, address: str) -> None:
    send_mail(
        to=address,
        subject=" ".join(letter.subject.split()),
        template=letter.template,
        context=letter.context,
        headers=letter.headers,
        has_html=letter.has_html,
    )


def _to_dealer(enquiry: Enquiry) -> EnquiryLetter:
    dealer = enquiry.record.dealer
    return EnquiryLetter(
        (dealer_address(enquiry), dealer.enquiry_email, dealer.email) if dealer else (),
        f"Enquiry: {enquiry.title}",
        "buyers/mail/enquiry",
        _context(enquiry),
        _reply_to_buyer(enquiry),
    )


def _to_crm(enquiry: Enquiry) -> EnquiryLetter:
    dealer, branch = enquiry.record.dealer, enquiry.branch
    comments = render_to_string("buyers/mail/adf_comments.txt", _context(enquiry)).strip()
    email = dealer_address(enquiry) or (dealer.email if dealer else "")
    return EnquiryLetter(
        ((branch.crm_email if branch else "") or (dealer.crm_email if dealer else ""),),
        f"ADF lead: {enquiry.title}",
        "buyers/mail/adf",
        {"xml": adf(enquiry, vendor_email=email, comments=comments)},
        _reply_to_buyer(enquiry),
        has_html=False,
    )


def _to_buyer(enquiry: Enquiry) -> EnquiryLetter:
    car, is_gone = enquiry.listing, enquiry.car_status != Status.LIVE
    near = alternatives(car, limit=ALTERNATIVES) if car is not None and is_gone else []
    own = dealer_address(enquiry)
    return EnquiryLetter(
        (enquiry.record.email,),
        f"Your enquiry: {enquiry.title}",
        "buyers/mail/receipt",
        {
            **_context(enquiry),
            "link": link_to(BuyerLink.RECORD, enquiry.record_id),
            "near": [(each, _address(each)) for each in near],
        },
        {"Reply-To": own} if own else {},
    )


def _context(enquiry: Enquiry) -> dict[str, Any]:
    return {
        "enquiry": enquiry,
        "record": enquiry.record,
        "dealer": enquiry.record.dealer,
        "branch": enquiry.branch,
        "car": enquiry.listing,
        "is_gone": enquiry.car_status != Status.LIVE,
        "was_sold": enquiry.car_status == Status.SOLD,
        "address": _address(enquiry.listing) if enquiry.listing else "",
    }


def _reply_to_buyer(enquiry: Enquiry) -> dict[str, str]:
    record = enquiry.record
    return {"Reply-To": formataddr((record.name, record.email))} if record.email else {}


def _address(car: Listing) -> str:
    return f"{settings.PUBLIC_URL}{reverse('advert-by-id', args=[car.pk])}"


LETTERS: Mapping[Recipient, Callable[[Enquiry], EnquiryLetter]] = {
    Recipient.DEALER: _to_dealer,
    Recipient.CRM: _to_crm,
    Recipient.BUYER: _to_buyer,
}
