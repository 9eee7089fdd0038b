"""The one mail a day that tells a dealer which stock files wait for an answer."""

from datetime import timedelta

import structlog
from django.conf import settings
from django.db import transaction
from django.utils import timezone

from dealers.models import FeedRun
from dealers.models.feed_run import FeedRunQuerySet
from marketplace.mail import AddressRefused, send_mail

TOLD_EVERY = timedelta(days=1)
TOLD_FOR = timedelta(days=14)
"""A file that nobody has answered about for so long is told of no more; it stays on Home."""

log = structlog.get_logger(__name__)


def runs_to_tell_of() -> FeedRunQuerySet:
    """Return held runs of active dealers that no mail has told of within a day."""
    now = timezone.now()
    held = FeedRun.objects.filter(state=FeedRun.State.HELD, dry_run=False)
    young = held.filter(received_at__gt=now - TOLD_FOR, feed__dealer__is_active=True)
    return young.exclude(mailed_at__gt=now - TOLD_EVERY)


def send_waiting(*, dealer_id: int) -> int:
    """Mail a dealer about all files that wait; return how many, 0 where one told of some today.

    Marked in the same transaction, after the mail is handed over. Raises `MailServerAway`.
    """
    with transaction.atomic():
        mine = FeedRun.objects.for_dealer(dealer_id)
        rows = runs_to_tell_of().for_dealer(dealer_id).select_related("feed__dealer")
        waiting = list(rows.order_by("pk").select_for_update(of=("self",), no_key=True))
        told = mine.filter(mailed_at__gt=timezone.now() - TOLD_EVERY)
        if not waiting or told.exclude(state=FeedRun.State.FAILED).exists():
            return 0
        _send(waiting)
        now = timezone.now()
        mine.filter(pk__in=[run.pk for run in waiting]).update(mailed_at=now)
    return len(waiting)


def _send(waiting: list[FeedRun]) -> None:
    first = waiting[0].feed
    several = f"{len(waiting)} stock files need you"
    try:
        send_mail(
            to=first.dealer.email,
            subject=several if len(waiting) > 1 else f"Your stock feed {first.name} needs you",
            template="dealers/feeds/waiting",
            context={"dealer": first.dealer, "runs": waiting, "address": settings.PUBLIC_URL},
            has_html=False,
        )
    except AddressRefused:
        log.warning("waiting_address_refused", dealer_id=first.dealer_id)
