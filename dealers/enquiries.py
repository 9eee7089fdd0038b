"""What a dealer's people do with an enquiry: answer, note and assign it, say how it ended."""

from collections.abc import Collection, Mapping
from datetime import datetime, timedelta
from typing import Any

from django.db import transaction
from django.db.models import DurationField, F, QuerySet, Subquery
from django.db.models.functions import Now
from django.utils import timezone

from dealers.exceptions import (
    BuyerUnreachable,
    EnquiryChanged,
    EnquiryErased,
    EnquiryNotFound,
    InvalidEnquiryChange,
    MemberNotFound,
)
from dealers.models import Membership
from dealers.permissions import Actor, ActorKind, Permission, require
from dealers.tasks import send_answer
from listings.buyers.guards import without_controls
from listings.models import Enquiry, EnquiryMessage
from listings.search.postgres import Median
from marketplace.london_time import in_london
from marketplace.outbox import enqueue

BODY_MAX = 10_000
RESPONSE_DAYS = 90
"""Response times are those of so many days: what a dealer did last year says little of today."""

Stage = Enquiry.Stage
MessageKind = EnquiryMessage.MessageKind
PROGRESS = ("stage", "lost_reason", "appointment_at")
OPEN: Collection[Stage] = (Stage.NEW, Stage.ANSWERED, Stage.APPOINTMENT)


def mark_opened(*, enquiry_id: int, actor: Actor) -> None:
    """Note that a person of the dealer has seen it; the first time counts, a visit of staff not."""
    enquiry = _find(enquiry_id)
    require(Permission.ANSWER_ENQUIRIES, dealer_id=_dealer_of(enquiry), actor=actor)
    if actor.kind is ActorKind.PERSON:
        Enquiry.objects.filter(pk=enquiry_id, opened_at=None).update(opened_at=Now())


@transaction.atomic
def answer(*, enquiry_id: int, body: str, actor: Actor) -> EnquiryMessage:
    """Have a text mailed to the buyer; the first one makes a new enquiry an answered one.

    Raises `EnquiryNotFound`, `BuyerUnreachable` and `InvalidEnquiryChange`.
    """
    enquiry = _lock(enquiry_id, actor)
    text = _text(body)
    if not enquiry.record.is_in_force or not enquiry.record.email:
        raise BuyerUnreachable(
            "No mail may go to this buyer: the consent was withdrawn, the enquiry was erased, or "
            "no e-mail address was left."
        )
    message = _write(enquiry, MessageKind.ANSWER, text, actor)
    if enquiry.answered_at is None:
        enquiry.answered_at = timezone.now()
    if enquiry.stage == Stage.NEW:
        enquiry.stage = Stage.ANSWERED
    enquiry.save(update_fields=["answered_at", "stage"])
    enqueue(send_answer, message.pk)
    return message


@transaction.atomic
def note(*, enquiry_id: int, body: str, actor: Actor) -> EnquiryMessage:
    """Keep a text for the dealer's own people; nothing is written to what was erased.

    Raises `EnquiryNotFound`, `EnquiryErased` and `InvalidEnquiryChange`.
    """
    enquiry = _lock(enquiry_id, actor)
    if enquiry.record.erased_at is not None:
        raise EnquiryErased("This was erased: nothing is kept about the buyer any more.")
    return _write(enquiry, MessageKind.NOTE, _text(body), actor)


@transaction.atomic
def assign(*, enquiry_id: int, user_id: int | None, actor: Actor) -> Enquiry:
    """Give an enquiry to a member of the team, or to nobody; raises `MemberNotFound`."""
    enquiry = _lock(enquiry_id, actor)
    if user_id == enquiry.assigned_to_id:
        return enquiry
    member = None
    if user_id is not None:
        team = Membership.objects.for_dealer(_dealer_of(enquiry)).select_related("user")
        member = team.filter(user=user_id, user__is_active=True).first()
        if member is None:
            raise MemberNotFound("They are not in the team.")
    enquiry.assigned_to = member.user if member else None
    enquiry.save(update_fields=["assigned_to"])
    said = f"Assigned to {member.user}" if member else "Assigned to nobody"
    _write(enquiry, MessageKind.CHANGE, said, actor)
    return enquiry


@transaction.atomic
def move(
    *,
    enquiry_id: int,
    stage: str,
    seen_stage: str,
    actor: Actor,
    lost_reason: str = "",
    appointment_at: datetime | None = None,
) -> Enquiry:
    """Say how far an enquiry is; `seen_stage` is where whoever decides saw it.

    Raises `EnquiryChanged` where it is not there any more, and `InvalidEnquiryChange`.
    """
    enquiry = _lock(enquiry_id, actor)
    _refuse_nonsense(stage, lost_reason, appointment_at)
    if enquiry.stage != seen_stage:
        raise EnquiryChanged(
            f"Somebody else was faster: this enquiry is {enquiry.get_stage_display().lower()} now."
        )
    enquiry.stage = stage
    enquiry.lost_reason = lost_reason
    enquiry.appointment_at = appointment_at
    enquiry.closed_at = None if stage in OPEN else timezone.now()
    if stage != Stage.NEW and enquiry.answered_at is None and stage != Stage.LOST:
        enquiry.answered_at = timezone.now()  # by telephone, or at the branch
    enquiry.save()
    _write(enquiry, MessageKind.CHANGE, _said(enquiry), actor)
    return enquiry


