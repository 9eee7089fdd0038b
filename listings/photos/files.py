"""The files of a photograph: every size of it, written before a row shows them, deleted after.

A worker notes a set of files as discarded before it writes them, and unnotes them in the
transaction that shows them. So whenever it is killed, either the files are shown or they are
deleted when they are due. An upload's small picture is written with its row's transaction.
"""

import io
import uuid
from dataclasses import dataclass
from datetime import timedelta
from functools import partial

import structlog
from django.core.files.base import ContentFile
from django.core.files.storage import default_storage
from django.db import transaction
from django.utils import timezone
from PIL import Image

from listings.models import DiscardedPhoto
from listings.models.photo import photo_sizes
from listings.photos.difference_hash import difference_hash
from marketplace.errors import StorageAway
from marketplace.storage import delete_with_rollback

THUMBNAIL_WIDTH = 160  # shown at 80, sharp on a screen of two pixels for one
WIDTHS = (THUMBNAIL_WIDTH, 320, 640, 1280, 1920)
WIDTH_MAX = WIDTHS[-1]
DISCARD_BATCH = 100

_WRITING = timedelta(hours=1)  # longer than a worker may take
_RETRY = timedelta(hours=1)

log = structlog.get_logger(__name__)


@dataclass(frozen=True, slots=True)
class PhotoFiles:
    """A photograph in every size, under names of its own; the fields are those of a `Photo`."""

    image: str
    widths: list[int]
    width: int
    height: int
    difference_hash: int
    contents: dict[str, bytes]

    @property
    def fields(self) -> dict[str, object]:
        return {
            "image": self.image,
            "widths": self.widths,
            "width": self.width,
            "height": self.height,
            "difference_hash": self.difference_hash,
        }

    def write(self) -> None:
        """Write every file, or leave none; raises `StorageAway` and `StorageFull`."""
        try:
            for name, content in self.contents.items():
                default_storage.save(name, ContentFile(content))
        except BaseException:
            _delete(tuple(self.contents))
            raise

    def write_with_transaction(self) -> None:
        """Write every file now, so that a failure is told, and delete them with a rollback."""
        self.write()
        delete_with_rollback(partial(_delete, tuple(self.contents)))


def _delete(names: tuple[str, ...]) -> None:
    for name in names:
        try:
            default_storage.delete(name)
        except (OSError, StorageAway) as error:
            log.warning("photo_file_not_deleted", image=name, error=str(error))


def made_from(picture: Image.Image) -> PhotoFiles:
    """Return a picture of at most `WIDTH_MAX` in every width up to its own, as JPEG and WebP."""
    key = uuid.uuid4().hex
    image = f"photos/{key[:2]}/{key[2:4]}/{key}-{picture.width}.jpg"
    widths = widths_of(picture.width)
    contents = {}
    for size in photo_sizes(image, widths, picture.size):
        resized = picture
        if size.width < picture.width:
            resized = picture.resize((size.width, size.height), Image.Resampling.LANCZOS)
        contents[size.jpeg] = _encoded(resized, "JPEG", quality=82, progressive=True)
        contents[size.webp] = _encoded(resized, "WEBP", quality=80)
    known_by = difference_hash(picture)
    return PhotoFiles(image, widths, picture.width, picture.height, known_by, contents)


def widths_of(width: int) -> list[int]:
    """Return the widths that a picture is made in: its own, and those that are clearly smaller."""
    return [*(each for each in WIDTHS if each * 1.1 < width), width]


def note_before_writing(files: PhotoFiles) -> DiscardedPhoto:
    """Have files deleted that nobody is going to show; delete the note in the same transaction."""
    return DiscardedPhoto.objects.create(
        image=files.image, widths=files.widths, due_at=timezone.now() + _WRITING
    )


def discard_due(*, limit: int = DISCARD_BATCH) -> int:
    """Delete the files that are due, `limit` photographs at a time; return how many went."""
    gone, due = 0, limit
    while due == limit:
        due, done = _discard(limit)
        gone += done
    return gone


@transaction.atomic
def _discard(limit: int) -> tuple[int, int]:
    """Return how many of a batch were due, and how many of them are gone."""
    due = list(
        DiscardedPhoto.objects.select_for_update(skip_locked=True)
        .filter(due_at__lte=timezone.now())
        .order_by("due_at")[:limit]
    )
    gone = []
    for discarded in due:
        try:
            for name in discarded.names():
                default_storage.delete(name)
        except (OSError, StorageAway) as error:
            log.warning("photo_files_not_deleted", image=discarded.image, error=str(error))
        else:
            gone.append(discarded.pk)
    DiscardedPhoto.objects.filter(pk__in=gone).delete()
    kept = [discarded.pk for discarded in due if discarded.pk not in set(gone)]
    DiscardedPhoto.objects.filter(pk__in=kept).update(due_at=timezone.now() + _RETRY)
    return len(due), len(gone)


def _encoded(picture: Image.Image, kind: str, **options: object) -> bytes:
    out = io.BytesIO()
    picture.save(out, kind, **options)
    return out.getvalue()
