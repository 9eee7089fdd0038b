"""The folders that files are kept in, and what happens when their disk is full."""

import errno
import os
from collections.abc import Callable
from pathlib import Path
from typing import Any

import structlog
from django.core.files.storage import FileSystemStorage, storages
from django.http import HttpRequest, HttpResponse, HttpResponseBase

from marketplace.api.problem import problem, problem_response
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


class StorageFullMiddleware:
    """Answer 507 where a request needs room that a disk does not have, for its body included."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponseBase]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponseBase:
        return self.get_response(request)

    def process_exception(self, request: HttpRequest, error: Exception) -> HttpResponse | None:
        if isinstance(error, OSError) and is_full(error):
            error = storage_full(error)
        if not isinstance(error, StorageFull):
            return None
        return problem_response(problem(error.status, error.code, error.message))


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
