"""Files in buckets: of S3, or of a server that speaks its protocol (MinIO, Ceph, R2).

Nothing is held in memory but a part of a file, and an opened file is a real one, which a process
may be forked with.
"""

import errno
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import PurePosixPath
from typing import Any
from urllib.parse import urljoin

import structlog
from boto3.exceptions import Boto3Error
from boto3.s3.transfer import TransferConfig
from botocore.config import Config
from botocore.exceptions import BotoCoreError, ClientError
from django.conf import settings
from django.core.files.base import File
from django.utils.crypto import get_random_string
from django.utils.encoding import filepath_to_uri
from storages.backends.s3 import S3Storage

from marketplace.errors import StorageAway
from marketplace.media import CONTENT_TYPES, SECONDS_KEPT
from marketplace.storage import storage_full

CONNECT_SECONDS = 5
READ_SECONDS = 20
TRIES = 3
SIGNED_SECONDS = 300
INSUFFICIENT_STORAGE = 507

log = structlog.get_logger(__name__)


class Bucket(S3Storage):
    """A bucket that gives nobody a file without a signature, which is good for minutes.

    Raises `StorageAway`, `StorageFull` and, for what is opened, `FileNotFoundError`.
    """

    def get_default_settings(self) -> dict[str, Any]:
        return {
            **super().get_default_settings(),
            "client_config": Config(
                connect_timeout=CONNECT_SECONDS,
                read_timeout=READ_SECONDS,
                retries={"mode": "standard", "total_max_attempts": TRIES},
                signature_version="s3v4",
                # Servers other than Amazon's know no checksums but those they ask for.
                request_checksum_calculation="when_required",
                response_checksum_validation="when_required",
                s3={"addressing_style": "auto"},
            ),
            "file_overwrite": True,  # names are free as they are: see get_available_name
            "querystring_expire": SIGNED_SECONDS,
            # One part after the other: each that is sent at the same time is held in memory.
            "transfer_config": TransferConfig(use_threads=False),
        }

    def get_available_name(self, name: str, max_length: int | None = None) -> str:
        """Return a name of its own for each file: a bucket cannot refuse one that is taken."""
        path = PurePosixPath(name)
        own = path.with_name(f"{path.stem}_{get_random_string(12)}{path.suffix}")
        return str(super().get_available_name(str(own), max_length))

    def exists(self, name: str) -> bool:
        with _answering():
            return bool(super().exists(name))

    def delete(self, name: str) -> None:
        with _answering():
            super().delete(name)

    def _save(self, name: str, content: Any) -> str:
        with _answering():
            return str(super()._save(name, content))

    def _open(self, name: str, mode: str = "rb") -> File:
        copy = tempfile.TemporaryFile()  # noqa: SIM115 - whoever opened it closes it
        try:
            with _answering(is_read=True):
                key = self._normalize_name(name)
                self.bucket.Object(key).download_fileobj(copy, Config=self.transfer_config)
            copy.seek(0)
        except BaseException:
            copy.close()
            raise
        return File(copy, name)


class PhotoBucket(Bucket):
    """A bucket that `MEDIA_URL` shows to everybody: its files have names of their own."""

    def get_available_name(self, name: str, max_length: int | None = None) -> str:
        return str(S3Storage.get_available_name(self, name, max_length))

    def get_object_parameters(self, name: str) -> dict[str, Any]:
        suffix = PurePosixPath(name).suffix.removeprefix(".")
        return {
            "CacheControl": f"public, max-age={SECONDS_KEPT}",
            "ContentType": CONTENT_TYPES.get(suffix, "application/octet-stream"),
        }

    def url(self, name: str, *_arguments: object, **_options: object) -> str:
        base: str = settings.MEDIA_URL
        return urljoin(base, str(filepath_to_uri(name)).lstrip("/"))


@contextmanager
def _answering(*, is_read: bool = False) -> Iterator[None]:
    """Tell what a bucket answers in our own words, and the details to the people who run this."""
    try:
        yield
    except ClientError as error:
        status = error.response.get("ResponseMetadata", {}).get("HTTPStatusCode")
        if is_read and status == 404:
            raise FileNotFoundError(errno.ENOENT, "There is no such file.") from error
        if status == INSUFFICIENT_STORAGE:
            raise storage_full(OSError(errno.ENOSPC, str(error))) from error
        raise _away(error) from error
    except (BotoCoreError, Boto3Error) as error:
        raise _away(error) from error


def _away(error: Exception) -> StorageAway:
    log.error("storage_away", error=str(error))
    return StorageAway("Files cannot be kept or read at the moment. Nothing was kept: try later.")
