"""What follows when somebody's e-mail address is changed, which staff do."""

from django.db import transaction

from dealers.account_notices import NoticeKind, notify
from dealers.models import User
from dealers.permissions import Actor, require_own_account


@transaction.atomic
def note_email_changed(*, user_id: int, old_email: str, actor: Actor) -> None:
    """Tell a person at the old address and at the new one; raises `NotPermitted`."""
    require_own_account(user_id=user_id, actor=actor)
    user = User.objects.get(pk=user_id)
    for email in (old_email, user.email):
        notify(user, NoticeKind.EMAIL_CHANGED, actor=actor, email=email)
