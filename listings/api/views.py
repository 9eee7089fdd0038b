"""Adverts as buyers find them."""

from typing import Any

from drf_spectacular.utils import extend_schema
from rest_framework.generics import get_object_or_404
from rest_framework.request import Request
from rest_framework.response import Response

from listings.api.cards import rendered_cards
from listings.api.facets import COUNTING, chosen, counted
from listings.api.filters import ListingFilterSet
from listings.api.parameters import FILTERS, PAGING
from listings.api.serializers import ListingPageSerializer, ListingSerializer
from listings.api.words import WORDS, in_words, phrases
from listings.models import Listing
from listings.search.criteria import Criteria
from listings.search.engine import Hits, Place, Question
from listings.search.engines import engine
from listings.search.ordering import DEFAULT_ORDERING, Position
from marketplace.api import cursor
from marketplace.api.cursor import Cursor
from marketplace.api.pages import page_links
from marketplace.api.parameters import refuse
from marketplace.api.views import PublicView


class ListingListView(PublicView):
    """Adverts that buyers can see now."""

    queryset = Listing.objects.public()
    serializer_class = ListingPageSerializer
    parameters = {**FILTERS, **PAGING, **COUNTING, **WORDS}

    @extend_schema(operation_id="listListings", summary="Search adverts", tags=["listings"])
    def get(self, request: Request) -> Response:
        filters = ListingFilterSet(request.query_params)
        filter_errors = {} if filters.form.is_valid() else filters.form.errors
        paging, paging_errors = self.read_parameters({**PAGING, **COUNTING, **WORDS})
        refuse({**filter_errors, **paging_errors})
        understood = in_words(paging, filters.form.cleaned_data)
        criteria = understood.criteria() if understood else filters.criteria()
        question, scope = _question(criteria, paging)
        hits = engine().search(question)
        page = {
            "results": rendered_cards(hits, request),
            "near": hits.near and hits.near._asdict(),
            "count": hits.count,
            **counted(hits),
            "understood": phrases(understood),
            **_links(request, question, hits, scope),
        }
        return Response(page)


class ListingView(PublicView):
    """One advert that buyers can see now."""

    serializer_class = ListingSerializer
    queryset = Listing.objects.public().with_card().prefetch_related("photos", "price_changes")

    @extend_schema(operation_id="getListing", summary="Read an advert", tags=["listings"])
    def get(self, request: Request, pk: int) -> Response:
        return Response(self.get_serializer(get_object_or_404(self.get_queryset(), pk=pk)).data)


def _question(criteria: Criteria, paging: dict[str, Any]) -> tuple[Question, str]:
    """Return what is asked, and the name that cursors of this search carry."""
    ordering = tuple(paging["ordering"]) or DEFAULT_ORDERING
    scope = cursor.fingerprint(["listings", criteria.as_parameters(), ordering])
    place = None
    if paging["cursor"]:
        read = cursor.read(paging["cursor"], scope)
        *values, row = read.values
        place = Place(Position(tuple(values), row), read.is_backwards)
    question = Question(
        criteria,
        ordering,
        paging["page_size"],
        place,
        is_counted=paging["count"] == "exact",
        facets=chosen(paging["facets"]),
        statistics=tuple(paging["stats"]),
    )
    return question, scope


def _links(request: Request, question: Question, hits: Hits, scope: str) -> dict[str, Any]:
    at = question.place
    place = None if at is None else Cursor(_values(at.position), at.is_backwards)
    ends = [_values(position) for position in hits.positions]
    return dict(page_links(request, scope, place, ends, has_more=hits.has_more))


def _values(position: Position) -> tuple[Any, ...]:
    return (*position.values, position.id)
