"""A picture of a few kilobytes takes no more memory to decode than the largest photograph."""

import json
import os
import subprocess
import sys
import threading
from collections.abc import Iterator
from typing import Any

import pytest
from django.conf import settings

from listings.exceptions import PhotosBusy, PictureTooLarge
from listings.photos import budget, pictures
from listings.photos.budget import Budget
from tests.listings.photos.peaks import PICTURES
from tests.pictures import picture

PEAK_MEGABYTES_MAX = 350
"""The decoded picture, 256 MB at most, and what is made of it."""
TOO_LARGE = "This picture takes too much to decode: send it smaller, or as an ordinary JPEG."
BROKEN = "This picture is broken or cut off."
ENDS: dict[str, object] = {
    "png of 16 bits": TOO_LARGE,
    "png of 16 bits that may be": [1920, 1536],
    "png of 8 bits": [1920, 614],
    "tall png": [684, 5760],
    "png of grey": [1920, 614],
    "png of a bit": [1920, 614],
    "png of text": BROKEN,
    "png of more text": BROKEN,
    "png of a profile": BROKEN,
    "jpeg": [1920, 614],
    "progressive jpeg": [1920, 576],
    "progressive jpeg of cmyk": TOO_LARGE,
    "jpeg of cmyk": [1920, 614],
    "jpeg of many scans": TOO_LARGE,
    "jpeg of a profile": [1920, 1440],
    "webp": TOO_LARGE,
    "webp that may be": [1920, 1440],
    "webp that moves": "A photo may not move.",
    "png that moves": "A photo may not move.",
    "gif": "This is not a JPEG, PNG, WebP or HEIC picture.",
    "tiff": "This is not a JPEG, PNG, WebP or HEIC picture.",
}


pytestmark = pytest.mark.timeout(600)


@pytest.fixture(scope="module")
def peaks() -> dict[str, dict[str, Any]]:
    """Decode all of them in processes of their own, as memory that was used once counts no more."""
    environment = {
        **os.environ,
        "SECRET_KEY": settings.SECRET_KEY,
        "DATABASE_URL": "postgresql://nobody@localhost/nothing",
        "DJANGO_SETTINGS_MODULE": "marketplace.settings",
    }
    done = subprocess.run(
        [sys.executable, "-m", "tests.listings.photos.peaks"],
        env=environment,
        cwd=settings.BASE_DIR,
        check=True,
        capture_output=True,
    )
    told: dict[str, dict[str, Any]] = json.loads(done.stdout)
    return told


@pytest.mark.slow
@pytest.mark.parametrize("name", PICTURES)
def test_decoding_takes_a_bounded_part_of_the_memory(
    peaks: dict[str, dict[str, Any]], name: str
) -> None:
    assert peaks[name]["said"] == ENDS[name]
    assert peaks[name]["megabytes"] < PEAK_MEGABYTES_MAX


def test_what_takes_too_much_has_a_code_of_its_own(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(pictures, "DECODED_BYTES_MAX", 40 * 30 * 8 - 1)
    with pytest.raises(PictureTooLarge) as refusal:
        pictures.decoded(picture("PNG"), width_max=640)
    assert refusal.value.code == "picture_too_large"
    assert refusal.value.fields == {"photos": [TOO_LARGE]}


@pytest.fixture
def full() -> Iterator[Budget]:
    """A budget of which another thread has taken all."""
    shared, is_taken, is_over = Budget(100), threading.Event(), threading.Event()

    def take() -> None:
        with shared.taken(1_000):
            is_taken.set()
            is_over.wait()

    other = threading.Thread(target=take)
    other.start()
    is_taken.wait()
    yield shared
    is_over.set()
    other.join()
    with shared.taken(100):  # all of it is there again
        pass


def test_who_waits_for_memory_in_vain_is_refused(
    full: Budget, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(budget, "WAIT_SECONDS", 0.01)
    with pytest.raises(PhotosBusy) as refusal, full.taken(1):
        pass
    assert (refusal.value.code, refusal.value.status) == ("photos_busy", 503)


def test_where_many_wait_the_next_is_refused_at_once(
    full: Budget, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(budget, "WAITING_MAX", 0)
    with pytest.raises(PhotosBusy), full.taken(1):
        pass


def test_many_small_pictures_are_decoded_at_once_and_large_ones_in_turn() -> None:
    shared, most = Budget(100), [0, 0]

    def take(amount: int) -> None:
        with shared.taken(amount):
            most[0] += amount
            most[1] = max(most)
            most[0] -= amount

    threads = [threading.Thread(target=take, args=(amount,)) for amount in (60, 30, 60, 10) * 5]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    with shared.taken(40), shared.taken(60):
        assert most[1] <= 100
