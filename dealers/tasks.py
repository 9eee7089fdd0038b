"""Work that verbs put off: ids in, safe twice; a mail server that is away is asked again."""

from celery import shared_task

from dealers import account_emails
from dealers.enquiry_emails import mail_answer
from dealers.expiry_digest import send_digest
from dealers.key_mail import send_key_notice
from dealers.notice_emails import send_account_notice as mail_account_notice
from dealers.waiting_digest import send_waiting
from dealers.weekly_digest import send_weekly


@shared_task
def send_account_notice(notice_id: int) -> None:
    mail_account_notice(notice_id=notice_id)


@shared_task
def send_answer(message_id: int) -> None:
    mail_answer(message_id=message_id)


@shared_task
def send_email_change(change_id: int) -> None:
    account_emails.send_email_change(change_id=change_id)


@shared_task
def send_expiry_digest(dealer_id: int) -> None:
    send_digest(dealer_id=dealer_id)


@shared_task
def send_feed_notice(feed_id: int, run_id: int | None) -> None:
    account_emails.send_feed_notice(feed_id=feed_id, run_id=run_id)


@shared_task
def send_invitation(invitation_id: int) -> None:
    account_emails.send_invitation(invitation_id=invitation_id)


@shared_task
def send_key_mail(key_id: int) -> None:
    send_key_notice(key_id=key_id)


@shared_task
def send_password_reset(user_id: int) -> None:
    account_emails.send_password_reset(user_id=user_id)


@shared_task
def send_waiting_digest(dealer_id: int) -> None:
    send_waiting(dealer_id=dealer_id)


@shared_task
def send_webhook_notice(endpoint_id: int) -> None:
    account_emails.send_webhook_notice(endpoint_id=endpoint_id)


@shared_task
def send_weekly_mail(membership_id: int) -> None:
    send_weekly(membership_id=membership_id)
