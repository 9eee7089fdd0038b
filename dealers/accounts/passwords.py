"""New passwords; whoever sets one is signed out everywhere else."""

from django.contrib.auth.password_validation import validate_password
from django.core.exceptions import ValidationError
from django.db import transaction

from dealers import audit
from dealers.account_notices import NoticeKind, notify
from dealers.accounts.exceptions import InvalidPassword
from dealers.accounts.sessions import end_sessions
from dealers.accounts.sign_in_attempts import forget_account
from dealers.models import AuditEvent, User
from dealers.permissions import Actor, require_own_account
from dealers.tasks import send_password_reset
from marketplace.outbox import enqueue

NOBODY = 0


@transaction.atomic
def set_password(
    *, user_id: int, password: str, actor: Actor, kept_session: str | None = None
) -> User:
    """Set a password and end every session but one; raises `NotPermitted` and `InvalidPassword`.

    `kept_session` is the key of the session to keep. Failed sign-ins of the account are forgotten.
    """
    user = User.objects.select_for_update().get(pk=user_id)
    refuse_weak(password, user)
    user.set_password(password)
    user.save(update_fields=["password"])
    note_password_set(user_id=user_id, actor=actor, kept_session=kept_session)
    return user


@transaction.atomic
def note_password_set(*, user_id: int, actor: Actor, kept_session: str | None) -> None:
    """Do what follows a new password, in the transaction that sets it."""
    require_own_account(user_id=user_id, actor=actor)
    user = User.objects.get(pk=user_id)
    end_sessions(user_id=user_id, kept_session=kept_session)
    forget_account(user_id)
    kind, subject = AuditEvent.AuditKind.PASSWORD_CHANGED, ""
    if actor.user_id != user_id:
        kind, subject = AuditEvent.AuditKind.PASSWORD_SET_BY_STAFF, user.email
    audit.record(kind, actor=actor, subject=subject)
    notify(user, NoticeKind.PASSWORD_CHANGED, actor=actor)


def ask_password_reset(*, email: str) -> None:
    """Have a link to a new password mailed, if there is such an account.

    The same is done for an unknown address, for nobody: the time it takes tells nothing.
    """
    user = User.objects.filter(email__iexact=email.strip(), is_active=True).first()
    enqueue(send_password_reset, user.pk if user else NOBODY)


def refuse_weak(password: str, user: User) -> None:
    """Raises `InvalidPassword` with what Django's validators say."""
    try:
        validate_password(password, user)
    except ValidationError as error:
        raise InvalidPassword(
            "The password is too weak.", fields={"password": list(error.messages)}
        ) from None
