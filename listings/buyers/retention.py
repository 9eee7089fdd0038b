"""What buyers left and whose time is over: each kind as a queryset, erased in batches.

What has to be kept for a reason that is written down is never among it.
"""

from datetime import datetime

from django.db import transaction
from django.db.models import QuerySet
from django.utils import timezone

from listings.buyers.ledger import erase_all
from listings.models import BuyerRecord, Enquiry

RecordKind = BuyerRecord.RecordKind


def past_end(kind: str) -> QuerySet[BuyerRecord]:
    """Return records past the end that was told when they were left."""
    return _open().filter(kind=kind, kept_until__lte=timezone.now())


def unanswered(before: datetime) -> QuerySet[BuyerRecord]:
    """Return enquiries from before a moment that nobody has answered or done anything about."""
    return _open().filter(
        kind=RecordKind.ENQUIRY,
        created_at__lt=before,
        enquiry__stage=Enquiry.Stage.NEW,
        enquiry__answered_at=None,
    )


def closed(before: datetime) -> QuerySet[BuyerRecord]:
    """Return enquiries that were won or lost before a moment."""
    return _open().filter(kind=RecordKind.ENQUIRY, enquiry__closed_at__lt=before)


def unconfirmed(before: datetime) -> QuerySet[BuyerRecord]:
    """Return searches whose address nobody has proved since a moment."""
    return _open().filter(kind=RecordKind.SAVED_SEARCH, created_at__lt=before, confirmed_at=None)


@transaction.atomic
def erase_some(due: QuerySet[BuyerRecord], limit: int) -> int:
    """Erase so many of these at most, other than what another process has; return how many."""
    rows = due.order_by("pk").select_for_update(skip_locked=True, no_key=True, of=("self",))
    ids = list(rows.values_list("pk", flat=True)[:limit])
    return erase_all(BuyerRecord.objects.filter(pk__in=ids)) if ids else 0


def _open() -> QuerySet[BuyerRecord]:
    return BuyerRecord.objects.filter(erased_at=None, kept_because="")
