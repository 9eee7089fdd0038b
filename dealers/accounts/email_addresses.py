"""Changing an e-mail address: one's own by a link mailed to the new one, or by staff.

The link holds a signed number of the row in which the new address waits, for a day.
"""

from django.db import IntegrityError, transaction

from dealers import audit
from dealers.account_notices import NoticeKind, notify
from dealers.exceptions import EmailChangeEnded
from dealers.links import read_email_change
from dealers.models import AuditEvent, EmailChange, User
from dealers.permissions import Actor, require_own_account
from dealers.tasks import send_email_change
from marketplace.outbox import enqueue

ENDED = "This link was used, or a newer one was mailed."
TAKEN = "This address has an account already."


@transaction.atomic
def ask_email_change(*, user_id: int, email: str) -> None:
    """Have a link mailed to the address that a person wants; the one before it is void.

    The answer is the same for an address that somebody has.
    """
    User.objects.select_for_update().get(pk=user_id)
    EmailChange.objects.filter(user_id=user_id).delete()
    wanted = EmailChange.objects.create(user_id=user_id, email=email.strip())
    enqueue(send_email_change, wanted.pk)


def find_email_change(*, token: str) -> EmailChange:
    """Return the change that a mailed link confirms; raises `EmailChangeEnded`."""
    waiting = EmailChange.objects.filter(user__is_active=True).select_related("user")
    wanted = waiting.filter(pk=read_email_change(token)).first()
    if wanted is None:
        raise EmailChangeEnded(ENDED)
    return wanted


def confirm_email_change(*, token: str) -> User:
    """Make the address that a mailed link confirms the person's; raises `EmailChangeEnded`."""
    found = find_email_change(token=token)
    try:
        with transaction.atomic():
            user = User.objects.select_for_update().get(pk=found.user_id)
            deleted, _ = EmailChange.objects.filter(pk=found.pk).delete()
            if not deleted:
                raise EmailChangeEnded(ENDED)
            if User.objects.filter(email__iexact=found.email).exclude(pk=user.pk).exists():
                raise EmailChangeEnded(TAKEN)
            old_email, user.email = user.email, found.email
            user.save(update_fields=["email"])
            actor = Actor.person(user.pk)
            audit.record(AuditEvent.AuditKind.USER_CHANGED, actor=actor, subject="E-mail address")
            note_email_changed(user_id=user.pk, old_email=old_email, actor=actor)
            return user
    except IntegrityError:  # somebody took it at the same moment
        raise EmailChangeEnded(TAKEN) from None


@transaction.atomic
def note_email_changed(*, user_id: int, old_email: str, actor: Actor) -> None:
    """Tell a person at the old address and at the new one; raises `NotPermitted`."""
    require_own_account(user_id=user_id, actor=actor)
    user = User.objects.get(pk=user_id)
    for email in (old_email, user.email):
        notify(user, NoticeKind.EMAIL_CHANGED, actor=actor, email=email)
