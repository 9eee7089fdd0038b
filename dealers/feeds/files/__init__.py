"""Reading a feed's file into rows of texts, whatever its format, encoding and packing.

Pure: no database, no settings. Nothing here knows what a column means.
"""

from dealers.feeds.files.reader import preview, read_rows
from dealers.feeds.files.rows import (
    Fault,
    FeedFormat,
    Preview,
    SourceRow,
    UnreadableFeed,
    header_key,
)

__all__ = [
    "Fault",
    "FeedFormat",
    "Preview",
    "SourceRow",
    "UnreadableFeed",
    "header_key",
    "preview",
    "read_rows",
]
