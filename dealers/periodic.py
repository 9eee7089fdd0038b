"""What the clock starts."""

import structlog
from celery import shared_task

from dealers import retention
from dealers.accounts.failure_counts import log_failures
from dealers.accounts.sign_in_attempts import tell_owners
from dealers.key_mail import ending_keys
from dealers.renewal import remind_of_expiry
from dealers.tasks import send_key_mail, send_weekly_mail
from dealers.weekly_mail import weekly_mails_due
from marketplace.outbox import enqueue_each

log = structlog.get_logger(__name__)


@shared_task
def send_expiry_reminders() -> None:
    """Of adverts and of API keys. Safe twice and after any gap: each notice is kept, and each key
    unmarked, until its mail is handed over."""
    enqueue_each(send_key_mail, ending_keys().values_list("pk"), unless_waiting=True)
    if noted := remind_of_expiry():
        log.info("expiry_reminders_due", adverts=noted)


@shared_task
def send_weekly_mails() -> None:
    """Safe twice and after any gap: each is marked when its mail is handed over."""
    enqueue_each(send_weekly_mail, weekly_mails_due().values_list("pk"), unless_waiting=True)


@shared_task
def log_failed_sign_ins() -> None:
    """Safe twice and after any gap: counts are moved to the audit log, and people told, once."""
    if told := tell_owners():
        log.info("owners_told_of_failed_sign_ins", people=told)
    if logged := log_failures():
        log.info("failed_sign_ins_logged", events=logged)


@shared_task
def apply_retention() -> None:
    """Safe twice and after any gap; each kind is a task of its own, so that none stops another."""
    kinds = [(kind,) for kind in retention.due_kinds()]
    enqueue_each(apply_retention_rule, kinds, unless_waiting=True)


@shared_task
def apply_retention_rule(kind: str) -> None:
    """Safe twice and at once: processes take different rows."""
    if kind in retention.RULES and (removed := retention.apply(kind)):
        log.info("retention_applied", kind=kind, removed=removed)
