"""What every format yields, what its columns are called, and how a file is refused."""

import re
import unicodedata
from collections import Counter
from collections.abc import Sequence
from functools import lru_cache
from typing import Any, NamedTuple

from django.db.models import TextChoices

from dealers.feeds.files.limits import BLANK_ROWS_MAX, COLUMNS_MAX, HEADER_CHARACTERS_MAX
from marketplace.errors import Invalid

_PLACE = re.compile(r"\[\d*\]|#\d+$")
# PostgreSQL takes neither null characters nor halves of surrogate pairs.
_NOT_STORABLE = re.compile("[\x00\ud800-\udfff]")
_NAMESPACE = re.compile(r"(?:^|(?<=\.))[A-Za-z][\w-]{0,20}:(?=\S)")


class FeedFormat(TextChoices):
    CSV = "csv", "CSV"
    JSON = "json", "JSON"
    JSON_LINES = "json_lines", "JSON Lines"
    XML = "xml", "XML"


class Fault:
    """What can be wrong with a single row, whatever its cells say."""

    NONE = ""
    SHIFTED = "shifted_columns"  # more cells than headers: which is which nobody can tell
    SHORT = "short_row"  # fewer cells than headers
    UNREADABLE = "unreadable_row"


class SourceRow(NamedTuple):
    """A row as sent: `cells` maps headers to texts; a column that is not sent is absent.

    `line` counts from 1: the first line of the row (CSV, JSON Lines), the line of the element
    (XML) or the number of the object (JSON). `source` names the file of an archive of several.
    """

    line: int
    cells: dict[str, str]
    fault: str = Fault.NONE
    source: str = ""


class Preview(NamedTuple):
    """The first rows of a feed, and every header that they have, in order."""

    format: FeedFormat
    headers: tuple[str, ...]
    rows: list[SourceRow]


class UnreadableFeed(Invalid):
    """The file as a whole cannot be read, or not to its end; `reason` is stable."""

    code = "unreadable_feed"

    def __init__(self, reason: str, message: str, *, line: int | None = None) -> None:
        super().__init__(message, extra={"reason": reason, "line": line})
        self.reason = reason
        self.line = line


class BlankRows:
    """Counts rows on end that hold nothing."""

    def __init__(self) -> None:
        self._count = 0

    def end(self) -> None:
        self._count = 0

    def add(self, line: int) -> None:
        """Raises `UnreadableFeed` for more than any export writes."""
        self._count += 1
        if self._count > BLANK_ROWS_MAX:
            message = f"There are more than {BLANK_ROWS_MAX:,} blank rows on end."
            raise UnreadableFeed("malformed", message, line=line)


def named(cells: Sequence[str]) -> tuple[str, ...]:
    """Return one name for each column: a second "Image" is "Image#2", one without is "column 3".

    Raises `UnreadableFeed` for more columns than any feed has.
    """
    if len(cells) > COLUMNS_MAX:
        raise UnreadableFeed("too_many_columns", f"There are more than {COLUMNS_MAX} columns.")
    seen: Counter[str] = Counter()
    names = []
    for number, cell in enumerate(cells, start=1):
        name = " ".join(cell.replace("\ufeff", "").split())[:HEADER_CHARACTERS_MAX]
        name = name or f"column {number}"
        seen[name] += 1
        names.append(name if seen[name] == 1 else f"{name}#{seen[name]}")
    return tuple(names)


@lru_cache(maxsize=65_536)
def header_key(name: str) -> str:
    """Return what the spellings of one header share: `Year_of Manufacture`, `yearOfManufacture`.

    Places in a list do not count (`image[3].url`, `Image#2`), nor do a namespace or an `@`.
    """
    bare = _NAMESPACE.sub("", _PLACE.sub("", name))
    decomposed = unicodedata.normalize("NFKD", bare.replace("£", " gbp ")).casefold()
    return "".join(filter(str.isalnum, decomposed))


def is_storable(text: str) -> bool:
    """Whether PostgreSQL can hold a text as it is."""
    return (text.isascii() and "\0" not in text) or not _NOT_STORABLE.search(text)


def storable(text: str) -> str:
    """Return a text without what PostgreSQL cannot hold."""
    return _NOT_STORABLE.sub("", text)


def storable_json(members: Any) -> Any:
    """Return JSON's values, and its names, without what PostgreSQL cannot hold."""
    if isinstance(members, str):
        return storable(members)
    if isinstance(members, dict):
        return {storable(name): storable_json(each) for name, each in members.items()}
    if isinstance(members, (list, tuple)):
        return [storable_json(each) for each in members]
    return members
