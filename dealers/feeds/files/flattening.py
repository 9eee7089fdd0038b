"""Nested values as the cells of one row: `mileage.value`, `image[0].url`."""

import re
from collections.abc import Iterator

from dealers.feeds.files.limits import COLUMNS_MAX, DEPTH_MAX, HEADER_CHARACTERS_MAX
from dealers.feeds.files.rows import UnreadableFeed

# PostgreSQL takes neither null characters nor halves of surrogate pairs.
_NOT_STORABLE = re.compile("[\x00\ud800-\udfff]")

Value = object
"""What JSON holds: dict, list, str, bool, None, or a number of any type."""


def flattened(row: dict[str, Value]) -> dict[str, str]:
    """Return the scalars of a nested object by their paths, numbers as they print.

    Raises `UnreadableFeed` for what is nested too deeply. Columns past `COLUMNS_MAX` are dropped.
    """
    cells: dict[str, str] = {}
    for path, value in _leaves("", row, 0):
        if len(cells) == COLUMNS_MAX:
            break
        cells[path] = _text(value)
    return cells


def storable(text: str) -> str:
    return _NOT_STORABLE.sub("", text)


def _leaves(path: str, value: Value, depth: int) -> Iterator[tuple[str, Value]]:
    if depth > DEPTH_MAX:
        raise UnreadableFeed("too_deep", "The objects are nested too deeply.")
    if isinstance(value, dict):
        for key, inner in value.items():
            name = storable(str(key)[:HEADER_CHARACTERS_MAX])
            yield from _leaves(_cut(f"{path}.{name}" if path else name), inner, depth + 1)
    elif isinstance(value, list):
        for index, inner in enumerate(value):
            yield from _leaves(_cut(f"{path}[{index}]"), inner, depth + 1)
    else:
        yield path, value


def _cut(path: str) -> str:
    return path[:HEADER_CHARACTERS_MAX]


def _text(value: Value) -> str:
    if value is None:
        return ""
    if isinstance(value, bool):
        return "true" if value else "false"
    try:
        return storable(str(value))
    except ValueError:  # an integer of more digits than Python prints
        return ""
