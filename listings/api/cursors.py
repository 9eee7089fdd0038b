"""From a page's place in a list to cursors and back."""

from typing import Any

from django.http import HttpRequest
from rest_framework.request import Request

from listings.search.engine import SearchRequest, SearchResult, SeekPosition
from listings.search.ordering import Position
from marketplace.api import cursor
from marketplace.api.cursor import Cursor
from marketplace.api.pages import page_links
from marketplace.databases.read_routes import current_route, require_replayed


def read_place(text: str | None, scope: str) -> SeekPosition | None:
    """Return where a page begins; raises as `cursor.read` does."""
    if not text:
        return None
    read = cursor.read(text, scope)
    *values, row = read.values
    if isinstance(row, list):  # how far the server of the page before had come
        *values, row, (after,) = read.values
        require_replayed(after)
    return SeekPosition(Position(tuple(values), row), read.is_backwards)


def neighbours(
    request: Request | HttpRequest, search: SearchRequest, result: SearchResult, scope: str
) -> dict[str, Any]:
    """Return the members of `PageSerializer`."""
    at, after = search.seek, _replayed(result)
    place = None if at is None else Cursor(_values(at.position, after), at.is_backwards)
    ends = [
        _values(position, after) for position in (*result.positions[:1], *result.positions[-1:])
    ]
    return dict(page_links(request, scope, place, ends, has_more=result.has_more))


def _values(position: Position, after: tuple[list[int], ...]) -> tuple[Any, ...]:
    return (*position.values, position.id, *after)


def _replayed(result: SearchResult) -> tuple[list[int], ...]:
    """Return the place in the log of writes that the next page's server has to be past.

    That is none where only the primary answers. The search replica says itself how old it is.
    """
    route = current_route()
    if route is None:
        return ()
    return ([route.after if result.versions else route.shown_up_to()],)
