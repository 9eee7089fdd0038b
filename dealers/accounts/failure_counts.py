"""Counting failed sign-ins for the audit log: a row for an account and ten minutes, no more."""

from datetime import UTC, datetime, timedelta
from enum import StrEnum

from django.db import transaction
from django.db.models import F
from django.utils import timezone

from dealers import audit
from dealers.models import SignInFailureCount

WINDOW = timedelta(minutes=10)
LATE = timedelta(minutes=1)  # whoever counts may still hold the end of a window
BATCH = 500


class FailureCause(StrEnum):
    """Why signing in failed; the column that counts it."""

    PASSWORD = "wrong_passwords"  # noqa: S105  # a column
    CODE = "wrong_codes"
    LOCKED = "while_locked"


def count_failure(*, user_id: int | None, address: str, cause: FailureCause) -> None:
    """Count one failure of an account, or of nobody's; the first one says from which network."""
    window = SignInFailureCount.objects.get_or_create(
        user_id=user_id,  # type: ignore[misc]  # NULL is nobody's row
        began_at=_window(timezone.now()),
        defaults={"network": audit.network_of(address)},
    )[0]
    SignInFailureCount.objects.filter(pk=window.pk).update(**{cause.value: F(cause.value) + 1})


def log_failures() -> int:
    """Move windows that are over to the audit log; return how many events that made."""
    logged = 0
    while (batch := _log_batch()) is not None:
        logged += batch
    return logged


@transaction.atomic
def _log_batch() -> int | None:
    over = SignInFailureCount.objects.filter(began_at__lte=timezone.now() - WINDOW - LATE)
    locked = over.order_by("pk").select_for_update(skip_locked=True, of=("self",))
    rows = list(locked[:BATCH])
    if not rows:
        return None
    known = [row for row in rows if row.user_id is not None]
    for row in known:
        audit.record_failed_sign_ins(
            user_id=row.user_id or 0,
            network=row.network,
            began_at=row.began_at,
            counts={
                cause.value.replace("_", " "): getattr(row, cause.value) for cause in FailureCause
            },
        )
    SignInFailureCount.objects.filter(pk__in=[row.pk for row in rows]).delete()
    return len(known)


def _window(moment: datetime) -> datetime:
    seconds = int(WINDOW.total_seconds())
    return datetime.fromtimestamp(int(moment.timestamp()) // seconds * seconds, tz=UTC)
