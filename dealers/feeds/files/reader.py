"""From a file of any shape to its rows.

An archive of several files is one table in parts, or a table and what belongs to its rows.
"""

import re
from collections import Counter
from collections.abc import Collection, Iterable, Iterator, Mapping
from itertools import islice
from typing import BinaryIO, NamedTuple

from dealers.feeds.files.archive import Opened, opened
from dealers.feeds.files.csv import headers_of, separated_rows
from dealers.feeds.files.encoding import as_text, decoded
from dealers.feeds.files.json import document_rows, is_lines, line_rows
from dealers.feeds.files.limits import COLUMNS_MAX, COMPANION_COLUMNS_MAX
from dealers.feeds.files.rows import FeedFormat, Preview, SourceRow, UnreadableFeed, header_key
from dealers.feeds.files.xml import element_rows

_PASSWORD = re.compile(r"""type=["']?password\b""", re.IGNORECASE)
_PAGE = re.compile(
    r"\s*+(?:<!--(?>.*?-->)\s*+)*+<(?:!doctype\s+html|html|head|body)\b",
    re.IGNORECASE | re.DOTALL,
)
_CONTROL = re.compile(r"[\x01-\x08\x0e-\x19\x1b-\x1f]")
_CONTROL_SHARE_MAX = 0.02
_OF_A_CAR = ("vehicleid", "stockid", "stockno", "stocknumber", "fullregistration", "registration")
_OF_A_DEALER = ("feedid", "dealerid", "branchid", "siteid", "site")
_SAYS_A_CAR = frozenset({"make", "model", "price", "mileage", "fullregistration", "registration"})
_COMPANION_CHARACTERS_MAX = 64 * 1024**2

Columns = dict[str, dict[str, str]]


class ArchiveMember(NamedTuple):
    """A file of an archive; `headers` are known for CSV alone."""

    name: str
    format: FeedFormat
    headers: tuple[str, ...]

    @property
    def keys(self) -> dict[str, str]:
        """Headers by their normalised key."""
        return {header_key(header): header for header in reversed(self.headers)}


class Companions(NamedTuple):
    """Columns that belong to the rows of another file, by the value of its column `header`."""

    header: str
    columns: Columns


def read_rows(
    stream: BinaryIO,
    *,
    name: str = "",
    format: FeedFormat | None = None,  # noqa: A002  # the field's name
    remarks: list[str] | None = None,
) -> Iterator[SourceRow]:
    """Yield the rows of a feed as they are read; the stream can seek, and is read from its start.

    Whatever packs it, its encoding and its dialect are found out from its content; so is the
    format where None is given. `name` is what messages call the file. What
    is passed over at its end is added to the remarks.
    Raises `UnreadableFeed`, perhaps after many rows: then none of what is absent is known to be.
    """
    try:
        yield from _rows(stream, format, [] if remarks is None else remarks)
    except UnreadableFeed as error:
        if name:
            error.message = f"{name}: {error.message}"
        raise


def preview(stream: BinaryIO, *, rows: int = 50, format: FeedFormat | None = None) -> Preview:  # noqa: A002
    """Return the beginning of a feed, for a person to confirm what its columns mean."""
    first = list(islice(read_rows(stream, format=format), rows))
    headers = islice(dict.fromkeys(header for row in first for header in row.cells), COLUMNS_MAX)
    found = format or _format_of(decoded(next(opened(stream)).head))
    return Preview(found, tuple(headers), first)


def _rows(stream: BinaryIO, given: FeedFormat | None, remarks: list[str]) -> Iterator[SourceRow]:
    parts = list(_members(stream, given))
    if len(parts) == 1:
        yield from _read_all(stream, parts, remarks)
        return
    main = _main_of(parts)
    if main is None:
        yield from _read_all(stream, parts, remarks)
        return
    others = [part for part in parts if part is not main]
    columns = _companion_of(_read_all(stream, others, remarks), main)
    yield from _joined(_read_all(stream, [main], remarks), columns)


def _members(stream: BinaryIO, given: FeedFormat | None) -> Iterator[ArchiveMember]:
    for file in opened(stream):
        sample = decoded(file.head)
        shown = _format_of(sample) if file.name or given is None else given
        is_csv = bool(file.name) and shown is FeedFormat.CSV
        yield ArchiveMember(file.name, given or shown, headers_of(sample) if is_csv else ())


def _read_all(
    stream: BinaryIO, parts: list[ArchiveMember], remarks: list[str]
) -> Iterator[SourceRow]:
    formats = {part.name: part.format for part in parts}
    for each in opened(stream, only=None if "" in formats else formats.keys()):
        for row in _one(each, formats[each.name], remarks):
            yield row._replace(source=each.name) if each.name else row


