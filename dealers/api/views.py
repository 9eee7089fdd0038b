"""The public pages of dealers."""

from typing import Any

from django.db.models import Count, F, OuterRef, QuerySet, Subquery
from django.db.models.fields.tuple_lookups import Tuple, TupleGreaterThan, TupleLessThan
from django.db.models.functions import Coalesce
from drf_spectacular.utils import extend_schema
from rest_framework.generics import get_object_or_404
from rest_framework.request import Request
from rest_framework.response import Response

from dealers.api.serializers import DealerPageSerializer, DealerSerializer
from dealers.models import Dealer
from listings.models import Listing
from marketplace.api import cursor
from marketplace.api.cursor import Cursor, cursor_field
from marketplace.api.filters import ParameterFilter, ParameterFilterSet
from marketplace.api.pages import page_links, page_size_field
from marketplace.api.parameters import TEXT_PATTERN, PatternParameter
from marketplace.api.views import PublicView

SCOPE = "dealers"


def _public() -> QuerySet[Dealer]:
    live = (
        Listing.objects.public()
        .for_dealer(OuterRef("pk"))
        .order_by()
        .values("dealer")
        .annotate(count=Count("pk"))
        .values("count")
    )
    return (
        Dealer.objects.public()
        .annotate(live_count=Coalesce(Subquery(live), 0))
        .prefetch_related("branches")
    )


class DealerFilterSet(ParameterFilterSet):
    """Finds dealers by what they are called and where they are."""

    name = ParameterFilter(
        PatternParameter,
        "name",
        "icontains",
        pattern=TEXT_PATTERN,
        length_max=120,
        also=("q", "search", "dealer"),
        description="A part of the name, in any letter case.",
    )
    town = ParameterFilter(
        PatternParameter,
        "branches__town",
        "iexact",
        distinct=True,
        pattern=TEXT_PATTERN,
        length_max=120,
        also=("city", "location", "place"),
        description="The town of a branch, in any letter case.",
    )


class DealerListView(PublicView):
    """Dealers by name."""

    queryset = Dealer.objects.public()
    serializer_class = DealerPageSerializer
    filterset_class = DealerFilterSet
    parameters = {"page_size": page_size_field(), "cursor": cursor_field()}

    @extend_schema(operation_id="listDealers", summary="List dealers", tags=["dealers"])
    def get(self, request: Request) -> Response:
        filters, values = self.read_list(_public())
        scope = cursor.fingerprint([SCOPE, filters.given()]) if filters.given() else SCOPE
        place = cursor.read(values["cursor"], scope) if values["cursor"] else None
        found = _read(filters.qs, place, values["page_size"] + 1)
        has_more = len(found) > values["page_size"]
        results = found[: values["page_size"]]
        if place and place.is_backwards:
            results.reverse()
        ends = [(row.name, row.pk) for row in results]
        links = page_links(request, scope, place, ends, has_more=has_more)
        page = {"results": results, **links}
        return Response(self.get_serializer(page).data)


class DealerView(PublicView):
    """One dealer."""

    serializer_class = DealerSerializer
    queryset = Dealer.objects.public()

    @extend_schema(operation_id="getDealer", summary="Read a dealer", tags=["dealers"])
    def get(self, request: Request, slug: str) -> Response:
        return Response(self.get_serializer(get_object_or_404(_public(), slug=slug)).data)


def _read(rows: QuerySet[Dealer], place: Cursor | None, size: int) -> list[Dealer]:
    keys: Any = Tuple(F("name"), F("id"))
    if place and place.is_backwards:
        return list(rows.filter(TupleLessThan(keys, place.values)).order_by("-name", "-id")[:size])
    if place:
        rows = rows.filter(TupleGreaterThan(keys, place.values))
    return list(rows.order_by("name", "id")[:size])
