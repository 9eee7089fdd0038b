"""The second factor: an authenticator's codes (TOTP), passkeys, and recovery codes for their loss.

allauth keeps authenticators and passkeys. What it would leave to a cache is in the row, under the
person's lock, so that it holds across processes: each code is good once, within 30 seconds to
either side, and after each wrong one the next has to wait twice as long. An authenticator's secret
is encrypted; of recovery codes only hashes are kept.
"""

from allauth.mfa.models import Authenticator
from allauth.mfa.totp.internal.auth import TOTP
from django.db import transaction
from django.db.models import QuerySet
from django.utils import timezone

from dealers import audit
from dealers.account_notices import NoticeKind, notify
from dealers.accounts.authenticator_codes import (
    is_code,
    matching_step,
    note_outcome,
    refuse_early,
    use_code,
)
from dealers.accounts.exceptions import (
    CodeRefused,
    PasskeyKnown,
    SecondFactorExists,
    SecondFactorMissing,
)
from dealers.accounts.recovery_codes import replace_recovery_codes, use_recovery_code
from dealers.accounts.sessions import end_sessions
from dealers.models import AuditEvent, RecoveryCode, User
from dealers.permissions import Actor, require_own_account

AuditKind = AuditEvent.AuditKind
FactorType = Authenticator.Type
AUTHENTICATOR = "Authenticator app"
REFUSED = "That code is not right, or has been used."
PASSKEYS_MAX = 10
PASSKEY_NAME_LENGTH_MAX = 60


def factors_of(user_id: int) -> QuerySet[Authenticator]:
    """Return what somebody may take the second step with, the oldest first."""
    kinds = (FactorType.TOTP, FactorType.WEBAUTHN)
    rows: QuerySet[Authenticator] = Authenticator.objects.filter(user_id=user_id, type__in=kinds)
    return rows.order_by("pk")


def has_second_factor(user_id: int) -> bool:
    return factors_of(user_id).exists()


def confirm_authenticator(
    *, user_id: int, secret: str, code: str, kept_session: str | None = None
) -> list[str]:
    """Switch an authenticator on by a first code of its secret, as base 32.

    Where it is the person's first factor their other sessions end, which never asked for it, and
    what is returned are new recovery codes, to be shown this once. Raises `SecondFactorExists`
    and `CodeRefused`.
    """
    with transaction.atomic():
        user = User.objects.select_for_update().get(pk=user_id)
        factors = factors_of(user_id)
        if factors.filter(type=FactorType.TOTP).exists():
            raise SecondFactorExists("An authenticator is set up already.")
        step = matching_step(secret, code)
        if step is None:
            raise CodeRefused(REFUSED)
        is_first = not factors.exists()
        row = TOTP.activate(user, secret).instance
        row.data = {**row.data, "last_step": step}
        row.save(update_fields=["data"])
        return _added(user, AUTHENTICATOR, is_first=is_first, kept_session=kept_session)


@transaction.atomic
def add_passkey(
    *, user_id: int, name: str, credential: dict[str, object], kept_session: str | None = None
) -> list[str]:
    """Keep a passkey whose making was checked; return recovery codes as an authenticator's does.

    Raises `PasskeyKnown`, and `SecondFactorExists` at `PASSKEYS_MAX`.
    """
    user = User.objects.select_for_update().get(pk=user_id)
    passkeys = factors_of(user_id).filter(type=FactorType.WEBAUTHN)
    if len(passkeys) >= PASSKEYS_MAX:
        raise SecondFactorExists(f"Nobody has more than {PASSKEYS_MAX} passkeys.")
    if any(each.data["credential"]["id"] == credential["id"] for each in passkeys):
        raise PasskeyKnown("This passkey is on your list already.")
    is_first = not has_second_factor(user_id)
    data = {"name": name.strip()[:PASSKEY_NAME_LENGTH_MAX], "credential": credential}
    row = Authenticator.objects.create(user=user, type=FactorType.WEBAUTHN, data=data)
    return _added(user, name_of(row), is_first=is_first, kept_session=kept_session)


