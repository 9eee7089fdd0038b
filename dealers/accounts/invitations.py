"""Joining a team by the link of an invitation: whoever holds it can read the address's mail."""

from django.db import IntegrityError, transaction
from django.db.models import Exists, OuterRef
from django.utils import timezone

from dealers import audit
from dealers.accounts.exceptions import AccountClosed
from dealers.accounts.passwords import refuse_weak
from dealers.exceptions import InvitationEnded, InvitationExpired, InvitationNotFound
from dealers.models import AuditEvent, Dealer, Invitation, Membership, User
from dealers.permissions import Actor, invitations_in_force
from dealers.tokens import token_hash


def find_invitation(*, token: str) -> Invitation:
    """Return what a mailed link invites to.

    Raises `InvitationNotFound`, `InvitationExpired`, and `InvitationEnded` where its sender may no
    longer invite.
    """
    # One statement: between two of them the invitation may be used or withdrawn.
    in_force = invitations_in_force(Invitation.objects.filter(pk=OuterRef("pk")))
    invitations = Invitation.objects.select_related("dealer").annotate(is_in_force=Exists(in_force))
    invitation = invitations.filter(token_hash=token_hash(token)).first()
    if invitation is None:
        raise InvitationNotFound("This invitation has been used, replaced or withdrawn.")
    if invitation.expires_at <= timezone.now():
        raise InvitationExpired("This invitation is too old.")
    if not vars(invitation)["is_in_force"]:
        raise InvitationEnded("Whoever sent this invitation may no longer invite.")
    return invitation


def is_known(invitation: Invitation) -> bool:
    """Whether whom this invites has an account already, and so just joins."""
    return User.objects.filter(email__iexact=invitation.email).exists()


@transaction.atomic
def join_team(*, token: str, full_name: str = "", password: str = "") -> Membership:
    """Make whom a link invites a member; of two at once one finds the invitation used.

    Somebody new gets an account by this name and password; the account of somebody known is left
    as it is. Raises what `find_invitation` raises, `InvalidPassword` and `AccountClosed`.
    """
    found = find_invitation(token=token)
    Dealer.objects.select_for_update(no_key=True).get(pk=found.dealer_id)
    invitation = find_invitation(token=token)
    user = _user(invitation, full_name, password)
    if not user.is_active:
        raise AccountClosed("The account of this address is closed.")
    Invitation.objects.filter(pk=invitation.pk).delete()
    member, is_new = Membership.objects.get_or_create(
        user=user, dealer=invitation.dealer, defaults={"role": invitation.role}
    )
    if is_new:
        audit.record(
            AuditEvent.AuditKind.JOINED,
            actor=Actor.person(user.pk),
            dealer_id=member.dealer_id,
            subject=user.email,
            changes={"role": [None, member.role]},
        )
    return member


def _user(invitation: Invitation, full_name: str, password: str) -> User:
    users = User.objects.filter(email__iexact=invitation.email)
    if user := users.first():
        return user
    draft = User(email=invitation.email, full_name=full_name.strip())
    refuse_weak(password, draft)
    try:
        with transaction.atomic():
            return User.objects.create_user(invitation.email, password, full_name=draft.full_name)
    except IntegrityError:  # made at the same moment through another dealer's invitation
        return users.get()
