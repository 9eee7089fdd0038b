"""The second factor: codes of an authenticator (TOTP), and recovery codes for when it is lost.

django-otp checks the codes: each is good once, within 30 seconds to either side, and after each
wrong one the next has to wait twice as long. An authenticator's secret is shown while it is set up
and never again; of recovery codes only hashes are kept.
"""

import secrets
from base64 import b32encode
from dataclasses import dataclass

from django.db import transaction
from django.utils import timezone
from django_otp.plugins.otp_totp.models import TOTPDevice

from dealers import audit
from dealers.account_notices import NoticeKind, notify
from dealers.accounts.sessions import end_sessions
from dealers.exceptions import CodeRefused, CodeTooSoon, SecondFactorExists, SecondFactorMissing
from dealers.models import AuditEvent, RecoveryCode, User
from dealers.permissions import Actor, require_own_account
from dealers.tokens import token_hash

Kind = AuditEvent.AuditKind
RECOVERY_CODES = 10
RECOVERY_BYTES = 10
DEVICE_NAME = "Authenticator"


@dataclass(frozen=True)
class CodeCheck:
    """What came of checking a code, decided in the transaction and raised after it."""

    is_right: bool
    wait_seconds: int = 0


def has_second_factor(user_id: int) -> bool:
    return bool(TOTPDevice.objects.filter(user_id=user_id, confirmed=True).exists())


@transaction.atomic
def start_second_factor(*, user_id: int) -> TOTPDevice:
    """Return a new authenticator that counts once its first code is confirmed.

    Raises `SecondFactorExists`.
    """
    User.objects.select_for_update().get(pk=user_id)
    if has_second_factor(user_id):
        raise SecondFactorExists("The second factor is on already.")
    TOTPDevice.objects.filter(user_id=user_id).delete()
    device: TOTPDevice = TOTPDevice.objects.create(
        user_id=user_id, name=DEVICE_NAME, confirmed=False
    )
    return device


def started_second_factor(user_id: int) -> TOTPDevice | None:
    """Return the authenticator that waits for its first code."""
    device: TOTPDevice | None = TOTPDevice.objects.filter(user_id=user_id, confirmed=False).first()
    return device


def confirm_second_factor(*, user_id: int, code: str, kept_session: str | None = None) -> list[str]:
    """Switch the second factor on by a first code; return recovery codes, to be shown this once.

    Ends the person's other sessions, which never asked for it. Raises `SecondFactorMissing`,
    `SecondFactorExists`, `CodeRefused` and `CodeTooSoon`.
    """
    with transaction.atomic():
        User.objects.select_for_update().get(pk=user_id)
        if has_second_factor(user_id):
            raise SecondFactorExists("The second factor is on already.")
        outcome = _check(user_id, code, confirmed=False)
        if outcome.is_right:
            TOTPDevice.objects.filter(user_id=user_id).update(confirmed=True)
            end_sessions(user_id=user_id, kept_session=kept_session)
            audit.record(Kind.SECOND_FACTOR_ON, actor=Actor.person(user_id))
            return _new_codes(user_id)
    raise _refusal(outcome)


@transaction.atomic
def stop_second_factor(*, user_id: int, actor: Actor) -> None:
    """Switch the second factor off, for oneself or as staff.

    Raises `NotPermitted` and `SecondFactorMissing`.
    """
    require_own_account(user_id=user_id, actor=actor)
    user = User.objects.select_for_update().get(pk=user_id)
    deleted, _ = TOTPDevice.objects.filter(user_id=user_id, confirmed=True).delete()
    if not deleted:
        raise SecondFactorMissing("There is no second factor.")
    RecoveryCode.objects.filter(user_id=user_id).delete()
    subject = user.email if actor.user_id != user_id else ""
    audit.record(Kind.SECOND_FACTOR_OFF, actor=actor, subject=subject)
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
    audit.record(Kind.RECOVERY_CODES_MADE, actor=actor)
    notify(user, NoticeKind.CODES_MADE, actor=actor)
    return _new_codes(user_id)


def pass_second_step(*, user_id: int, code: str) -> None:
    """Take a code of the authenticator or a recovery code, each of which is good once.

    Raises `SecondFactorMissing`, `CodeRefused` and `CodeTooSoon`; wrong codes are counted.
    """
    with transaction.atomic():
        User.objects.select_for_update().get(pk=user_id)
        outcome = _check(user_id, code, confirmed=True)
    if not outcome.is_right:
        raise _refusal(outcome)


def _check(user_id: int, code: str, *, confirmed: bool) -> CodeCheck:
    devices = TOTPDevice.objects.select_for_update().filter(user_id=user_id, confirmed=confirmed)
    device = devices.first()
    if device is None:
        raise SecondFactorMissing("There is no second factor.")
    is_allowed, why = device.verify_is_allowed()
    if not is_allowed:
        wait = (why["locked_until"] - timezone.now()).total_seconds()
        return CodeCheck(is_right=False, wait_seconds=max(1, round(wait)))
    digits = "".join(code.split())
    if digits.isascii() and digits.isdecimal() and len(digits) == device.digits:
        return CodeCheck(is_right=device.verify_token(digits))
    if confirmed and _use_recovery_code(user_id, code):
        device.throttle_reset()
        return CodeCheck(is_right=True)
    device.throttle_increment()
    return CodeCheck(is_right=False)


def _use_recovery_code(user_id: int, code: str) -> bool:
    given = RecoveryCode.objects.filter(user_id=user_id, code_hash=token_hash(_plain(code)))
    deleted, _ = given.delete()
    if deleted:
        left = RecoveryCode.objects.filter(user_id=user_id).count()
        changes: dict[str, list[object]] = {"codes left": [left + 1, left]}
        audit.record(Kind.RECOVERY_CODE_USED, actor=Actor.person(user_id), changes=changes)
    return bool(deleted)


def _new_codes(user_id: int) -> list[str]:
    RecoveryCode.objects.filter(user_id=user_id).delete()
    codes = [b32encode(secrets.token_bytes(RECOVERY_BYTES)).decode() for _ in range(RECOVERY_CODES)]
    RecoveryCode.objects.bulk_create(
        [RecoveryCode(user_id=user_id, code_hash=token_hash(code)) for code in codes]
    )
    return ["-".join(code[i : i + 4] for i in range(0, len(code), 4)).lower() for code in codes]


def _plain(code: str) -> str:
    return "".join(code.split()).replace("-", "").upper()


def _refusal(outcome: CodeCheck) -> Exception:
    if outcome.wait_seconds:
        return CodeTooSoon(
            f"Wait {outcome.wait_seconds} seconds, then enter the newest code.",
            extra={"seconds": outcome.wait_seconds},
        )
    return CodeRefused("That code is not right, or has been used.")
