"""What every reader yields, and how it refuses."""

from typing import NamedTuple

from django.db.models import TextChoices

from marketplace.errors import Invalid


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
