"""The files of a photo: none too few, none left over, whatever goes wrong in the middle."""

import os
import signal
import subprocess
import sys
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from django.conf import settings as django_settings
from django.db import connection, transaction
from django.utils import timezone
from psycopg.conninfo import make_conninfo
from pytest_django import Settings

from listings.models import Photo, PhotoOriginal
from listings.photos import remove_photo
from listings.photos.files import discard_due
from listings.photos.renditions import make_sizes, overdue_originals
from tests import make
from tests.listings.photos.storage import (
    HookedStorage,
    due_now,
    files_in,
    files_shown,
    uploaded,
)
from tests.marketplace.checkouts import wait_until
from tests.pictures import encoded, halves, noise, picture

pytestmark = pytest.mark.django_db(transaction=True)


def test_to_make_the_sizes_twice_is_to_make_them_once(media: Path) -> None:
    photo = uploaded(picture())
    make_sizes(photo_id=photo.pk)
    before = Photo.objects.values().get()
    make_sizes(photo_id=photo.pk)
    make_sizes(photo_id=photo.pk + 1)
    assert Photo.objects.values().get() == before
    due_now()
    discard_due()
    assert files_in(media) == files_shown()


def test_while_a_worker_is_at_it_another_does_nothing(media: Path) -> None:
    photo = uploaded(picture())
    later = timezone.now() + timedelta(minutes=10)
    PhotoOriginal.objects.update(next_attempt_at=later)
    preview = files_in(media)
    make_sizes(photo_id=photo.pk)
    assert files_in(media) == preview
    assert PhotoOriginal.objects.exists()


def test_the_files_of_the_preview_stay_for_pages_just_sent_and_then_go(media: Path) -> None:
    photo = uploaded(encoded(halves((1000, 800))))
    preview = files_shown()
    make_sizes(photo_id=photo.pk)
    assert files_in(media) == preview | files_shown()
    assert discard_due() == 0
    due_now()
    assert discard_due() == 1
    assert files_in(media) == files_shown()
    assert not preview & files_shown()


def test_an_upload_that_is_rolled_back_leaves_no_file(media: Path) -> None:
    row = make.live()

    def upload_and_fail() -> None:
        with transaction.atomic():
            uploaded(picture(), row)
            raise ZeroDivisionError

    with pytest.raises(ZeroDivisionError):
        upload_and_fail()
    assert files_in(media) == set()
    assert not Photo.objects.exists()


def test_a_removal_that_is_rolled_back_keeps_the_files(media: Path) -> None:
    photo = uploaded(picture())

    def remove_and_fail() -> None:
        with transaction.atomic():
            remove_photo(listing_id=photo.listing_id, photo_id=photo.pk, actor_id=None)
            raise ZeroDivisionError

    with pytest.raises(ZeroDivisionError):
        remove_and_fail()
    assert discard_due() == 0
    assert len(files_in(media)) == 2
    assert files_in(media) == files_shown()


def test_the_files_of_a_deleted_advert_go(media: Path) -> None:
    photo = uploaded(picture())
    assert len(files_in(media)) == 2
    photo.listing.delete()
    assert discard_due() == 1
    assert files_in(media) == set()


@pytest.fixture
def hooked(settings: Settings, monkeypatch: pytest.MonkeyPatch) -> type[HookedStorage]:
    backend = {"BACKEND": "tests.listings.photos.storage.HookedStorage"}
    settings.STORAGES = {**settings.STORAGES, "default": backend}
    monkeypatch.setattr(HookedStorage, "before_save", HookedStorage.before_save)
    monkeypatch.setattr(HookedStorage, "before_delete", HookedStorage.before_delete)
    return HookedStorage


def test_a_photo_removed_while_its_sizes_are_made_leaves_no_file(
    media: Path, hooked: type[HookedStorage]
) -> None:
    photo = uploaded(picture())

    def remove() -> None:
        remove_photo(listing_id=photo.listing_id, photo_id=photo.pk, actor_id=None)

    hooked.before_save = staticmethod(remove)
    make_sizes(photo_id=photo.pk)
    assert not Photo.objects.exists()
    due_now()
    discard_due()
    assert files_in(media) == set()


