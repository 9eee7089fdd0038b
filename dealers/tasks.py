"""Work that verbs put off: ids in, safe twice."""

from celery import shared_task

from dealers.digest import send_digest
from dealers.mail import MailServerAway


@shared_task(
    autoretry_for=(MailServerAway,), max_retries=5, retry_backoff=30, retry_backoff_max=480
)
def send_expiry_digest(dealer_id: int) -> None:
    send_digest(dealer_id=dealer_id)