@transaction.atomic
def report_progress(*, enquiry_id: int, given: Mapping[str, Any], actor: Actor) -> Enquiry:
    """Take what another system says of an enquiry: any of `PROGRESS`, and a `note`.

    What is left out stays; a reason and an appointment go with the stage that they belong to.
    What stands already is not said again. Raises as `move` and `note` do.
    """
    enquiry = _lock(enquiry_id, actor)
    now = {name: getattr(enquiry, name) for name in PROGRESS}
    stays = given.get("stage", enquiry.stage) == enquiry.stage
    progress = now if stays else {"lost_reason": "", "appointment_at": None}
    progress = {**progress, **{name: given[name] for name in PROGRESS if name in given}}
    if progress != now:
        move(enquiry_id=enquiry_id, seen_stage=enquiry.stage, actor=actor, **progress)
    if "note" in given:
        note(enquiry_id=enquiry_id, body=given["note"], actor=actor)
    return enquiry


def response_time(enquiries: QuerySet[Enquiry]) -> Subquery:
    """Return the middle of the times to a first answer, of enquiries of `RESPONSE_DAYS`."""
    since = timezone.now() - timedelta(days=RESPONSE_DAYS)
    answered = enquiries.filter(answered_at__isnull=False, created_at__gte=since).order_by()
    time = Median(F("answered_at") - F("created_at"), output_field=DurationField())
    by_dealer = answered.values("record__dealer").annotate(time=time)
    return Subquery(by_dealer.values("time"), output_field=DurationField())


def lasting(time: timedelta | None) -> str:
    """Return a time to an answer in words, such as "2 h 5 min"; empty where there is none."""
    if time is None:
        return ""
    minutes = round(time.total_seconds() / 60)
    hours, days = minutes // 60, minutes // (24 * 60)
    if days > 1:
        return f"{days} days"
    return f"{hours} h {minutes % 60} min" if hours else f"{minutes} min"


def _find(enquiry_id: int, *, lock: bool = False) -> Enquiry:
    rows = Enquiry.objects.select_for_update(of=("self",)) if lock else Enquiry.objects
    enquiry = rows.select_related("record").filter(pk=enquiry_id).first()
    if enquiry is None:
        raise EnquiryNotFound("There is no such enquiry.")
    return enquiry


def _lock(enquiry_id: int, actor: Actor) -> Enquiry:
    enquiry = _find(enquiry_id, lock=True)
    require(Permission.ANSWER_ENQUIRIES, dealer_id=_dealer_of(enquiry), actor=actor)
    return enquiry


def _dealer_of(enquiry: Enquiry) -> int:
    if enquiry.record.dealer_id is None:
        raise EnquiryNotFound("There is no such enquiry.")
    return enquiry.record.dealer_id


def _text(body: str) -> str:
    text = without_controls(body).strip()
    if not text:
        raise InvalidEnquiryChange("Write something.", fields={"body": ["Write something."]})
    if len(text) > BODY_MAX:
        said = f"At most {BODY_MAX:,} characters."
        raise InvalidEnquiryChange(said, fields={"body": [said]})
    return text


def _write(enquiry: Enquiry, kind: MessageKind, body: str, actor: Actor) -> EnquiryMessage:
    return EnquiryMessage.objects.create(
        record_id=enquiry.record_id, kind=kind, author_id=actor.user_id, body=body
    )


def _refuse_nonsense(stage: str, lost_reason: str, appointment_at: datetime | None) -> None:
    faults: dict[str, list[str]] = {}
    if stage not in Stage.values:
        faults["stage"] = ["There is no such stage."]
    if stage == Stage.LOST and lost_reason not in Enquiry.LostReason.values:
        faults["lost_reason"] = ["Say why it was lost."]
    if stage != Stage.LOST and lost_reason:
        faults["lost_reason"] = ["Only a lost enquiry has a reason."]
    if stage == Stage.APPOINTMENT and appointment_at is None:
        faults["appointment_at"] = ["Say when the buyer comes."]
    if stage != Stage.APPOINTMENT and appointment_at is not None:
        faults["appointment_at"] = ["Only an appointment has a time."]
    if faults:
        raise InvalidEnquiryChange("The enquiry cannot be moved there.", fields=faults)


def _said(enquiry: Enquiry) -> str:
    if enquiry.stage == Stage.LOST:
        return f"Lost: {enquiry.get_lost_reason_display()}"
    if enquiry.appointment_at is not None:
        when = in_london(enquiry.appointment_at)
        return f"Appointment on {when:%-d %B %Y at %H:%M}"
    return str(enquiry.get_stage_display())
