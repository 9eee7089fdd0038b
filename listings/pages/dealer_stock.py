"""The cars of one dealer, by the search itself."""

from listings.search.criteria import Criteria
from listings.search.engine import SearchRequest, SearchResult, SeekPosition
from listings.search.engines import engine
from listings.search.ordering import DEFAULT_ORDERING
from marketplace.errors import Invalid

NOTHING = SearchResult((), has_more=False, count=0)


def stock_request(slug: str, size: int, seek: SeekPosition | None = None) -> SearchRequest:
    """Return the question for a dealer's adverts, newest first, counted."""
    return SearchRequest(Criteria(dealer=(slug,)), DEFAULT_ORDERING, size, seek, is_counted=True)


def stock_found(question: SearchRequest) -> SearchResult:
    """Answer it; a dealer that is suspended, or new to a replica, has nothing to show."""
    try:
        return engine().search(question)
    except Invalid:
        return NOTHING
