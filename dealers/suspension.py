"""Whether a dealer may sell here, and whether buyers are shown it.

Suspending hides all its stock at once and stops its writes; a sandbox is hidden and writes on.

A trigger gives the live adverts a new revision: what buyers see of them has changed.
"""

from django.db import transaction

from dealers import audit
from dealers.exceptions import AlreadyActive, AlreadySuspended, DealerNotFound, InvalidReason
from dealers.models import AuditEvent, Dealer
from dealers.permissions import Actor, Permission, require

REASON_LENGTH_MAX = AuditEvent._meta.get_field("reason").max_length or 0


def suspend_dealer(*, dealer_id: int, actor: Actor, reason: str) -> Dealer:
    """Hide everything of a dealer, and say why.

    Raises `DealerNotFound`, `AlreadySuspended` and `InvalidReason`.
    """
    if not reason.strip():
        message = "Say why."
        raise InvalidReason("A suspension needs a reason.", fields={"reason": [message]})
    return _set_active(dealer_id, actor, reason, is_active=False)


def reinstate_dealer(*, dealer_id: int, actor: Actor, reason: str = "") -> Dealer:
    """Show what a suspended dealer has live.

    Raises `DealerNotFound`, `AlreadyActive` and `InvalidReason`.
    """
    return _set_active(dealer_id, actor, reason, is_active=True)


@transaction.atomic
def set_sandbox(*, dealer_id: int, actor: Actor, is_sandbox: bool, reason: str = "") -> Dealer:
    """Hide a dealer from buyers while it works as ever, or show it; twice is as good as once.

    Raises `DealerNotFound` and `InvalidReason`.
    """
    dealer, is_changed = _write(dealer_id, actor, reason, "is_sandbox", is_sandbox)
    if is_changed:
        audit.record(
            AuditEvent.AuditKind.DEALER_CHANGED,
            actor=actor,
            dealer_id=dealer_id,
            subject=dealer.name,
            changes={"sandbox": [not is_sandbox, is_sandbox]},
            reason=reason.strip(),
        )
    return dealer


@transaction.atomic
def _set_active(dealer_id: int, actor: Actor, reason: str, *, is_active: bool) -> Dealer:
    dealer, is_changed = _write(dealer_id, actor, reason, "is_active", is_active)
    if not is_changed:
        if is_active:
            raise AlreadyActive("The dealer is not suspended.")
        raise AlreadySuspended("The dealer is suspended already.")
    audit.record(
        AuditEvent.AuditKind.REINSTATED if is_active else AuditEvent.AuditKind.SUSPENDED,
        actor=actor,
        dealer_id=dealer_id,
        subject=dealer.name,
        reason=reason.strip(),
    )
    return dealer


def _write(
    dealer_id: int, actor: Actor, reason: str, field: str, value: bool
) -> tuple[Dealer, bool]:
    """Write one of a dealer's switches; return the dealer, and whether it stood otherwise."""
    _check_reason(reason)
    require(Permission.MANAGE_DEALERS, dealer_id=dealer_id, actor=actor)
    written = Dealer.objects.filter(pk=dealer_id, **{field: not value}).update(**{field: value})
    dealer = Dealer.objects.filter(pk=dealer_id).first()
    if dealer is None:
        raise DealerNotFound("There is no such dealer.")
    return dealer, bool(written)


def _check_reason(reason: str) -> None:
    """Raise `InvalidReason` for one that cannot be kept."""
    if len(reason) > REASON_LENGTH_MAX or "\0" in reason:
        message = f"A reason has at most {REASON_LENGTH_MAX} characters, and no null among them."
        raise InvalidReason(message, fields={"reason": [message]})