def _one(file: Opened, of: FeedFormat, remarks: list[str]) -> Iterator[SourceRow]:
    sample, text = decoded(file.head), as_text(file.stream, file.head)
    if of is FeedFormat.CSV:
        yield from separated_rows(text, sample)
    elif of is FeedFormat.JSON_LINES:
        yield from line_rows(text)
    elif of is FeedFormat.JSON:
        yield from document_rows(text, sample, remarks)
    else:
        yield from element_rows(text, sample)


def _format_of(sample: str) -> FeedFormat:
    """Return the format by the first character. Raises `UnreadableFeed` for what is no feed."""
    start = sample.lstrip("\ufeff\0 \t\r\n")
    if len(_CONTROL.findall(sample[:4096])) > len(sample[:4096]) * _CONTROL_SHARE_MAX:
        raise UnreadableFeed("not_text", "This is not a file of text.")
    if _PAGE.match(start):
        kind = ": a page to sign in at" if _PASSWORD.search(start) else ""
        raise UnreadableFeed("html_page", f"This is a web page, not a feed{kind}.")
    if start.startswith("<"):
        return FeedFormat.XML
    if start.startswith(("{", "[")):
        return FeedFormat.JSON_LINES if is_lines(start) else FeedFormat.JSON
    return FeedFormat.CSV


def _main_of(parts: list[ArchiveMember]) -> ArchiveMember | None:
    """Return the file that has the cars, None where the files are one table in parts.

    Raises `UnreadableFeed` where the files have nothing to do with each other.
    """
    if len({(part.format, frozenset(part.keys)) for part in parts}) == 1:
        return None
    by_cars = sorted(parts, key=lambda part: len(_SAYS_A_CAR & part.keys.keys()), reverse=True)
    main, second = by_cars[0], by_cars[1]
    is_pair = len(parts) == 2 and len(_SAYS_A_CAR & main.keys.keys()) > 2
    if is_pair and _shared(main, second) is not None:
        return main
    message = "The archive holds several files that do not belong together."
    raise UnreadableFeed("ambiguous_archive", message)


def _companion_of(rows: Iterable[SourceRow], main: ArchiveMember) -> Companions:
    """Return what the other file of a pair says, by the column that both have."""
    headers = main.keys
    shared, gathered = "", None
    size = 0
    for row in rows:
        if gathered is None:
            own = {header_key(header): header for header in row.cells}
            key = _first_of(headers.keys() & own.keys())
            if key is None:
                continue  # a row that breaks off before it
            shared, gathered = headers[key], _Gathered(own[key], headers)
        size += sum(map(len, row.cells.values()))
        if size > _COMPANION_CHARACTERS_MAX:
            raise UnreadableFeed("too_large", "The second file of the pair is too large.")
        gathered.add(row.cells)
    return Companions(shared, {} if gathered is None else gathered.columns)


def _joined(rows: Iterable[SourceRow], companions: Companions) -> Iterator[SourceRow]:
    """Yield the rows with what the other file says of each; their own cells come first."""
    for row in rows:
        more = companions.columns.get(row.cells.get(companions.header, "").strip())
        yield row._replace(cells={**row.cells, **more}) if more else row


def _shared(main: ArchiveMember, other: ArchiveMember) -> str | None:
    return _first_of(main.keys.keys() & other.keys.keys())


def _first_of(keys: Collection[str]) -> str | None:
    return next((key for key in (*_OF_A_CAR, *_OF_A_DEALER) if key in keys), None)


class _Gathered:
    """The columns of a companion, by the value that both files have; a second "a" is "a#2"."""

    def __init__(self, header: str, own: Mapping[str, str]) -> None:
        self._header = header
        self._own = own
        self._times: Counter[tuple[str, str]] = Counter()
        self.columns: Columns = {}

    def add(self, cells: Mapping[str, str]) -> None:
        value = cells.get(self._header, "").strip()
        if not value:
            return
        of_value = self.columns.setdefault(value, {})
        for name, text in cells.items():
            if header_key(name) not in self._own and len(of_value) < COMPANION_COLUMNS_MAX:
                of_value[self._free(of_value, value, name)] = text

    def _free(self, taken: Mapping[str, str], value: str, name: str) -> str:
        free = name
        while free in taken:
            times = self._times[value, name] = self._times[value, name] + 1
            free = f"{name}#{times + 1}"
        return free
