"""Work on adverts that verbs put off: ids in, safe twice."""

from celery import shared_task

from listings.adverts import rejections


@shared_task(soft_time_limit=90, time_limit=120)
def send_rejections(dealer_id: int) -> None:
    rejections.send_rejections(dealer_id=dealer_id)