def test_a_broken_disk_loses_nothing(media: Path, hooked: type[HookedStorage]) -> None:
    def fail() -> None:
        raise OSError("input/output error")

    photo = uploaded(picture())
    hooked.before_save = staticmethod(fail)
    with pytest.raises(OSError, match="input/output"):
        make_sizes(photo_id=photo.pk)
    assert PhotoOriginal.objects.get().attempts == 1

    hooked.before_save = staticmethod(lambda: None)
    PhotoOriginal.objects.update(next_attempt_at=timezone.now() - timedelta(minutes=3))
    assert overdue_originals(limit=10) == [photo.pk]
    make_sizes(photo_id=photo.pk)
    due_now()
    discard_due()
    assert files_in(media) == files_shown()


def test_a_file_that_cannot_be_deleted_does_not_keep_the_others(
    media: Path, hooked: type[HookedStorage]
) -> None:
    stuck, other = uploaded(picture()), uploaded(picture())
    stuck_files = {name for size in stuck.sizes() for name in (size.jpeg, size.webp)}

    def fail(name: str) -> None:
        if name in stuck_files:
            raise OSError("read-only")

    hooked.before_delete = staticmethod(fail)
    Photo.objects.filter(pk__in=(stuck.pk, other.pk)).delete()
    assert discard_due() == 1
    assert files_in(media) == stuck_files
    assert discard_due() == 0, "it is tried again in an hour"


def test_what_fails_again_and_again_is_given_up_and_keeps_its_preview(
    media: Path, hooked: type[HookedStorage]
) -> None:
    photo = uploaded(picture())
    preview = files_in(media)

    def fail() -> None:
        raise OSError("no space left on device")

    hooked.before_save = staticmethod(fail)
    for _ in range(5):
        PhotoOriginal.objects.update(next_attempt_at=timezone.now() - timedelta(hours=1))
        assert overdue_originals(limit=10) == [photo.pk]
        with pytest.raises(OSError, match="no space"):
            make_sizes(photo_id=photo.pk)
    assert PhotoOriginal.objects.get().next_attempt_at is None
    assert overdue_originals(limit=10) == []
    make_sizes(photo_id=photo.pk)
    assert files_in(media) == files_shown() == preview


@pytest.mark.slow
def test_a_worker_killed_in_the_middle_leaves_nothing_half_done(media: Path) -> None:
    photo = uploaded(encoded(noise((1000, 800))))
    preview = files_shown()
    statement = (
        f"from listings.photos.renditions import make_sizes; make_sizes(photo_id={photo.pk})"
    )
    with subprocess.Popen(
        [sys.executable, "manage.py", "shell", "-v", "0", "-c", statement],
        env={**os.environ, **environment(media)},
        cwd=django_settings.BASE_DIR,
    ) as worker:
        try:
            wait_until(lambda: files_in(media) > preview)
        finally:
            worker.send_signal(signal.SIGKILL)
        assert worker.wait() == -signal.SIGKILL
    assert files_shown() == preview

    PhotoOriginal.objects.update(next_attempt_at=timezone.now())
    make_sizes(photo_id=photo.pk)
    due_now()
    assert discard_due() == 2
    assert files_in(media) == files_shown()
    assert Photo.objects.get().widths == [160, 320, 640, 1000]


def environment(media: Path) -> dict[str, str]:
    parameters = connection.get_connection_params()
    keys = ("dbname", "user", "password", "host", "port")
    given: dict[str, Any] = {key: parameters[key] for key in keys if key in parameters}
    return {
        "DATABASE_URL": make_conninfo(**given),
        "SECRET_KEY": django_settings.SECRET_KEY,
        "MEDIA_ROOT": str(media),
        "MEDIA_STORAGE": "tests.listings.photos.storage.StallingStorage",
    }
