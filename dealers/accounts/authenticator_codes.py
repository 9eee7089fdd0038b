"""Codes of an authenticator (TOTP, RFC 6238), each good once, the next one later after a wrong one.

What is known of an authenticator is in the `data` of allauth's row: its encrypted secret, the step
of the last good code, by how many steps its clock is off, how many wrong codes came and when the
last did. Steps are of 30 seconds since 1970, times are in seconds.
"""

import hmac
import time

from allauth.mfa import app_settings
from allauth.mfa.models import Authenticator
from allauth.mfa.totp.internal.auth import format_hotp_value, hotp_value
from allauth.mfa.utils import decrypt
from django.utils import timezone

from dealers.accounts.exceptions import CodeTooSoon

TOLERANCE = 1
NEVER = -1


def matching_step(secret: str, code: str, *, drift: int = 0, after: int = NEVER) -> int | None:
    """Return the step whose code this is, of a secret in base 32; None where it is not good now.

    Steps up to `after` are used up; `drift` is by how many the authenticator's clock is off.
    """
    digits = "".join(code.split())
    if not is_code(digits):
        return None
    now = int(time.time()) // app_settings.TOTP_PERIOD + drift
    for step in range(now - TOLERANCE, now + TOLERANCE + 1):
        shown = format_hotp_value(hotp_value(secret, step))
        if step > after and hmac.compare_digest(shown, digits):
            return step
    return None


def is_code(text: str) -> bool:
    """Whether a text looks like what an authenticator shows."""
    return text.isascii() and text.isdecimal() and len(text) == app_settings.TOTP_DIGITS


def refuse_early(row: Authenticator) -> None:
    """Raise `CodeTooSoon` where wrong codes make the next one wait: 1, 2, 4, 8, ... seconds."""
    failures = row.data.get("failures", 0)
    if not failures:
        return
    wait = row.data["failed_at"] + 2 ** (failures - 1) - time.time()
    if wait > 0:
        seconds = max(1, round(wait))
        raise CodeTooSoon(
            f"Wait {seconds} seconds, then enter the newest code.", extra={"seconds": seconds}
        )


def use_code(row: Authenticator, code: str) -> bool:
    """Return whether a code is good, and use it up; the caller holds the person's lock."""
    known, drift = row.data, row.data.get("drift", 0)
    after = known.get("last_step", NEVER)
    step = matching_step(decrypt(known["secret"]), code, drift=drift, after=after)
    if step is None:
        return False
    now = int(time.time()) // app_settings.TOTP_PERIOD
    row.data = {**known, "last_step": step, "drift": step - now}
    row.last_used_at = timezone.now()
    return True


def note_outcome(row: Authenticator, *, is_right: bool) -> None:
    """Count a wrong code, or forget those before a right one."""
    failures = 0 if is_right else row.data.get("failures", 0) + 1
    row.data = {**row.data, "failures": failures, "failed_at": 0 if is_right else time.time()}
    row.save(update_fields=["data", "last_used_at"])
