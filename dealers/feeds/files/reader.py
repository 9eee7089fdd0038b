"""From a file of any shape to its rows."""

import re
from collections.abc import Iterator
from itertools import islice
from typing import BinaryIO

from dealers.feeds.files.archive import Opened, opened
from dealers.feeds.files.csv import headers_of, separated_rows
from dealers.feeds.files.encoding import as_text, decoded, encoding_of
from dealers.feeds.files.json import document_rows, is_lines, line_rows
from dealers.feeds.files.limits import COLUMNS_MAX
from dealers.feeds.files.pairs import ArchiveMember, companion_of, joined, main_of
from dealers.feeds.files.rows import FeedFormat, Preview, SourceRow, UnreadableFeed
from dealers.feeds.files.xml import element_rows

_PAGE = re.compile(
    r"\s*+(?:<!--(?>.*?-->)\s*+)*+<(?:!doctype\s+html|html|head|body)\b",
    re.IGNORECASE | re.DOTALL,
)
_CONTROL = re.compile(r"[\x01-\x08\x0e-\x19\x1b-\x1f]")
_CONTROL_SHARE_MAX = 0.02


def read_rows(
    stream: BinaryIO,
    *,
    name: str = "",
    format: FeedFormat | None = None,  # noqa: A002  # the field's name
) -> Iterator[SourceRow]:
    """Yield the rows of a feed as they are read; the stream can seek, and is read from its start.

    Whatever packs it, its encoding and its dialect are found out from its content; so is the
    format where None is given. `name` is what messages call the file.
    Raises `UnreadableFeed`, perhaps after many rows: then none of what is absent is known to be.
    """
    try:
        yield from _rows(stream, format)
    except UnreadableFeed as error:
        if name:
            error.message = f"{name}: {error.message}"
        raise


def preview(stream: BinaryIO, *, rows: int = 50, format: FeedFormat | None = None) -> Preview:  # noqa: A002
    """Return the beginning of a feed, for a person to confirm what its columns mean."""
    first = list(islice(read_rows(stream, format=format), rows))
    headers = islice(dict.fromkeys(header for row in first for header in row.cells), COLUMNS_MAX)
    found = next(_heads(stream))
    return Preview(format or _format(found), tuple(headers), first)


def _rows(stream: BinaryIO, given: FeedFormat | None) -> Iterator[SourceRow]:
    parts = [
        ArchiveMember(each.name, given or _format(each), headers)
        for each, headers in _parts(stream)
    ]
    if len(parts) == 1:
        yield from _read_all(stream, parts)
        return
    main = main_of(parts)
    if main is None:
        yield from _read_all(stream, parts)
        return
    others = [part for part in parts if part is not main]
    columns = companion_of(_read_all(stream, others), main)
    yield from joined(_read_all(stream, [main]), columns)


def _heads(stream: BinaryIO) -> Iterator[Opened]:
    yield from opened(stream)


def _parts(stream: BinaryIO) -> Iterator[tuple[Opened, tuple[str, ...]]]:
    for each in opened(stream):
        is_csv = bool(each.name) and _format(each) is FeedFormat.CSV
        yield each, headers_of(_sample(each)) if is_csv else ()


def _read_all(stream: BinaryIO, parts: list[ArchiveMember]) -> Iterator[SourceRow]:
    formats = {part.name: part.format for part in parts}
    for each in opened(stream, only=None if "" in formats else formats.keys()):
        for row in _one(each, formats[each.name]):
            yield row._replace(source=each.name) if each.name else row


def _one(file: Opened, of: FeedFormat) -> Iterator[SourceRow]:
    sample = _sample(file)
    text = as_text(file.stream, encoding_of(file.head))
    if of is FeedFormat.CSV:
        yield from separated_rows(text, sample)
    elif of is FeedFormat.JSON_LINES:
        yield from line_rows(text)
    elif of is FeedFormat.JSON:
        yield from document_rows(text, sample)
    else:
        yield from element_rows(text, sample)


def _sample(file: Opened) -> str:
    return decoded(file.head, encoding_of(file.head))


def _format(file: Opened) -> FeedFormat:
    """Return the format by the first character. Raises `UnreadableFeed` for what is no feed."""
    sample = _sample(file)
    start = sample.lstrip("\ufeff\0 \t\r\n")
    if len(_CONTROL.findall(sample[:4096])) > len(sample[:4096]) * _CONTROL_SHARE_MAX:
        raise UnreadableFeed("not_text", "This is not a file of text.")
    if _PAGE.match(start):
        raise UnreadableFeed("html_page", "This is a web page, not a feed.")
    if start.startswith("<"):
        return FeedFormat.XML
    if start.startswith(("{", "[")):
        return FeedFormat.JSON_LINES if is_lines(start) else FeedFormat.JSON
    return FeedFormat.CSV
