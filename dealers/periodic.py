"""What the clock starts."""

import structlog
from celery import shared_task

from dealers.accounts.retention import prune_accounts
from dealers.renewal import remind_of_expiry
from marketplace.api.idempotency import PRUNED_AT_ONCE, prune_answers

log = structlog.get_logger(__name__)


@shared_task
def send_expiry_reminders() -> None:
    """Safe twice and after any gap: each notice is kept until its mail is handed over."""
    if noted := remind_of_expiry():
        log.info("expiry_reminders_due", adverts=noted)


@shared_task
def forget_stored_answers() -> None:
    """Safe twice: forgets what is old enough, some thousands of answers at a time."""
    while prune_answers() == PRUNED_AT_ONCE:
        pass


@shared_task
def forget_old_accounts() -> None:
    """Safe twice and after any gap: it deletes what is old by the clock."""
    if pruned := prune_accounts():
        log.info("audit_events_pruned", events=pruned)
