"""A dealer's team: invited, joined, given roles, removed; a team always keeps an owner.

Every verb locks the dealer's row first: what it decides about the last owner still holds when it
writes. `actor` is an owner of the dealer, one of the staff or the system; others get `OwnersOnly`.
"""

from collections.abc import Collection
from datetime import datetime, timedelta

from django.core.exceptions import ValidationError
from django.core.validators import validate_email
from django.db import transaction
from django.utils import timezone

from dealers import audit
from dealers.exceptions import (
    AlreadyInvited,
    AlreadyMember,
    DealerNotFound,
    InvalidInvitation,
    InvitationNotFound,
    LastOwner,
    MemberNotFound,
    TooSoon,
)
from dealers.keys import revoke_keys_of
from dealers.models import AuditEvent, Dealer, Invitation, Membership, User
from dealers.permissions import Actor, Permission, invitations_in_force, require
from dealers.tasks import send_invitation
from marketplace import quotas
from marketplace.mail import suppressed
from marketplace.outbox import enqueue

Kind = AuditEvent.AuditKind
Role = Membership.Role
INVITATION_LIFETIME = timedelta(days=7)
INVITATIONS_PER_DAY = 50  # of a team: a stolen account is no mail cannon
RESEND_AFTER = timedelta(minutes=5)


@transaction.atomic
def invite(*, dealer_id: int, email: str, role: str, actor: Actor) -> Invitation:
    """Ask somebody by mail to join; an earlier invitation that ended is replaced.

    Raises `InvalidInvitation`, `AlreadyMember`, `AlreadyInvited` with the `id` of the other, and
    `TooSoon` and `QuotaReached` after too many.
    """
    dealer, email = _lock_for(actor, dealer_id), email.strip().lower()
    _refuse_unless_valid(email, role)
    _refuse_if_suppressed(email)
    if dealer.memberships.filter(user__email__iexact=email).exists():
        raise AlreadyMember("They are in the team already.", fields={"email": ["In the team."]})
    holding = invitations_in_force(dealer.invitations.open())
    dealer.invitations.exclude(pk__in=holding).delete()
    if other := dealer.invitations.filter(email__iexact=email).first():
        raise AlreadyInvited(
            "They are invited already.",
            fields={"email": ["Invited already."]},
            extra={"id": other.pk},
        )
    _refuse_if_many_went_out(dealer)
    quotas.require("invitations", dealer_id=dealer_id, count=dealer.invitations.open().count)
    invitation = Invitation.objects.create(
        dealer=dealer, email=email, role=role, invited_by_id=actor.user_id, expires_at=_end()
    )
    changes: dict[str, list[object]] = {"role": [None, str(role)]}
    audit.record(Kind.INVITED, actor=actor, dealer_id=dealer_id, subject=email, changes=changes)
    enqueue(send_invitation, invitation.pk)
    return invitation


@transaction.atomic
def resend_invitation(*, dealer_id: int, invitation_id: int, actor: Actor) -> Invitation:
    """Send an invitation again, with a new link and a new term; the old link is dead.

    It holds as long as `actor` may invite, from then on. Raises `InvitationNotFound`,
    `InvalidInvitation`, and `TooSoon` within `RESEND_AFTER` and after too many.
    """
    invitation = _invitation(_lock_for(actor, dealer_id), invitation_id)
    _refuse_if_suppressed(invitation.email)
    last = invitation.sent_at or invitation.created_at
    if last > timezone.now() - RESEND_AFTER:
        raise TooSoon("The invitation has only just been sent.")
    _refuse_if_many_went_out(invitation.dealer)
    invitation.sent_at, invitation.token_hash = None, None
    invitation.invited_by_id, invitation.expires_at = actor.user_id, _end()
    invitation.save(update_fields=["sent_at", "token_hash", "invited_by", "expires_at"])
    audit.record(Kind.INVITED, actor=actor, dealer_id=dealer_id, subject=invitation.email)
    enqueue(send_invitation, invitation.pk)
    return invitation


@transaction.atomic
def withdraw_invitation(*, dealer_id: int, invitation_id: int, actor: Actor) -> Invitation:
    """Make an invitation's link worthless; raises `InvitationNotFound`."""
    invitation = _invitation(_lock_for(actor, dealer_id), invitation_id)
    Invitation.objects.filter(pk=invitation_id).delete()
    audit.record(
        Kind.INVITATION_WITHDRAWN,
        actor=actor,
        dealer_id=dealer_id,
        subject=invitation.email,
    )
    return invitation


