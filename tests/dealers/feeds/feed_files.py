"""Feeds as bytes, and what the readers make of them."""

import io
import zipfile
from collections.abc import Mapping

import pytest

from dealers.feeds.files import SourceRow, UnreadableFeed, read_rows


def rows_of(content: bytes) -> list[SourceRow]:
    return list(read_rows(io.BytesIO(content)))


def cells_of(content: bytes) -> list[dict[str, str]]:
    return [row.cells for row in rows_of(content)]


def refused(content: bytes) -> str:
    """Return the reason for which a feed is unreadable."""
    with pytest.raises(UnreadableFeed) as refusal:
        rows_of(content)
    return refusal.value.reason


def zipped(files: Mapping[str, bytes]) -> bytes:
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, content in files.items():
            archive.writestr(name, content)
    return out.getvalue()
