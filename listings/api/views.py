"""Adverts as buyers find them."""

from typing import Any

from drf_spectacular.utils import extend_schema
from rest_framework.generics import get_object_or_404
from rest_framework.request import Request
from rest_framework.response import Response

from listings.api.also_listed import ListingDetailSerializer
from listings.api.cards import written_cards
from listings.api.cursors import neighbours, read_place
from listings.api.facets import COUNTING, chosen, written_counts
from listings.api.filters import ListingFilterSet, read_filters
from listings.api.listing_page import ListingPageSerializer
from listings.api.loosen import INCLUDE, LOOSEN, loosened
from listings.api.parameters import PAGING
from listings.api.price_ratings import shown_ratings
from listings.api.words import WORDS, in_words, phrases
from listings.buyers.audience import Place, count_opened, count_seen
from listings.models import Listing
from listings.search.criteria import Criteria
from listings.search.engine import SearchRequest
from listings.search.engines import engine
from listings.search.ordering import usual_ordering
from marketplace.api import cursor
from marketplace.api.parameters import refuse
from marketplace.api.views import PublicView


class ListingListView(PublicView):
    """Adverts that buyers can see now."""

    queryset = Listing.objects.public()
    serializer_class = ListingPageSerializer
    filterset_class = ListingFilterSet
    parameters = {**PAGING, **COUNTING, **WORDS, **INCLUDE}

    @extend_schema(operation_id="listListings", summary="Search adverts", tags=["listings"])
    def get(self, request: Request) -> Response:
        filters, filter_errors = read_filters(request.query_params)
        paging, errors = self.read_parameters()
        refuse({**filter_errors, **errors})
        understood = in_words(paging, filters)
        criteria = understood.criteria() if understood else Criteria.from_parameters(filters)
        search, scope = _search(criteria, paging)
        result = engine().search(search)
        count_seen(request, Place.API, result.ids)
        page = {
            "results": written_cards(result, request),
            "near": result.near and result.near._asdict(),
            "count": result.count,
            **written_counts(result),
            "understood": phrases(understood, request.query_params),
            "loosen": loosened(criteria, search.ordering, request)
            if LOOSEN in paging["include"]
            else None,
            **neighbours(request, search, result, scope),
        }
        return Response(page)


class ListingView(PublicView):
    """One advert that buyers can see now."""

    serializer_class = ListingDetailSerializer
    queryset = Listing.objects.public().with_card().prefetch_related("photos", "price_changes")

    @extend_schema(operation_id="getListing", summary="Read an advert", tags=["listings"])
    def get(self, request: Request, pk: int) -> Response:
        row = get_object_or_404(self.get_queryset(), pk=pk)
        ratings = shown_ratings({pk: row.revision})
        context = {**self.get_serializer_context(), "price_ratings": ratings}
        shown = ListingDetailSerializer(row, context=context).data
        count_opened(request, Place.API, pk)
        return Response(shown)


def _search(criteria: Criteria, paging: dict[str, Any]) -> tuple[SearchRequest, str]:
    """Return what is asked, and the name that cursors of this search carry."""
    ordering = tuple(paging["ordering"]) or usual_ordering(criteria)
    scope = cursor.fingerprint(["listings", criteria.as_parameters(), ordering])
    search = SearchRequest(
        criteria,
        ordering,
        paging["page_size"],
        read_place(paging["cursor"], scope),
        is_counted=paging["count"] == "exact",
        facets=chosen(paging["facets"]),
        statistics=tuple(paging["stats"]),
    )
    return search, scope
