"""What is kept how long of what buyers left, and of addresses that mail is not sent to."""

from datetime import datetime

from django.db import transaction
from django.db.models import QuerySet

from dealers.retention.rules import RetentionRule, erasing
from listings.buyers import retention as buyers
from listings.models import BuyerRecord
from marketplace.mail import forget_suppressed
from marketplace.models import SuppressedAddress

RecordKind = BuyerRecord.RecordKind


def _left(kind: str, what: str, reason: str) -> RetentionRule:
    """Return the rule of a kind of record, whose end was told to the person."""
    return RetentionRule(
        kind,
        what,
        "BUYER_RECORDS_KEPT_DAYS",
        reason,
        "Name, contact and texts are blanked; what is left names nobody and is counted.",
        **erasing(lambda _: buyers.past_end(kind)),
        key=kind,
    )


def _suppressed(before: datetime) -> QuerySet[SuppressedAddress]:
    return SuppressedAddress.objects.filter(email__isnull=False, created_at__lt=before)


@transaction.atomic
def _forget_suppressed(before: datetime, limit: int) -> int:
    locked = _suppressed(before).order_by("pk").select_for_update(skip_locked=True)
    ids = list(locked.values_list("pk", flat=True)[:limit])
    return forget_suppressed(SuppressedAddress.objects.filter(pk__in=ids))


BUYER_RULES = (
    _left(
        RecordKind.ENQUIRY,
        "Enquiry",
        "A car is bought within months; a dispute about it comes within the year.",
    ),
    RetentionRule(
        "enquiry_unanswered",
        "Enquiry that nobody answered",
        "ENQUIRIES_UNANSWERED_KEPT_DAYS",
        "After three months nobody answers any more, and the buyer expects none.",
        "As of any enquiry.",
        **erasing(buyers.unanswered),
    ),
    RetentionRule(
        "enquiry_closed",
        "Enquiry that was won or lost",
        "ENQUIRIES_CLOSED_KEPT_DAYS",
        "What was agreed may be disputed in the first half year: a fault shown then counts as one "
        "that was there (Consumer Rights Act 2015, section 19).",
        "As of any enquiry, counted from its close.",
        **erasing(buyers.closed),
    ),
    _left(RecordKind.RESERVATION, "Reservation", "As of an enquiry."),
    RetentionRule(
        "unconfirmed",
        "Saved search that nobody confirmed",
        "UNCONFIRMED_KEPT_HOURS",
        "Without a confirmation it may be somebody else's address; a mail is read within two days.",
        "Address and search are blanked.",
        **erasing(buyers.unconfirmed),
        is_hourly=True,
    ),
    _left(
        RecordKind.SAVED_SEARCH,
        "Saved search",
        "Who has not touched a search for a year has a car; each mail's link goes on with it.",
    ),
    _left(
        RecordKind.REPORT,
        "Report of an advert",
        "A pattern of fraud shows over months; the text may name people.",
    ),
    _left(
        RecordKind.PRIVACY,
        "Question about privacy",
        "It holds the address that its link is mailed to; a mail is read within two days.",
    ),
    RetentionRule(
        "suppressed",
        "Addresses that mail is not sent to",
        "SUPPRESSED_KEPT_DAYS",
        "Staff look into who is not reached within the quarter.",
        "A keyed digest stays in the address's place, so that nothing is sent there again.",
        _suppressed,
        _forget_suppressed,
    ),
)
