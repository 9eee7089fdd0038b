"""What the clock starts."""

import structlog
from celery import shared_task

from dealers.renewal import remind_of_expiry

log = structlog.get_logger(__name__)


@shared_task
def send_expiry_reminders() -> None:
    """Safe twice and after any gap: each notice is kept until its mail is handed over."""
    if noted := remind_of_expiry():
        log.info("expiry_reminders_due", adverts=noted)
