"""Mails that a dealer's people write to buyers."""

import structlog
from django.db import transaction
from django.utils import timezone

from listings.buyers.enquiry_mails import dealer_address
from listings.buyers.links import BuyerLink, link_to
from listings.models import Enquiry, EnquiryMessage
from marketplace.mail import AddressRefused, MailRefused, send_mail

log = structlog.get_logger(__name__)


def mail_answer(*, message_id: int) -> bool:
    """Mail an answer that was not sent yet; return whether a mail went out.

    Nothing goes to somebody who withdrew or erased the enquiry meanwhile, nor to an address that
    the mail server refuses: the answer shows that. Raises `MailServerAway`.
    """
    with transaction.atomic():
        rows = EnquiryMessage.objects.select_for_update(of=("self",))
        unsent = rows.filter(pk=message_id, sent_at=None, failed_at=None)
        message = unsent.select_related("record__dealer", "author").first()
        if message is None:
            return False
        is_sent = message.record.is_in_force and bool(message.record.email) and _send(message)
        now = timezone.now()
        rows.filter(pk=message_id).update(**{"sent_at" if is_sent else "failed_at": now})
    return is_sent


def _send(message: EnquiryMessage) -> bool:
    rows = Enquiry.objects.select_related("listing", "branch", "record__dealer")
    enquiry = rows.get(record=message.record_id)
    dealer = message.record.dealer
    if dealer is None:
        return False
    context = {
        "message": message,
        "enquiry": enquiry,
        "dealer": dealer,
        "branch": enquiry.branch,
        "record_url": link_to(BuyerLink.RECORD, message.record_id),
    }
    try:
        send_mail(
            to=message.record.email,
            subject=f"Your enquiry: {enquiry.title}",
            template="dealers/enquiries/answer",
            context=context,
            headers={"Reply-To": dealer_address(enquiry) or dealer.email},
        )
    except (AddressRefused, MailRefused) as refusal:
        log.warning("answer_refused", message_id=message.pk, refusal=type(refusal).__name__)
        return False
    return True
