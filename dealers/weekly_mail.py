"""The weekly mail: who asks for it, who no longer wants it, and who is due one."""

from datetime import datetime

from django.db import transaction
from django.db.models import QuerySet
from django.utils import timezone

from dealers.exceptions import MemberNotFound, WeeklyLinkInvalid
from dealers.links import read_weekly_mail
from dealers.models import Membership, WeeklyMail
from dealers.permissions import Actor, Permission, require
from dealers.weekly_digest import due_mails


@transaction.atomic
def choose_weekly_mail(*, dealer_id: int, is_wanted: bool, actor: Actor) -> bool:
    """Have a mail come to oneself each week, or none; returns whether that changed anything.

    Raises `MemberNotFound`.
    """
    require(Permission.OWN_ACCOUNT, dealer_id=dealer_id, actor=actor)
    member = Membership.objects.for_dealer(dealer_id).filter(user=actor.user_id).first()
    if member is None:
        raise MemberNotFound("Only who is in the team gets this mail.")
    if is_wanted:
        return WeeklyMail.objects.get_or_create(membership=member)[1]
    return bool(WeeklyMail.objects.filter(membership=member).delete()[0])


def find_weekly_mail(*, token: str) -> Membership:
    """Return whose mails a link ends. Raises `WeeklyLinkInvalid`."""
    members = Membership.objects.select_related("dealer")
    member = members.filter(pk=read_weekly_mail(token)).first()
    if member is None:
        raise WeeklyLinkInvalid("This link belongs to nobody in the team any more.")
    return member


def end_weekly_mail(*, token: str) -> Membership:
    """End the mails that a link came with; safe twice. Raises `WeeklyLinkInvalid`."""
    member = find_weekly_mail(token=token)
    WeeklyMail.objects.filter(membership=member).delete()
    return member


def weekly_mails_due(now: datetime | None = None) -> QuerySet[WeeklyMail]:
    """Return the mails that have been due since London's last Monday morning."""
    return due_mails(now or timezone.now()).order_by("pk")
