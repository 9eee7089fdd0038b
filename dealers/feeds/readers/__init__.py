"""Reading a feed's file into rows of texts, whatever its format, encoding and packing.

Pure: no database, no settings. Nothing here knows what a column means.
"""

from dealers.feeds.readers.headers import header_key
from dealers.feeds.readers.reading import preview, read_rows
from dealers.feeds.readers.rows import Fault, FeedFormat, Preview, SourceRow, UnreadableFeed

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