@transaction.atomic
def add_member(*, dealer_id: int, user_id: int, role: str, actor: Actor) -> Membership:
    """Put somebody known into the team without asking them, as only staff do.

    Raises `MemberNotFound`, `AlreadyMember` and `InvalidInvitation`.
    """
    dealer = _lock(dealer_id)
    require(Permission.MANAGE_DEALERS, dealer_id=dealer_id, actor=actor)
    _refuse_unless_role(role)
    user = User.objects.filter(pk=user_id).first()
    if user is None:
        raise MemberNotFound("There is no such person.")
    if dealer.memberships.filter(user=user).exists():
        raise AlreadyMember(f"{user} is in the team already.")
    member = Membership.objects.create(dealer=dealer, user=user, role=role)
    changes: dict[str, list[object]] = {"role": [None, str(role)]}
    audit.record(Kind.JOINED, actor=actor, dealer_id=dealer_id, subject=user.email, changes=changes)
    return member


@transaction.atomic
def change_role(*, dealer_id: int, user_id: int, role: str, actor: Actor) -> Membership:
    """Give a member another role; raises `MemberNotFound`, `LastOwner` and `InvalidInvitation`."""
    member = _member(_lock_for(actor, dealer_id), user_id)
    _refuse_unless_role(role)
    if role == member.role:
        return member
    _refuse_if_last_owner(member)
    changes: dict[str, list[object]] = {"role": [member.role, str(role)]}
    member.role = role
    member.save(update_fields=["role"])
    audit.record(
        Kind.ROLE_CHANGED,
        actor=actor,
        dealer_id=dealer_id,
        subject=member.user.email,
        changes=changes,
    )
    return member


@transaction.atomic
def remove_member(
    *, dealer_id: int, user_id: int, actor: Actor, revoke_keys: Collection[int] = ()
) -> int:
    """Take somebody out of the team, at once, and revoke those of the keys that they made.

    Returns how many keys that were. The panel asks for the membership with every request, so their
    open pages end with it. Raises `MemberNotFound` and `LastOwner`.
    """
    member = _member(_lock_for(actor, dealer_id), user_id)
    # first, as owners who remove themselves may revoke nothing afterwards
    revoked = revoke_keys_of(dealer_id=dealer_id, user_id=user_id, key_ids=revoke_keys, actor=actor)
    _remove(member, Kind.REMOVED, actor)
    return len(revoked)


@transaction.atomic
def leave(*, dealer_id: int, actor: Actor) -> None:
    """Leave the team by oneself; raises `MemberNotFound` and `LastOwner`."""
    member = _member(_lock(dealer_id), actor.user_id or 0)
    require(Permission.OWN_ACCOUNT, dealer_id=dealer_id, actor=actor)
    _remove(member, Kind.LEFT, actor)


def _lock(dealer_id: int) -> Dealer:
    dealer = Dealer.objects.select_for_update(no_key=True).filter(pk=dealer_id).first()
    if dealer is None:
        raise DealerNotFound("There is no such dealer.")
    return dealer


def _lock_for(actor: Actor, dealer_id: int) -> Dealer:
    dealer = _lock(dealer_id)
    require(Permission.MANAGE_TEAM, dealer_id=dealer_id, actor=actor)
    return dealer


def _invitation(dealer: Dealer, invitation_id: int) -> Invitation:
    invitation = dealer.invitations.select_for_update().filter(pk=invitation_id).first()
    if invitation is None:
        raise InvitationNotFound("There is no such invitation.")
    return invitation


def _member(dealer: Dealer, user_id: int) -> Membership:
    member = dealer.memberships.select_related("user").filter(user_id=user_id).first()
    if member is None:
        raise MemberNotFound("They are not in the team.")
    return member


def _remove(member: Membership, kind: AuditEvent.AuditKind, actor: Actor) -> None:
    _refuse_if_last_owner(member)
    member.delete()
    audit.record(kind, actor=actor, dealer_id=member.dealer_id, subject=member.user.email)


def _refuse_if_last_owner(member: Membership) -> None:
    if member.role != Role.OWNER:
        return
    team = Membership.objects.for_dealer(member.dealer_id)
    owners = team.filter(role=Role.OWNER, user__is_active=True)
    if not owners.exclude(pk=member.pk).exists():
        raise LastOwner("A team needs an owner: make somebody else one first.")


def _refuse_if_many_went_out(dealer: Dealer) -> None:
    today = AuditEvent.objects.filter(
        dealer=dealer, kind=Kind.INVITED, happened_at__gt=timezone.now() - timedelta(days=1)
    )
    if today.count() >= INVITATIONS_PER_DAY:
        raise TooSoon("Too many invitations went out today: go on tomorrow.")


def _refuse_unless_valid(email: str, role: str) -> None:
    _refuse_unless_role(role)
    try:
        validate_email(email)
    except ValidationError as error:
        raise InvalidInvitation(
            "The address cannot be written to.", fields={"email": list(error.messages)}
        ) from None


def _refuse_if_suppressed(email: str) -> None:
    if suppressed([email]):
        message = "Mail to this address comes back or is unwanted. Ask us if that has changed."
        raise InvalidInvitation(message, fields={"email": [message]})


def _refuse_unless_role(role: str) -> None:
    if role not in Role.values:
        raise InvalidInvitation("There is no such role.", fields={"role": ["Not a role."]})


def _end() -> datetime:
    return timezone.now() + INVITATION_LIFETIME
