"""The folders that files are kept in, and what happens when their disk is full."""

import errno
import os
import weakref
from collections.abc import Callable
from functools import partial
from pathlib import Path
from typing import Any

import structlog
from django.core.files.storage import FileSystemStorage, storages
from django.db import transaction

from marketplace.errors import StorageFull

BYTES_FREE_MIN = 32 * 1024 * 1024  # of a photo as large as may be uploaded, and its sizes
_FULL = (errno.ENOSPC, errno.EDQUOT)

log = structlog.get_logger(__name__)


class FolderStorage(FileSystemStorage):
    """A folder that keeps a file whole or not at all. Raises `StorageFull`."""

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
