"""From a page's place in a list to cursors and back."""

from typing import Any

from django.http import HttpRequest
from rest_framework.request import Request

from listings.search.engine import SearchRequest, SearchResult, SeekPosition
from listings.search.ordering import Position
from marketplace.api import cursor
from marketplace.api.cursor import Cursor
from marketplace.api.pages import page_links


def read_place(text: str | None, scope: str) -> SeekPosition | None:
    """Return where a page begins; raises as `cursor.read` does."""
    if not text:
        return None
    read = cursor.read(text, scope)
    *values, row = read.values
    return SeekPosition(Position(tuple(values), row), read.is_backwards)


def neighbours(
    request: Request | HttpRequest, search: SearchRequest, result: SearchResult, scope: str
) -> dict[str, Any]:
    """Return the members of `PageSerializer`."""
    at = search.seek
    place = None if at is None else Cursor(_values(at.position), at.is_backwards)
    ends = [_values(position) for position in result.positions]
    return dict(page_links(request, scope, place, ends, has_more=result.has_more))


def _values(position: Position) -> tuple[Any, ...]:
    return (*position.values, position.id)
