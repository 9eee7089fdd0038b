"""What the clock does for photos: files deleted, and work queued that nobody is at."""

from datetime import timedelta
from pathlib import Path

import pytest
from celery import current_app
from django.utils import timezone

from listings.models import Photo, PhotoOriginal, PhotoSource
from listings.periodic import tend_photos
from marketplace.models import OutboxTask
from tests import make
from tests.listings.photos.fetched import publish, shown, want
from tests.listings.photos.storage import files_in, files_shown, uploaded
from tests.pictures import picture
from tests.websites import Website

pytestmark = pytest.mark.django_db(transaction=True)


def test_what_was_left_lying_is_done(site: Website, media: Path) -> None:
    late, fresh, gone = (uploaded(picture()) for _ in range(3))
    PhotoOriginal.objects.filter(pk=late.pk).update(
        next_attempt_at=timezone.now() - timedelta(minutes=3)
    )
    row = make.live()
    publish(site, 10)
    want(row, site, 10)
    PhotoSource.objects.update(next_attempt_at=timezone.now())
    Photo.objects.filter(pk=gone.pk).delete()
    OutboxTask.objects.all().delete()
    current_app.conf.task_always_eager = True
    try:
        tend_photos()
    finally:
        current_app.conf.task_always_eager = False

    assert set(PhotoOriginal.objects.values_list("pk", flat=True)) == {fresh.pk}
    assert shown(row) == [10]
    late_preview = {name for size in late.sizes() for name in (size.jpeg, size.webp)}
    assert files_in(media) == files_shown() | late_preview
