"""People who work for no dealer any more, and what signing in leaves behind."""

from datetime import datetime

from allauth.mfa.models import Authenticator
from django.db import transaction
from django.db.models import Exists, OuterRef, Q, QuerySet
from django.db.models.functions import Coalesce

from dealers.models import (
    AccountNotice,
    AuditEvent,
    EmailChange,
    KnownPlace,
    RecoveryCode,
    SavedView,
    Session,
    SignInFailureCount,
    SignInThrottle,
    User,
)

FORMER = "Former member"
NOWHERE = "former.invalid"  # RFC 2606: no mail ever goes there
_OWN = (
    AccountNotice,
    Authenticator,
    EmailChange,
    KnownPlace,
    RecoveryCode,
    SavedView,
    Session,
    SignInFailureCount,
    SignInThrottle,
)
_LEFT = (AuditEvent.AuditKind.REMOVED, AuditEvent.AuditKind.LEFT)


def former_members(before: datetime) -> QuerySet[User]:
    """Return people of no team who neither left one nor signed in since a moment."""
    left = AuditEvent.objects.filter(
        kind__in=_LEFT, subject=OuterRef("email"), happened_at__gte=before
    )
    seen = Session.objects.filter(user=OuterRef("pk"), last_seen_at__gte=before)
    people = User.objects.filter(is_staff=False, is_superuser=False, memberships=None)
    old = people.filter(joined_at__lt=before).alias(last=Coalesce("last_login", "joined_at"))
    named = ~Q(email__endswith=f"@{NOWHERE}")
    return old.filter(named, last__lt=before).exclude(Exists(left)).exclude(Exists(seen))


@transaction.atomic
def forget_members(before: datetime, limit: int) -> int:
    """Take the names and ways to sign in of some; their rows stay, for what they did."""
    rows = former_members(before).order_by("pk").select_for_update(skip_locked=True, of=("self",))
    people = list(rows[:limit])
    for person in people:
        person.email = f"former-{person.pk}@{NOWHERE}"
        person.full_name, person.is_active = FORMER, False
        person.set_unusable_password()
        _forget_what_hangs_from(person)
    User.objects.bulk_update(people, ["email", "full_name", "is_active", "password"])
    return len(people)


def _forget_what_hangs_from(person: User) -> None:
    """Delete what is the person's alone: sessions, second factors and views of the stock."""
    for model in _OWN:
        rows: QuerySet = QuerySet(model)
        rows.filter(user=person).delete()
