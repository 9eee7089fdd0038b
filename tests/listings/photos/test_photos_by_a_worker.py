"""A real worker makes the sizes of an upload and fetches photos, over the real broker."""

from pathlib import Path

import pytest
from django.utils import timezone

from listings.models import DiscardedPhoto, PhotoOriginal
from listings.photos.tasks import fetch_photos_of, make_photo_sizes
from tests import make
from tests.listings.photos.fetched import publish, shown, want
from tests.listings.photos.storage import files_in, files_shown, uploaded
from tests.marketplace.checkouts import wait_until
from tests.marketplace.test_worker import WORKER, celery, queued_tasks, send
from tests.pictures import encoded, halves
from tests.websites import Website

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.slow]


def test_a_worker_makes_sizes_and_fetches_photos(
    site: Website, media: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("MEDIA_ROOT", str(media))
    monkeypatch.setenv("FETCH_ALLOWED_HOSTS", site.host)
    by_hand, by_address = make.live(), make.live()
    photo = uploaded(encoded(halves((700, 500))), by_hand)
    publish(site, 10, 20)
    want(by_address, site, 20, 10)
    by_address.photo_sources.update(next_attempt_at=timezone.now())
    with celery(*WORKER, heartbeats=tmp_path):
        send(make_photo_sizes, photo.pk)
        send(fetch_photos_of, site.host)
        wait_until(lambda: not PhotoOriginal.objects.exists())
        wait_until(lambda: by_address.photos.count() == 2)
        wait_until(lambda: not queued_tasks())
    assert shown(by_hand) == [700]
    assert shown(by_address) == [20, 10]
    assert files_in(media) > files_shown()
    assert DiscardedPhoto.objects.count() == 1
