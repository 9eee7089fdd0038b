"""What staff do about what people left: erase it, keep it for a reason, and let it go again."""

import re

from django.db import transaction

from dealers import audit
from dealers.models import AuditEvent
from dealers.permissions import Actor, Permission, require
from listings.buyers import ledger, person
from listings.buyers.mentions import ERASED
from listings.buyers.named_texts import leave_text, take_words_out
from listings.exceptions import RecordNotFound
from listings.models import BuyerRecord
from marketplace.errors import Invalid

Kind = AuditEvent.AuditKind
REASON_MAX = 300
REASON_LENGTH = 500  # as long as the log takes
_ADDRESS = re.compile(r"(?<![\w.+-])[\w.+-]++@[\w-]++(?:\.[\w-]++)*+")


class PrivacyReasonMissing(Invalid):
    """What staff do about people's data is written down with a reason."""

    code = "reason_missing"


@transaction.atomic
def erase_for_person(*, record_id: int, actor: Actor, reason: str) -> int:
    """Erase all that was left with a record's address, or the record where it has none.

    What has to be kept stays; return how many were erased. Mentions are erased by a task.
    Raises `RecordNotFound`, `PrivacyReasonMissing` and `ErasureRefused`.
    """
    record = _lock(record_id, actor)
    _record(Kind.PERSON_ERASED, record, actor, reason)
    if not record.email:
        ledger.erase(record_id=record.pk)
        return 1
    request = person.begin(email=record.email)
    return person.erase_everything(record_id=request.record_id).erased


@transaction.atomic
def keep_record(*, record_id: int, actor: Actor, reason: str) -> None:
    """Keep a record beyond its end and a wish to erase; the person reads the reason.

    Raises `RecordNotFound` and `PrivacyReasonMissing`.
    """
    record = _lock(record_id, actor)
    _record(Kind.RECORD_KEPT, record, actor, reason)
    record.kept_because = reason.strip()
    record.save(update_fields=["kept_because"])


@transaction.atomic
def release_record(*, record_id: int, actor: Actor, reason: str) -> None:
    """Keep a record no longer than others; what is past its end goes with the next job.

    Raises `RecordNotFound` and `PrivacyReasonMissing`.
    """
    record = _lock(record_id, actor)
    _record(Kind.RECORD_RELEASED, record, actor, reason)
    record.kept_because = ""
    record.save(update_fields=["kept_because"])


@transaction.atomic
def decide_on_text(*, named_id: int, words: str | None, actor: Actor) -> None:
    """Take a name out of what another person wrote, or, without words, leave the text.

    Raises `RecordNotFound`, and `InvalidContact` where the words do not stand in the text.
    """
    require(Permission.MANAGE_RECORDS, dealer_id=0, actor=actor)
    actor_id = actor.user_id or 0
    if words is None:
        leave_text(named_id=named_id, actor_id=actor_id)
        return
    named = take_words_out(named_id=named_id, words=words, actor_id=actor_id)
    audit.record(
        Kind.PERSON_ERASED, actor=actor, subject=str(named), reason="A name was taken out."
    )


def _lock(record_id: int, actor: Actor) -> BuyerRecord:
    require(Permission.MANAGE_RECORDS, dealer_id=0, actor=actor)  # whoever's dealer it was left for
    rows = BuyerRecord.objects.select_for_update().filter(erased_at=None)
    record = rows.filter(pk=record_id).first()
    if record is None:
        raise RecordNotFound("There is no such record, or it was erased.")
    return record


def _record(kind: AuditEvent.AuditKind, record: BuyerRecord, actor: Actor, reason: str) -> None:
    """Write who did it and why; the log names the record by its number, and is not the
    dealer's.

    It is only ever added to, so what names the person is taken out of the reason before.
    """
    text = reason.strip()
    if not text or len(text) > REASON_MAX:
        message = f"Say why, in at most {REASON_MAX} letters."
        raise PrivacyReasonMissing(message, fields={"reason": [message]})
    audit.record(
        kind,
        actor=actor,
        subject=f"Record {record.pk}",
        reason=_without_person(text, record),
    )


def _without_person(text: str, record: BuyerRecord) -> str:
    """Return a text without the person's name, address and number, and without any address."""
    bare = _ADDRESS.sub(ERASED, text)
    known = sorted(filter(None, (record.name, record.email, record.phone)), key=len, reverse=True)
    if not known:
        return bare
    words = "|".join(re.escape(each) for each in known)
    return re.sub(rf"(?<!\w)(?:{words})(?!\w)", ERASED, bare, flags=re.IGNORECASE)[:REASON_LENGTH]
