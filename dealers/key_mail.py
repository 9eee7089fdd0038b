"""The mail that a key is about to end, to those who may make another."""

from datetime import timedelta

import structlog
from django.conf import settings
from django.db import transaction
from django.db.models import Exists, F, OuterRef
from django.urls import reverse
from django.utils import timezone

from dealers.models import ApiKey
from dealers.models.keys import ApiKeyQuerySet
from dealers.permissions import Permission, members_who_may
from marketplace.mail import AddressRefused, send_mail

TOLD_BEFORE = timedelta(days=7)

log = structlog.get_logger(__name__)


def ending_keys() -> ApiKeyQuerySet:
    """Return keys that end within a week, of whom nobody was told yet and somebody can be.

    Who makes a key for a week or less knows its end.
    """
    able = members_who_may(Permission.CREATE_KEYS).for_dealer(OuterRef("dealer"))
    ending = ApiKey.objects.usable().filter(expires_at__lte=timezone.now() + TOLD_BEFORE)
    untold = ending.filter(end_told_at=None, created_at__lt=F("expires_at") - TOLD_BEFORE)
    return untold.filter(Exists(able))


def send_key_notice(*, key_id: int) -> int:
    """Tell everybody who may make keys that one ends; return how many mails went out.

    Marked in the same transaction, after the mails are handed over. Raises `MailServerAway`.
    """
    with transaction.atomic():
        due = ending_keys().select_related("dealer").select_for_update(of=("self",))
        key = due.filter(pk=key_id).first()
        if key is None:
            return 0
        able = members_who_may(Permission.CREATE_KEYS).for_dealer(key.dealer_id)
        members = able.select_related("user").order_by("pk")
        sent = sum(_send(key, member.user.email, member.user.full_name) for member in members)
        key.end_told_at = timezone.now()
        key.save(update_fields=["end_told_at"])
    return sent


def _send(key: ApiKey, to: str, name: str) -> bool:
    context = {
        "key": key,
        "name": name,
        "url": f"{settings.PUBLIC_URL}{reverse('dealer:keys')}",
    }
    subject = f"The API key {key.name} of {key.dealer.name} ends soon"
    try:
        send_mail(to=to, subject=subject, template="dealers/keys/ending", context=context)
    except AddressRefused:
        log.warning("key_notice_address_refused", key=key.pk)
        return False
    return True
