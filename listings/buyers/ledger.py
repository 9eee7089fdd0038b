"""The ledger of what people leave: who, why and until when; how it is withdrawn and erased.

Every row about a person hangs from a `BuyerRecord` by a key named `record`, and its model says in
`erased` what each of its personal columns becomes. Tasks and logs hold ids alone, so that erasing
the rows erases everything.
"""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import timedelta
from hashlib import sha256
from typing import Any

from django.conf import settings
from django.db import models, transaction
from django.db.models import QuerySet
from django.db.models.functions import Lower
from django.utils import timezone

from listings.exceptions import ErasureRefused
from listings.models import BuyerRecord, ConsentWording

NOBODY: Mapping[str, Any] = {
    "name": "",
    "email": "",
    "phone": "",
    "page": "",
    "placement": "",
    "campaign": "",
}


@dataclass(frozen=True)
class Contact:
    """Who left it; `email` or `phone` may be empty, not both."""

    name: str = ""
    email: str = ""
    phone: str = ""


@dataclass(frozen=True)
class Consent:
    """Words that the person was shown and agreed to, for a purpose."""

    purpose: str
    words: str


@dataclass(frozen=True)
class LeftAt:
    """Where on which site it was left; nothing of it tells one reader from another."""

    page: str = ""
    placement: str = ""
    campaign: str = ""


def leave(
    *,
    kind: BuyerRecord.RecordKind,
    contact: Contact,
    consent: Consent | None,
    left_at: LeftAt | None = None,
    dealer_id: int | None = None,
) -> BuyerRecord:
    """Write down what is about to be left, in the caller's transaction."""
    now = timezone.now()
    where = left_at or LeftAt()
    return BuyerRecord.objects.create(
        kind=kind,
        dealer_id=dealer_id,
        name=contact.name,
        email=contact.email,
        phone=contact.phone,
        consent=wording(consent) if consent else None,
        consented_at=now if consent else None,
        page=where.page,
        placement=where.placement,
        campaign=where.campaign,
        kept_until=now + kept(kind),
    )


def kept(kind: BuyerRecord.RecordKind) -> timedelta:
    """Return how long a thing of this kind is kept, from when it was left or last of use."""
    return timedelta(days=settings.BUYER_RECORDS_KEPT_DAYS[kind])


def wording(consent: Consent) -> ConsentWording:
    """Return the row of words as they were shown, with a version of its own; kept once."""
    digest = sha256(consent.words.encode()).hexdigest()
    rows = ConsentWording.objects.filter(purpose=consent.purpose)
    if (found := rows.filter(digest=digest).first()) is not None:
        return found
    with transaction.atomic():
        _lock_wordings(consent.purpose)
        latest = rows.aggregate(latest=models.Max("version"))["latest"] or 0
        row, _ = ConsentWording.objects.get_or_create(
            purpose=consent.purpose,
            digest=digest,
            defaults={"version": latest + 1, "words": consent.words},
        )
    return row


@transaction.atomic
def withdraw_consent(*, record_id: int) -> BuyerRecord:
    """Take a consent back; twice is once. What was left is used for nothing from now on."""
    record = BuyerRecord.objects.select_for_update().get(pk=record_id)
    if record.withdrawn_at is None:
        record.withdrawn_at = timezone.now()
        record.save(update_fields=["withdrawn_at"])
    return record


@transaction.atomic
def erase(*, record_id: int) -> BuyerRecord:
    """Blank everything personal that was left; twice is once.

    Raises `ErasureRefused`, with the reason, where the record has to be kept.
    """
    record = BuyerRecord.objects.select_for_update().get(pk=record_id)
    if record.kept_because:
        raise ErasureRefused(f"This has to be kept: {record.kept_because}")
    if record.erased_at is None:
        erase_all(BuyerRecord.objects.filter(pk=record.pk))
        record.refresh_from_db()
    return record


def erase_all(records: QuerySet[BuyerRecord]) -> int:
    """Blank these, and all that hangs from them; return how many. Reasons to keep are not asked."""
    ids = list(records.order_by("pk").select_for_update(no_key=True).values_list("pk", flat=True))
    for model in hanging_models():
        rows: QuerySet[models.Model] = QuerySet(model).filter(record__in=ids)
        rows.update(**_erased(model))
    now = timezone.now()
    return BuyerRecord.objects.filter(pk__in=ids).update(**NOBODY, erased_at=now)


def left_by(email: str) -> QuerySet[BuyerRecord]:
    """Return what an address left and is not erased, the newest first; a question is not of it."""
    known = BuyerRecord.objects.filter(erased_at=None).exclude(email="")
    rows = known.exclude(kind=BuyerRecord.RecordKind.PRIVACY).order_by("-pk")
    return rows.alias(address=Lower("email")).filter(address=email.strip().lower())


def hanging_models() -> Iterator[type[models.Model]]:
    """Return the models whose rows hang from a record, also by a key without a way back."""
    for relation in BuyerRecord._meta.get_fields(include_hidden=True):
        if isinstance(relation, models.ForeignObjectRel) and relation.field.name == "record":
            yield relation.related_model


def _erased(model: type[models.Model]) -> Mapping[str, Any]:
    values: Mapping[str, Any] = getattr(model, "erased")  # noqa: B009 - each declares it
    return values


def _lock_wordings(purpose: str) -> None:
    """Let two first showings of new words wait for each other, so that versions count up."""
    list(ConsentWording.objects.filter(purpose=purpose).select_for_update().order_by("pk"))
