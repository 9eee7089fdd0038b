"""How much a feed may hold: what is beyond is an attack or a mistake."""

BYTES_MAX = 4 * 1024**3
"""Of one file, unpacked."""
RATIO_MAX = 250
"""Unpacked to packed. Stock as text packs 5 to 40 times; a bomb, a thousand."""
RATIO_COUNTS_FROM = 16 * 1024**2
LINE_CHARACTERS_MAX = 1024**2
COLUMNS_MAX = 2_000
HEADER_CHARACTERS_MAX = 200
DEPTH_MAX = 24
VALUE_BYTES_MAX = 4 * 1024**2
"""Of one value in JSON or XML, in the file."""

FILES_MAX = 500
"""Of rows, in one archive; pictures beside them do not count."""
BLANK_ROWS_MAX = 10_000
"""On end: they cost nearly nothing to send, packed."""
COMPANION_COLUMNS_MAX = 250
"""That the second file of a pair adds to a row."""
