"""The registers' answers, kept for a stated time under a keyed digest of the mark."""

from datetime import datetime, timedelta

from django.conf import settings
from django.db.models import Q, QuerySet
from django.utils import timezone

from listings.models import VehicleAnswer
from listings.vehicle_records.record import VehicleRecord
from marketplace.digests import digest, digests

PURPOSE = "vehicle record"


def digest_of(mark: str) -> str:
    """Return what stands for a normalised mark here."""
    return digest(PURPOSE, mark)


def stands_for(mark: str, kept: str) -> bool:
    """Tell whether a kept digest is that of a mark, by the key of today or one before."""
    return kept in digests(PURPOSE, mark)


def stored(mark: str) -> dict[str, VehicleRecord | None]:
    """Return the answers about a mark that are young enough, by register; None: no such car."""
    rows = VehicleAnswer.objects.filter(digest__in=digests(PURPOSE, mark)).exclude(_is_old())
    return {
        row.register: None if row.record is None else VehicleRecord.from_json(row.record)
        for row in rows.order_by("answered_at", "pk")
    }


def store(mark: str, register: str, record: VehicleRecord | None) -> None:
    """Keep an answer in place of an earlier one."""
    VehicleAnswer.objects.update_or_create(
        digest=digest_of(mark),
        register=register,
        defaults={
            "record": None if record is None else record.as_json(),
            "answered_at": timezone.now(),
        },
    )


def old_answers(before: datetime) -> QuerySet[VehicleAnswer]:
    """Return what was answered before a moment, or is old for an answer of its kind."""
    return VehicleAnswer.objects.filter(Q(answered_at__lt=before) | _is_old())


def _is_old() -> Q:
    now = timezone.now()
    found = now - timedelta(hours=settings.VEHICLE_RECORDS_KEPT_HOURS)
    missing = now - timedelta(hours=settings.VEHICLE_NOT_FOUND_KEPT_HOURS)
    return Q(answered_at__lt=found) | Q(record__isnull=True, answered_at__lt=missing)
