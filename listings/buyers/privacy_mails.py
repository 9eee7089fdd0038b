"""The mail with the link to everything that an address left."""

import structlog
from django.db import transaction
from django.utils import timezone

from listings.buyers import ledger
from listings.buyers.links import BuyerLink, link_to
from listings.models import BuyerRecord, PrivacyRequest
from marketplace.mail import AddressRefused, send_mail

log = structlog.get_logger(__name__)


def send_link(*, record_id: int) -> bool:
    """Mail the link, once, if anything was left with the address; else forget that it was asked.

    Raises `MailServerAway`.
    """
    with transaction.atomic():
        rows = PrivacyRequest.objects.select_for_update(of=("self",)).select_related("record")
        asked = rows.filter(record=record_id, record__erased_at=None, mailed_at=None).first()
        if asked is None:
            return False
        record = asked.record
        is_sent = ledger.left_by(record.email).exists() and _send(record)
        if is_sent:
            asked.mailed_at = timezone.now()
            asked.save(update_fields=["mailed_at"])
        else:
            ledger.erase_all(BuyerRecord.objects.filter(pk=record.pk))
    return is_sent


def _send(record: BuyerRecord) -> bool:
    context = {"link": link_to(BuyerLink.PERSON, record.pk), "record": record}
    try:
        send_mail(
            to=record.email,
            subject="What you left with us",
            template="buyers/mail/privacy",
            context=context,
        )
    except AddressRefused:
        log.warning("privacy_address_refused", record_id=record.pk)
        return False
    return True
