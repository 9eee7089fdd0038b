"""Where files are kept, and what happens when their disk is full."""

import errno
import json
import os
import re
import weakref
from collections.abc import Callable
from functools import partial
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import environ
import structlog
from django.core.exceptions import ImproperlyConfigured
from django.core.files.storage import FileSystemStorage, storages
from django.db import transaction

from marketplace.errors import StorageFull

BYTES_FREE_MIN = 32 * 1024 * 1024  # of a photo as large as may be uploaded, and its sizes
_FULL = (errno.ENOSPC, errno.EDQUOT)
_FOLDER = "marketplace.storage.FolderStorage"

_PLAIN_NAME = re.compile(r"[A-Za-z0-9_-][A-Za-z0-9_.-]*+(?:/[A-Za-z0-9_-][A-Za-z0-9_.-]*+)*+")
_QUERY = re.compile(r"[?#;]")

log = structlog.get_logger(__name__)


def file_storages(env: environ.Env, *, media_url: str, folder: Path) -> dict[str, Any]:
    """Return where photographs are kept and where dealers' files are, as `STORAGES` has them."""
    photos = env.str("MEDIA_S3_BUCKET", default="")
    feeds = env.str("FEED_S3_BUCKET", default="")
    _refuse_buckets(photos, feeds, media_url)
    server = {
        "endpoint_url": env.str("S3_ENDPOINT", default="") or None,  # None: Amazon's
        "region_name": env.str("S3_REGION", default="") or None,
    }
    media_options = json.loads(env.str("MEDIA_STORAGE_OPTIONS", default="") or "{}")
    media = env.str("MEDIA_STORAGE", default=_FOLDER), media_options
    feed_options = json.loads(env.str("FEED_STORAGE_OPTIONS", default="") or "{}")
    feed_folder = {"location": str(env.path("FEED_FILES_ROOT", default=str(folder / "feed-files")))}
    files = env.str("FEED_STORAGE", default=_FOLDER), feed_options or feed_folder
    if photos:
        media = "marketplace.object_storage.PhotoBucket", {"bucket_name": photos, **server}
    if feeds:
        files = "marketplace.object_storage.Bucket", {"bucket_name": feeds, **server}
    places = {"default": media, "feeds": files}
    return {name: {"BACKEND": one, "OPTIONS": options} for name, (one, options) in places.items()}


def _refuse_buckets(photos: str, feeds: str, media_url: str) -> None:
    """Photographs are served to everybody and dealers' files to nobody: never from one place."""
    if photos and photos == feeds:
        raise ImproperlyConfigured(
            "FEED_S3_BUCKET is another bucket than MEDIA_S3_BUCKET, which everybody may read."
        )
    if photos and not urlsplit(media_url).netloc:
        raise ImproperlyConfigured(
            "With MEDIA_S3_BUCKET, MEDIA_URL is where browsers load its files from, such as"
            " https://photos.example.com/."
        )


class FolderStorage(FileSystemStorage):
    """A folder that keeps a file whole or not at all. Raises `StorageFull`."""

    def url(self, name: str | None) -> str:
        """Return what Django does, at once for a name that quoting and joining leave as it is."""
        base = self.base_url
        if name and base and _PLAIN_NAME.fullmatch(name) and not _QUERY.search(base):
            return f"{base}{name}"
        return super().url(name)

    def _save(self, name: str, content: Any) -> str:
        try:
            return str(super()._save(name, content))  # type: ignore[misc]  # the stubs lack it
        except OSError as error:
            if not is_full(error):
                raise
            Path(self.path(name)).unlink(missing_ok=True)
            raise storage_full(error) from error


def delete_with_rollback(delete: Callable[[], None]) -> None:
    """Have files that were written for this transaction deleted unless it commits.

    What a transaction defers is dropped when it rolls back, and the files go with that. `delete`
    must not refer to what the transaction defers.
    """
    standing = _Standing()
    undo = weakref.finalize(standing, delete)
    transaction.on_commit(partial(_keep, standing, undo))


class _Standing:
    """Files that stand for as long as a transaction may commit."""


def _keep(_standing: _Standing, undo: "weakref.finalize[Any, _Standing]") -> None:
    undo.detach()


def is_full(error: OSError) -> bool:
    return error.errno in _FULL


def storage_full(error: OSError) -> StorageFull:
    """Return the refusal to raise, and tell the people who run this."""
    log.error("storage_full", error=error.strerror)
    return StorageFull("There is no room for files at the moment. Nothing was kept: try later.")


def has_room() -> bool:
    """Return whether every folder that files are kept in has room for some more."""
    kept = (storages[name] for name in ("default", "feeds"))
    return all(_has_room(each.location) for each in kept if isinstance(each, FileSystemStorage))


def _has_room(folder: str | os.PathLike[str]) -> bool:
    path = Path(folder)
    while not path.exists():  # it is made with its first file
        path = path.parent
    disk = os.statvfs(path)
    is_counted = disk.f_files > 0  # some file systems have no end of names
    return disk.f_bavail * disk.f_frsize >= BYTES_FREE_MIN and (disk.f_favail > 0 or not is_counted)
