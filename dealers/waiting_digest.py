"""The one mail a day that tells a dealer what of its stock waits for an answer."""

from dataclasses import dataclass
from datetime import datetime, timedelta

import structlog
from django.conf import settings
from django.db import transaction
from django.db.models import Count, F, Q, QuerySet
from django.db.models.functions import Coalesce
from django.utils import timezone

from dealers.models import Dealer, FeedRun, FeedStatusWord
from dealers.models.feed_run import FeedRunQuerySet
from dealers.models.status_word import FeedStatusWordQuerySet
from listings.choices import Status
from listings.models import Listing
from listings.models.conditions import UNKNOWN_NAME, in_status
from listings.models.listing import ListingQuerySet
from marketplace.mail import AddressRefused, send_mail

TOLD_EVERY = timedelta(days=1)
TOLD_FOR = timedelta(days=14)
"""What nobody has answered for so long is told of no more; it stays on Home."""

NAMES_SHOWN = 10

log = structlog.get_logger(__name__)


@dataclass(frozen=True)
class UnknownName:
    """A make and model that nobody has confirmed, and how many of the adverts wait for it."""

    name: str
    adverts: int


@dataclass(frozen=True)
class Waiting:
    """What waits for a dealer: held files, words of a status, and names that nobody knows."""

    runs: list[FeedRun]
    words: list[FeedStatusWord]
    names: list[UnknownName]
    adverts: int

    def __bool__(self) -> bool:
        return bool(self.runs or self.words or self.adverts)

    @property
    def subject(self) -> str:
        feeds = {run.feed.name for run in self.runs} | {word.feed.name for word in self.words}
        if len(self.runs) > 1 and not self.words and not self.adverts:
            return f"{len(self.runs)} stock files need you"
        if len(feeds) == 1 and not self.adverts:
            return f"Your stock feed {feeds.pop()} needs you"
        return "Your stock needs you" if feeds else "Adverts wait for a make and model"


def dealers_to_tell() -> QuerySet[Dealer]:
    """Return active dealers for whom something waits, and whom no mail has told within a day.

    Names may be right, and wait for staff: they bring a mail of their own once, and stand in those
    that come for another reason.
    """
    now = timezone.now()
    due = Q(waiting_told_at=None) | Q(waiting_told_at__lte=now - TOLD_EVERY)
    of_names = _kept_back(now).filter(
        created_at__gt=Coalesce(F("dealer__waiting_told_at"), now - TOLD_FOR)
    )
    waiting = (
        Q(pk__in=_held(now).values("feed__dealer"))
        | Q(pk__in=_asked(now).values("feed__dealer"))
        | Q(pk__in=of_names.values("dealer"))
    )
    return Dealer.objects.active().filter(due, waiting)


def send_waiting(*, dealer_id: int) -> bool:
    """Mail a dealer about all that waits; return whether there was anything, and none told today.

    Marked in the same transaction, after the mail is handed over. Raises `MailServerAway`.
    """
    with transaction.atomic():
        dealer = Dealer.objects.select_for_update(no_key=True).filter(pk=dealer_id).first()
        if dealer is None or not dealers_to_tell().filter(pk=dealer_id).exists():
            return False
        _send(dealer, _waiting_for(dealer_id))
        dealer.waiting_told_at = timezone.now()
        dealer.save(update_fields=["waiting_told_at"])
    return True


def _held(now: datetime) -> FeedRunQuerySet:
    held = FeedRun.objects.filter(state=FeedRun.State.HELD, dry_run=False)
    return held.filter(received_at__gt=now - TOLD_FOR)


def _asked(now: datetime) -> FeedStatusWordQuerySet:
    return FeedStatusWord.objects.waiting().filter(asked_at__gt=now - TOLD_FOR)


def _kept_back(now: datetime) -> ListingQuerySet:
    drafts = Listing.objects.filter(UNKNOWN_NAME, in_status(Status.DRAFT))
    return drafts.filter(created_at__gt=now - TOLD_FOR)


def _waiting_for(dealer_id: int) -> Waiting:
    now = timezone.now()
    adverts = _kept_back(now).for_dealer(dealer_id)
    named = adverts.order_by().values_list("make__name", "model__name")
    names = named.annotate(cars=Count("pk")).order_by("-cars", "make__name", "model__name")
    return Waiting(
        runs=list(_held(now).for_dealer(dealer_id).select_related("feed").order_by("pk")),
        words=list(_asked(now).for_dealer(dealer_id).select_related("feed").order_by("feed", "pk")),
        names=[UnknownName(f"{make} {model}", count) for make, model, count in names[:NAMES_SHOWN]],
        adverts=adverts.count(),
    )


def _send(dealer: Dealer, waiting: Waiting) -> None:
    try:
        send_mail(
            to=dealer.email,
            subject=waiting.subject,
            template="dealers/feeds/waiting",
            context={"dealer": dealer, "waiting": waiting, "address": settings.PUBLIC_URL},
        )
    except AddressRefused:
        log.warning("waiting_address_refused", dealer_id=dealer.pk)