@transaction.atomic
def remove_factor(*, user_id: int, factor_id: int) -> None:
    """Take one of one's own factors away; with the last one the second factor is off.

    Raises `SecondFactorMissing`.
    """
    user = User.objects.select_for_update().get(pk=user_id)
    factor = factors_of(user_id).filter(pk=factor_id).first()
    if factor is None:
        raise SecondFactorMissing("There is no such factor.")
    if factors_of(user_id).count() == 1:
        stop_second_factor(user_id=user_id, actor=Actor.person(user_id))
        return
    name = name_of(factor)
    factor.delete()
    actor = Actor.person(user_id)
    audit.record(AuditKind.FACTOR_REMOVED, actor=actor, changes={"factor": [name, None]})
    notify(user, NoticeKind.FACTOR_REMOVED, actor=actor, subject=name)


@transaction.atomic
def stop_second_factor(*, user_id: int, actor: Actor) -> None:
    """Switch the second factor off, for oneself or as staff: all of it.

    Raises `NotPermitted` and `SecondFactorMissing`.
    """
    require_own_account(user_id=user_id, actor=actor)
    user = User.objects.select_for_update().get(pk=user_id)
    deleted, _ = Authenticator.objects.filter(user_id=user_id).delete()
    if not deleted:
        raise SecondFactorMissing("There is no second factor.")
    RecoveryCode.objects.filter(user_id=user_id).delete()
    subject = user.email if actor.user_id != user_id else ""
    audit.record(AuditKind.SECOND_FACTOR_OFF, actor=actor, subject=subject)
    notify(user, NoticeKind.FACTOR_OFF, actor=actor)


@transaction.atomic
def renew_recovery_codes(*, user_id: int) -> list[str]:
    """Replace all recovery codes and return the new ones, to be shown this once.

    Raises `SecondFactorMissing`.
    """
    user = User.objects.select_for_update().get(pk=user_id)
    if not has_second_factor(user_id):
        raise SecondFactorMissing("There is no second factor.")
    actor = Actor.person(user_id)
    audit.record(AuditKind.RECOVERY_CODES_MADE, actor=actor)
    notify(user, NoticeKind.CODES_MADE, actor=actor)
    return replace_recovery_codes(user_id=user_id)


def pass_second_step(*, user_id: int, code: str) -> None:
    """Take a code of the authenticator or a recovery code, each of which is good once.

    Raises `SecondFactorMissing`, `CodeRefused` and `CodeTooSoon`; wrong codes are counted.
    """
    with transaction.atomic():
        User.objects.select_for_update().get(pk=user_id)
        if not has_second_factor(user_id):
            raise SecondFactorMissing("There is no second factor.")
        app = factors_of(user_id).filter(type=FactorType.TOTP).first()
        is_right = _is_right(user_id, app, code)
    if not is_right:
        raise CodeRefused(REFUSED)


@transaction.atomic
def use_passkey(*, user_id: int, factor_id: int) -> None:
    """Note when a passkey was used whose answer was checked; raises `SecondFactorMissing`."""
    used = factors_of(user_id).filter(pk=factor_id, type=FactorType.WEBAUTHN)
    if not used.update(last_used_at=timezone.now()):
        raise SecondFactorMissing("There is no such passkey.")


def name_of(factor: Authenticator) -> str:
    """Return what a factor is called where it is listed and told of."""
    is_passkey = factor.type == FactorType.WEBAUTHN
    return f"Passkey {factor.data['name']}" if is_passkey else AUTHENTICATOR


def _is_right(user_id: int, app: Authenticator | None, code: str) -> bool:
    """Use a code up where it is good; what looks like an authenticator's is tried as that alone."""
    if app is None:
        return use_recovery_code(user_id=user_id, code=code)
    refuse_early(app)
    if is_code("".join(code.split())):
        is_right = use_code(app, code)
    else:
        is_right = use_recovery_code(user_id=user_id, code=code)
    note_outcome(app, is_right=is_right)
    return is_right


def _added(user: User, name: str, *, is_first: bool, kept_session: str | None) -> list[str]:
    actor = Actor.person(user.pk)
    kind = AuditKind.SECOND_FACTOR_ON if is_first else AuditKind.FACTOR_ADDED
    audit.record(kind, actor=actor, changes={"factor": [None, name]})
    notify(user, NoticeKind.FACTOR_ADDED, actor=actor, subject=name)
    if not is_first:
        return []
    end_sessions(user_id=user.pk, kept_session=kept_session)
    return replace_recovery_codes(user_id=user.pk)
