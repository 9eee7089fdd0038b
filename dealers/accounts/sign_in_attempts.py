"""How often signing in may be tried: counted for account, address and network, before the try.

A try is counted as failed before a password is hashed, and given back where it was right, so many
at once get no further than many in turn. Two counts refuse for a while: an account at an address,
and an address. Two ask for a pause that grows with each failure: a network, for all accounts, and
the account itself, wherever from. Nobody waits in a process: who is early is refused.

A network that the person signed in from lately has a count of its own and is not slowed down by
its neighbours, so that strangers keep nobody from the places where they work.
"""

from collections.abc import Collection, Iterable
from dataclasses import dataclass
from datetime import datetime, timedelta

from django.conf import settings
from django.db import transaction
from django.db.models import F, QuerySet
from django.utils import timezone

from dealers import audit
from dealers.account_notices import NoticeKind, notify
from dealers.accounts.exceptions import TooManyAttempts
from dealers.accounts.failure_counts import FailureCause, count_failure
from dealers.accounts.known_places import is_known_network
from dealers.models import AuditEvent, SignInThrottle, User
from dealers.permissions import Actor, require_own_account
from marketplace.client_address import customer_network
from marketplace.digests import digest

DIGESTED = "sign-in attempts"
NETWORK_WINDOW = timedelta(hours=1)
NETWORK_PAUSE_MAX = timedelta(seconds=15)  # neighbours wait too, who did nothing
ACCOUNT_WINDOW = timedelta(days=1)  # from the last failure: a wave ends when it is quiet
TOLD_AT_ONCE = 500

Scope = SignInThrottle.ThrottleScope
_LOCKING = (Scope.ACCOUNT_AT_ADDRESS, Scope.ADDRESS)


@dataclass(frozen=True)
class SignInAttempt:
    """A try that was counted as failed and may turn out right.

    `is_last` where the next one will be refused, should this one fail.
    """

    user_id: int | None
    address: str
    digests: tuple[str, ...]
    is_last: bool


def begin_attempt(name: str, address: str) -> SignInAttempt:
    """Count a try for an account, known or not, from an address; raises `TooManyAttempts`."""
    user_id = User.objects.filter(email__iexact=name).values_list("pk", flat=True).first()
    wanted = _throttles(name, user_id, address)
    rows = _those([row.digest for row in wanted])
    refusal = _refusal(rows)  # refused without a write, as most are of a flood
    with transaction.atomic():
        if refusal is None:
            SignInThrottle.objects.bulk_create(  # in one order, and locks what is there
                wanted,
                update_conflicts=True,
                unique_fields=["digest"],
                update_fields=["user"],
            )
            locked = list(rows.all())
            if (refusal := _refusal(locked)) is None:
                is_last = _count(locked)
            else:
                transaction.set_rollback(True)
    if refusal is not None:
        count_failure(user_id=user_id, address=address, cause=FailureCause.LOCKED)
        raise refusal
    return SignInAttempt(user_id, address, tuple(row.digest for row in wanted), is_last)


def fail_attempt(attempt: SignInAttempt, cause: FailureCause) -> TooManyAttempts | None:
    """Leave a try counted; return the refusal that the next one would meet where it is locked."""
    count_failure(user_id=attempt.user_id, address=attempt.address, cause=cause)
    if not attempt.is_last:
        return None
    if attempt.user_id is not None:
        kind = AuditEvent.AuditKind.LOCKED_OUT
        audit.record_sign_in(kind, user_id=attempt.user_id, address=attempt.address)
    return TooManyAttempts.after(_lock_time())


@transaction.atomic
def take_back(attempt: SignInAttempt) -> None:
    """Count a try no longer that was right, or was not made; earlier failures stay."""
    _locked(_those(attempt.digests)).filter(failures__gt=0).update(failures=F("failures") - 1)


@transaction.atomic
def forget_here(name: str, address: str) -> None:
    """Forget what failed for an account at the place where somebody just signed in to it.

    What strangers failed for it stays counted, and so does what failed here for other accounts.
    """
    digests = (_at_address(name, address), _at_known_network(name, address))
    _locked(_those(digests)).delete()


@transaction.atomic
def forget_account(user_id: int) -> None:
    """Forget what failed for an account anywhere, as after a new password."""
    _locked(SignInThrottle.objects.filter(user=user_id)).delete()


@transaction.atomic
def forget_address(address: str) -> None:
    """Forget what failed at an address, and in its network, for all accounts."""
    _locked(_those((_of_address(address), _of_network(address)))).delete()


@transaction.atomic
def lift_lock(*, user_id: int, actor: Actor) -> None:
    """Forget what failed for somebody's account, as staff; raises `NotPermitted`."""
    require_own_account(user_id=user_id, actor=actor)
    user = User.objects.get(pk=user_id)
    forget_account(user_id)
    audit.record(AuditEvent.AuditKind.LOCK_LIFTED, actor=actor, subject=user.email)


def failures_of(user_id: int) -> int:
    """Return how many failures of an account count now, wherever they were made."""
    rows = SignInThrottle.objects.filter(user=user_id, expires_at__gt=timezone.now())
    by_scope = dict.fromkeys((Scope.ACCOUNT, Scope.ACCOUNT_AT_ADDRESS), 0)
    for scope, failures in rows.values_list("scope", "failures"):
        by_scope[Scope(scope)] += failures
    return max(by_scope.values())


