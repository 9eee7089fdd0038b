"""Files that come as a part of a form, or as a body of their own."""

import tempfile
from collections.abc import Mapping
from typing import IO, Any

from django.core.files.uploadedfile import UploadedFile
from django.utils.datastructures import MultiValueDict
from rest_framework.exceptions import ValidationError
from rest_framework.parsers import BaseParser, DataAndFiles
from rest_framework.request import Request

from dealers.feeds.uploads import FILE_BYTES_MAX
from marketplace.api.renderers import OrjsonRenderer

PART = "file"
UNNAMED = "body"
_PIECE = 1024 * 1024
_IN_MEMORY = 4 * 1024 * 1024


class RawFileParser(BaseParser):
    """Keeps a body of any type as it comes, on disk where it is large."""

    media_type = "*/*"

    def parse(
        self,
        stream: IO[Any],
        media_type: str | None = None,
        parser_context: Mapping[str, Any] | None = None,
    ) -> DataAndFiles:
        kept = tempfile.SpooledTemporaryFile(max_size=_IN_MEMORY)  # noqa: SIM115 - Django closes it
        size = 0
        while piece := stream.read(_PIECE):
            size += len(piece)
            if size > FILE_BYTES_MAX:
                raise ValidationError({PART: [f"At most {FILE_BYTES_MAX // 1024**2:,} MB."]})
            kept.write(piece)
        kept.seek(0)
        files = MultiValueDict({PART: [UploadedFile(kept, UNNAMED, media_type, size)]})
        if parser_context:
            parser_context["request"]._request._files = files  # noqa: SLF001 - Django closes those
        return DataAndFiles({}, files)


class CsvRenderer(OrjsonRenderer):
    """Lets `Accept: text/csv` pass; what it renders itself are refusals."""

    media_type = "text/csv"
    format = "csv"


def sent_file(request: Request) -> UploadedFile:
    """Return the one file of a request; raises DRF's `ValidationError`."""
    unknown = sorted(set(request.data) - {PART})
    file = request.FILES.get(PART)
    if unknown or not isinstance(file, UploadedFile) or not file.size:
        message = f"Send one file, as the body or in the part named {PART}."
        raise ValidationError({PART: [message]})
    return file
