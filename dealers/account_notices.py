"""Telling people what happened to their accounts, by mail, where it happens."""

from dataclasses import dataclass

from dealers.models import AccountNotice, User
from dealers.permissions import Actor, ActorKind
from dealers.tasks import send_account_notice
from marketplace.outbox import enqueue

NoticeKind = AccountNotice.NoticeKind


@dataclass(frozen=True)
class SignInPlace:
    """Where somebody signs in from: a network, no whole address, and a browser in a word or two."""

    network: str
    browser: str


NOWHERE = SignInPlace("", "")


def notify(
    user: User,
    kind: AccountNotice.NoticeKind,
    *,
    actor: Actor,
    email: str = "",
    subject: str = "",
    place: SignInPlace = NOWHERE,
) -> None:
    """Have a mail sent, in the transaction of what it tells; to `email` where that is another.

    The mail says so where one of the staff did it for somebody else.
    """
    notice = AccountNotice.objects.create(
        user=user,
        kind=kind,
        email=email or user.email,
        subject=subject[:200],
        network=place.network,
        device=place.browser,
        is_by_staff=actor.kind is ActorKind.STAFF and actor.user_id != user.pk,
    )
    enqueue(send_account_notice, notice.pk)