def tell_owners() -> int:
    """Mail those for whose accounts too much failed, once in a wave; return how many."""
    told = 0
    while batch := _tell_some():
        told += batch
    return told


@transaction.atomic
def _tell_some() -> int:
    untold = SignInThrottle.objects.filter(
        user__is_active=True,
        scope=Scope.ACCOUNT,
        failures__gte=settings.SIGN_IN_FAILURES_PER_ACCOUNT,
        told_at=None,
    )
    rows = untold.select_related("user").select_for_update(skip_locked=True, of=("self",))
    batch = list(rows.order_by("digest")[:TOLD_AT_ONCE])
    SignInThrottle.objects.filter(pk__in=[row.pk for row in batch]).update(told_at=timezone.now())
    for user in {row.user for row in batch if row.user is not None}:
        actor = Actor.person(user.pk)
        audit.record(AuditEvent.AuditKind.SIGN_IN_SLOWED, actor=actor)
        notify(user, NoticeKind.MANY_FAILURES, actor=actor)
    return len(batch)


def _throttles(name: str, user_id: int | None, address: str) -> list[SignInThrottle]:
    """Return what a try counts against, in the order in which rows are locked."""
    is_known = is_known_network(user_id or 0, audit.network_of(address))
    digests = {
        Scope.ACCOUNT_AT_ADDRESS: _at_address(name, address),
        Scope.ADDRESS: _of_address(address),
        Scope.NETWORK: "" if is_known else _of_network(address),
        Scope.ACCOUNT: _at_known_network(name, address) if is_known else _of_account(name),
    }
    now = timezone.now()
    rows = [
        SignInThrottle(
            scope=scope,
            digest=hashed,
            user_id=user_id if "account" in scope else None,
            failures=0,
            tried_at=now,
            expires_at=now,
        )
        for scope, hashed in digests.items()
        if hashed
    ]
    return sorted(rows, key=lambda row: row.digest)


def _refusal(rows: Iterable[SignInThrottle]) -> TooManyAttempts | None:
    now = timezone.now()
    waits = [_wait(row, now) for row in rows if row.expires_at > now]
    wait = max(waits, default=timedelta())
    return TooManyAttempts.after(wait) if wait > timedelta() else None


def _wait(row: SignInThrottle, now: datetime) -> timedelta:
    over = row.failures - _limit(row.scope)
    if over < 0:
        return timedelta()
    if row.scope in _LOCKING:
        return row.expires_at - now
    return row.tried_at + _pause(row.scope, over) - now


def _pause(scope: str, over: int) -> timedelta:
    """Return the pause after as many failures too many: a second, twice as long after each."""
    longest = timedelta(seconds=settings.SIGN_IN_PAUSE_SECONDS_MAX)
    if scope == Scope.NETWORK:
        longest = min(longest, NETWORK_PAUSE_MAX)
    return min(longest, timedelta(seconds=2 ** min(over, 20)))


def _count(rows: list[SignInThrottle]) -> bool:
    """Count one more in rows that are locked; return whether the next will be refused."""
    now = timezone.now()
    is_last = False
    for row in rows:
        is_over = row.expires_at <= now
        if is_over:
            row.failures, row.told_at = 0, None
        row.failures, row.tried_at = row.failures + 1, now
        is_full = row.scope in _LOCKING and row.failures >= _limit(row.scope)
        if is_over or is_full or row.scope == Scope.ACCOUNT:
            row.expires_at = now + _window(row.scope)
        is_last = is_last or is_full
    fields = ("failures", "told_at", "tried_at", "expires_at")
    SignInThrottle.objects.bulk_update(rows, fields)
    return is_last


def _limit(scope: str) -> int:
    limits: dict[str, int] = {
        Scope.ACCOUNT_AT_ADDRESS: settings.SIGN_IN_FAILURES,
        Scope.ADDRESS: settings.SIGN_IN_FAILURES_PER_ADDRESS,
        Scope.NETWORK: settings.SIGN_IN_FAILURES_PER_NETWORK,
        Scope.ACCOUNT: settings.SIGN_IN_FAILURES_PER_ACCOUNT,
    }
    return limits[scope]


def _window(scope: str) -> timedelta:
    windows: dict[str, timedelta] = {
        Scope.NETWORK: NETWORK_WINDOW,
        Scope.ACCOUNT: ACCOUNT_WINDOW,
    }
    return windows.get(scope, _lock_time())


def _lock_time() -> timedelta:
    return timedelta(minutes=settings.SIGN_IN_LOCKED_MINUTES)


def _at_address(name: str, address: str) -> str:
    return digest(DIGESTED, f"account at address\0{name}\0{customer_network(address)}")


def _of_address(address: str) -> str:
    return digest(DIGESTED, f"address\0{customer_network(address)}")


def _of_network(address: str) -> str:
    return digest(DIGESTED, f"network\0{audit.network_of(address)}")


def _of_account(name: str) -> str:
    return digest(DIGESTED, f"account\0{name}")


def _at_known_network(name: str, address: str) -> str:
    return digest(DIGESTED, f"account in network\0{name}\0{audit.network_of(address)}")


def _those(digests: Collection[str]) -> QuerySet[SignInThrottle]:
    return SignInThrottle.objects.filter(digest__in=digests)


def _locked(rows: QuerySet[SignInThrottle]) -> QuerySet[SignInThrottle]:
    """Lock rows in the order in which tries lock them, and return them."""
    pks = [row.pk for row in rows.order_by("digest").select_for_update()]
    return SignInThrottle.objects.filter(pk__in=pks)
