"""What the verbs about accounts refuse, each with its stable code."""

import math
from datetime import timedelta
from typing import Self

from marketplace.errors import Conflict, DomainError, Invalid

IN_SECONDS_MAX = 90  # a longer wait is said in minutes


class AccountClosed(DomainError):
    """Staff have closed the account."""

    code = "account_closed"
    status = 403


class InvalidPassword(Invalid):
    """The password is too weak; `fields` says why."""

    code = "invalid_password"


class TooManyAttempts(DomainError):
    """Signing in failed so often that the next try has to wait; `retry_seconds` says how long."""

    code = "too_many_attempts"
    status = 429
    retry_seconds: int

    @classmethod
    def after(cls, wait: timedelta) -> Self:
        """Refuse for a time, in whole seconds, or whole minutes where it is long."""
        seconds = math.ceil(wait.total_seconds())
        refusal = cls("Signing in failed too often.")
        refusal.retry_seconds = seconds if seconds <= IN_SECONDS_MAX else -(-seconds // 60) * 60
        return refusal

    @property
    def wait(self) -> str:
        """The time as people say it."""
        if self.retry_seconds <= IN_SECONDS_MAX:
            return f"{self.retry_seconds} second{'s' if self.retry_seconds > 1 else ''}"
        return f"{self.retry_seconds // 60} minutes"


class SecondFactorMissing(Conflict):
    """There is no second factor to do this with."""

    code = "second_factor_missing"


class SecondFactorExists(Conflict):
    code = "second_factor_exists"


class PasskeyKnown(Conflict):
    """The passkey is on somebody's list already."""

    code = "passkey_known"


class PasskeyRefused(Invalid):
    """What the browser says of a passkey does not hold."""

    code = "passkey_refused"


class CodeRefused(Invalid):
    """Not a code that counts now: wrong, used, or too old."""

    code = "code_refused"


class CodeTooSoon(DomainError):
    """After wrong codes the next one has to wait; `extra` says how many `seconds`."""

    code = "code_too_soon"
    status = 429


class SessionNotFound(DomainError):
    code = "session_not_found"
    status = 404
