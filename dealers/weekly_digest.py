"""The mail of a week: what became of a dealer's stock, and what to do about it."""

from datetime import datetime

import structlog
from django.conf import settings
from django.db import transaction
from django.db.models import QuerySet
from django.urls import reverse
from django.utils import timezone

from dealers.links import weekly_mail_url
from dealers.models import Membership, WeeklyMail
from dealers.stock_week import figures_of, suggestions_for, told_changes
from listings.buyers.digest_times import last_morning
from marketplace.mail import AddressRefused, send_mail

log = structlog.get_logger(__name__)


def due_mails(now: datetime) -> QuerySet[WeeklyMail]:
    """Return whom no mail was sent to since London's last Monday morning, and may look."""
    due = WeeklyMail.objects.filter(told_at__lt=last_morning(now, weekly=True))
    return due.filter(membership__user__is_active=True, membership__dealer__is_active=True)


def send_weekly(*, membership_id: int) -> bool:
    """Mail one person about the dealer's week; return whether it was due.

    Marked in the same transaction, after the mail is handed over. Raises `MailServerAway`.
    """
    now = timezone.now()
    with transaction.atomic():
        # of two processes one waits, and then finds nothing due
        row = WeeklyMail.objects.select_for_update().filter(pk=membership_id).first()
        if row is None or not due_mails(now).filter(pk=membership_id).exists():
            return False
        members = Membership.objects.select_related("dealer", "user")
        row.figures = _send(members.get(pk=membership_id), row)
        row.told_at = now
        row.save(update_fields=["figures", "told_at"])
    return True


def _send(member: Membership, row: WeeklyMail) -> dict[str, object]:
    figures = figures_of(member.dealer_id)
    stop = weekly_mail_url(member.pk)
    context = {
        "member": member,
        "since": row.told_at,
        "changes": told_changes(member.dealer_id, row.told_at, row.figures, figures),
        "suggestions": suggestions_for(member.dealer_id),
        "panel_url": f"{settings.PUBLIC_URL}{reverse('dealer:market')}",
        "stop_url": stop,
    }
    try:
        send_mail(
            to=member.user.email,
            subject=f"Your week: {member.dealer.name}",
            template="dealers/weekly/mail",
            context=context,
            headers={
                "List-Unsubscribe": f"<{stop}>",
                "List-Unsubscribe-Post": "List-Unsubscribe=One-Click",  # RFC 8058
            },
        )
    except AddressRefused:
        log.warning("weekly_mail_address_refused", membership_id=member.pk)
    return figures
