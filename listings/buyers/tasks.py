"""Work that buyers' verbs put off: ids in, safe twice; a server that is away is asked again."""

from celery import shared_task
from django.db import transaction

from listings.buyers import (
    alert_mails,
    alert_queue,
    enquiry_mails,
    mentions,
    privacy_mails,
    reservation_mails,
)
from listings.buyers.deposits import give_back
from marketplace.outbox import enqueue_each


@shared_task
def send_enquiry_mail(mail_id: int) -> None:
    enquiry_mails.send(mail_id=mail_id)


@shared_task
def send_reservation_mail(reservation_id: int, number: int) -> None:
    reservation_mails.tell_buyer(reservation_id=reservation_id, number=number)


@shared_task
def send_reservation_notice(reservation_id: int, number: int) -> None:
    reservation_mails.tell_dealer(reservation_id=reservation_id, number=number)


@shared_task
def give_deposit_back(reservation_id: int) -> None:
    give_back(reservation_id=reservation_id)


@shared_task
def send_search_confirmation(record_id: int) -> None:
    alert_mails.send_confirmation(record_id=record_id)


@shared_task
@transaction.atomic
def collect_alerts(record_id: int) -> None:
    mail_id = alert_queue.collect(record_id=record_id)
    if mail_id is not None:  # one that waits for the mail server takes up what is new
        enqueue_each(send_alert_mail, [(mail_id,)], unless_waiting=True)


@shared_task
def send_alert_mail(mail_id: int) -> None:
    alert_mails.send_alerts(mail_id=mail_id)


@shared_task
def send_privacy_link(record_id: int) -> None:
    privacy_mails.send_link(record_id=record_id)


@shared_task
def erase_mentions(record_id: int) -> None:
    mentions.erase_mentions(record_id=record_id)
