"""Work on photographs that verbs put off: ids in, safe twice."""

from celery import shared_task

from listings.photos.downloads import fetch_due
from listings.photos.renditions import make_sizes
from marketplace.outbox import enqueue

SECONDS_A_TURN = 20  # then other jobs have theirs


@shared_task(soft_time_limit=90, time_limit=120)
def make_photo_sizes(photo_id: int) -> None:
    make_sizes(photo_id=photo_id)


@shared_task
def fetch_photos_of(host: str) -> None:
    """Fetch what is due from a host for a while, and then queue again for the rest."""
    if fetch_due(host=host, seconds_max=SECONDS_A_TURN):
        enqueue(fetch_photos_of, host)
