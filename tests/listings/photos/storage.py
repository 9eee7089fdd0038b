"""What lies in the folder of the photos, and a storage that is slow or fails when told to."""

import io
import time
from collections.abc import Callable
from datetime import timedelta
from pathlib import Path
from typing import Any, ClassVar

from django.core.files.storage import FileSystemStorage
from django.utils import timezone

from listings.models import DiscardedPhoto, Listing, Photo
from listings.photos import add_photo
from tests import make


def uploaded(content: bytes, listing: Listing | None = None) -> Photo:
    """Return a photo as the verb leaves it."""
    return add_photo(
        listing_id=(listing or make.live()).pk, upload=io.BytesIO(content), actor_id=None
    )


def due_now() -> None:
    """Let the time pass until every file that is to be deleted is due."""
    DiscardedPhoto.objects.update(due_at=timezone.now() - timedelta(seconds=1))


def files_in(folder: Path) -> set[str]:
    """Return the names of the files below a folder."""
    return {str(path.relative_to(folder)) for path in folder.rglob("*") if path.is_file()}


def files_shown() -> set[str]:
    """Return the names of every file that a photo shows."""
    photos = Photo.objects.all()
    return {name for photo in photos for size in photo.sizes() for name in (size.jpeg, size.webp)}


class HookedStorage(FileSystemStorage):
    """Calls `before_save`, and `before_delete` with the name, which may raise."""

    before_save: ClassVar[Callable[[], None]] = staticmethod(lambda: None)
    before_delete: ClassVar[Callable[[str], None]] = staticmethod(lambda _: None)

    def save(self, name: str | None, content: Any, max_length: int | None = None) -> str:
        type(self).before_save()
        return super().save(name, content, max_length)

    def delete(self, name: str) -> None:
        type(self).before_delete(name)
        super().delete(name)


class StallingStorage(FileSystemStorage):
    """Writes one file and then hangs, until whoever writes is killed."""

    def save(self, name: str | None, content: Any, max_length: int | None = None) -> str:
        saved = super().save(name, content, max_length)
        time.sleep(120)
        return saved
