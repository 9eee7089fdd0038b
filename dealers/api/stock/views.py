"""A dealer's stock: listed, read and written."""

from typing import Any

from django.db import transaction
from drf_spectacular.utils import extend_schema
from rest_framework.decorators import action
from rest_framework.generics import get_object_or_404
from rest_framework.request import Request
from rest_framework.response import Response

from dealers.api.keyed_writes import WRITE
from dealers.api.stock.base import CHANGE, ETAG, TAG, StockView
from dealers.api.stock.bodies import Lookup, NewStock, StockFields
from dealers.api.stock.filters import (
    DEFAULT_ORDERING,
    SORT_KEYS,
    STOCK_PAGING,
    StockFilterSet,
)
from dealers.api.stock.life import etag
from dealers.api.stock.serializers import (
    AudienceSerializer,
    FoundSerializer,
    StockPageSerializer,
    StockSerializer,
    WrittenSerializer,
)
from dealers.permissions import Permission
from listings.adverts.former_names import is_called
from listings.buyers.audience import audience_days
from listings.exceptions import DuplicateStockRef
from listings.identifiers import normalise_vrm
from listings.models import AdvertDay, Listing
from listings.models.listing import ListingQuerySet
from listings.search import keyset
from listings.search.engine import SeekPosition
from listings.search.ordering import Direction, Position, directions, to_number
from marketplace.api import cursor
from marketplace.api.cursor import Cursor
from marketplace.api.idempotency import once_per_key
from marketplace.api.pages import page_links
from marketplace.api.parameters import IntegerParameter, refuse
from marketplace.api.preconditions import require_match
from marketplace.api.viewsets import StrictViewSet, declares

FOUND_MAX = 50
AUDIENCE: dict[str, Any] = {
    "days": IntegerParameter(low=1, high=62, default=30, help_text="So many days up to today.")
}
WRITING = {
    "400": "BadLiveAdvert",
    "404": "ListingNotFound",
    "409": "Duplicate",
    "412": "PreconditionFailed",
}


class StockViewSet(StrictViewSet, StockView):
    """The whole stock, whatever its status."""

    lookup_value_converter = "int"
    path_schemas = {
        "stock_ref": {
            "type": "string",
            "pattern": "^[A-Za-z0-9][-A-Za-z0-9_.:~]{0,63}$",
        }
    }

    @extend_schema(
        operation_id="listStock",
        summary="List the stock",
        tags=[TAG],
        responses=StockPageSerializer,
    )
    @declares(filterset_class=StockFilterSet, parameters=STOCK_PAGING)
    def list(self, request: Request) -> Response:
        filters, values = self.read_list(self.stock())
        rows: ListingQuerySet = filters.qs
        ordering = values["ordering"] or DEFAULT_ORDERING
        scope = cursor.fingerprint(["stock", self.key.dealer_id, filters.given(), ordering])
        place = cursor.read(values["cursor"], scope) if values["cursor"] else None
        order = directions(ordering, SORT_KEYS)
        page, has_more = _page(rows, order, place, values["page_size"])
        ends = [_values(order, row) for row in page]
        count = rows.count() if values["count"] == "exact" else None
        links = page_links(request, scope, place, ends, has_more=has_more)
        members = {"results": page, "count": count, **links}
        return Response(StockPageSerializer(members, context=self.get_serializer_context()).data)

    @extend_schema(
        operation_id="createStock",
        summary="Write a new advert",
        description="It is a draft until it is published. Fields that are left out are filled from "
        "the derivative.",
        tags=[TAG],
        parameters=[*WRITE, ETAG],
        request=NewStock,
        responses={201: WrittenSerializer},
    )
    @declares(refusals={"400": "BadAdvert", "409": "Duplicate"})
    @once_per_key
    @transaction.atomic
    def create(self, request: Request) -> Response:
        made = self.writer().create(self.read_body(NewStock))
        return self.written(made.row.pk, made.warnings, is_new=True)

    @extend_schema(
        operation_id="getStock",
        summary="Read an advert of the stock",
        tags=[TAG],
        parameters=[ETAG],
        responses=StockSerializer,
    )
    def retrieve(self, request: Request, pk: int) -> Response:
        """One advert of the stock."""
        return self.answer(pk)

    @extend_schema(
        operation_id="changeStock",
        summary="Change some fields of an advert",
        description="Null clears a field; one that is left out stays as it is.",
        tags=[TAG],
        parameters=CHANGE,
        request=StockFields,
        responses=WrittenSerializer,
    )
    @declares(refusals=WRITING)
    @once_per_key
    @transaction.atomic
    def partial_update(self, request: Request, pk: int) -> Response:
        listing = self.lock(pk)
        changed = self.writer().change(listing, self.read_body(StockFields))
        return self.written(pk, changed.warnings)

    @extend_schema(
        operation_id="getStockByRef",
        summary="Read an advert by its stock reference",
        tags=[TAG],
        parameters=[ETAG],
        responses=StockSerializer,
    )
    @action(detail=False, url_path="by-ref/<str:stock_ref>", url_name="by-ref")
    def by_ref(self, request: Request, stock_ref: str) -> Response:
        """One advert, by the dealer's own name for the car."""
        pk = self.stock().filter(stock_ref=stock_ref).values_list("pk", flat=True).first()
        return self.answer(pk or 0)

    @extend_schema(
        operation_id="upsertStock",
        summary="Create an advert, or change the one with this stock reference",
        description="A new advert needs what `POST /stock/` needs. Of one that is there, fields "
        "left out stay as they are. `If-None-Match: *` only creates.",
        tags=[TAG],
        parameters=CHANGE,
        request=StockFields,
        responses={200: WrittenSerializer, 201: WrittenSerializer},
    )
    @by_ref.mapping.put
    @declares(refusals=WRITING)
    @once_per_key
    @transaction.atomic
    def upsert(self, request: Request, stock_ref: str) -> Response:
        listing = self._lock(stock_ref)
        require_match(request, None if listing is None else etag(listing))
        if listing is None:
            try:
                return self._create(stock_ref)
            except DuplicateStockRef:  # made by another request since
                listing = self._lock(stock_ref)
                if listing is None:
                    raise
                require_match(request, etag(listing))
        changed = self.writer().change(listing, self.read_body(StockFields))
        return self.written(listing.pk, changed.warnings)

    @extend_schema(
        operation_id="lookUpStock",
        summary="Find a car by its registration mark",
        description="Finds cars by their registration mark, which is in no address and so in no "
        "log.",
        tags=[TAG],
        request=Lookup,
        responses=FoundSerializer,
    )
    @action(detail=False, methods=["post"], write_permission=Permission.READ_STOCK)
    @declares(refusals={"400": "BadMark"})
    def lookup(self, request: Request) -> Response:
        mark = normalise_vrm(self.read_body(Lookup)["vrm"])
        rows = self.stock().filter(is_called("vrm", mark)).with_card().prefetch_related("photos")
        found = {"results": rows.order_by("-pk")[:FOUND_MAX]}
        context = self.get_serializer_context()
        return Response(FoundSerializer(found, context=context).data)

    @extend_schema(
        operation_id="getStockAudience",
        summary="Count what an advert brought",
        description="Sums by day of London, the last day today's so far. Nothing of any buyer is "
        "kept; programs that call themselves so are not counted, nor pages that a cache served.",
        tags=[TAG],
        responses=AudienceSerializer,
    )
    @declares(parameters=AUDIENCE)
    @action(detail=True)
    def audience(self, request: Request, pk: int) -> Response:
        values, errors = self.read_parameters()
        refuse(errors)
        listing = get_object_or_404(self.stock(), pk=pk)
        rows = AdvertDay.objects.filter(listing=listing)
        days = audience_days(rows, days=values["days"])
        return Response(AudienceSerializer({"days": days}).data)

    def _lock(self, stock_ref: str) -> Listing | None:
        return self.stock().select_for_update().filter(stock_ref=stock_ref).first()

    def _create(self, stock_ref: str) -> Response:
        fields = {"stock_ref": stock_ref, **self.read_body(NewStock)}
        made = self.writer().create(fields)
        return self.written(made.row.pk, made.warnings, is_new=True)


def _page(
    rows: ListingQuerySet, order: tuple[Direction, ...], place: Cursor | None, size: int
) -> tuple[list[Listing], bool]:
    """Return the adverts of a page in its order, and whether the reading direction goes on."""
    start = None
    if place is not None:
        *values, pk = place.values
        start = SeekPosition(Position(tuple(values), pk), place.is_backwards)
    found: list[Listing] = []
    for segment in keyset.segments(rows, order, start):
        joined = segment.with_card().prefetch_related("photos")
        found += joined[: size + 1 - len(found)]
        if len(found) > size:
            break
    page = found[:size]
    if place is not None and place.is_backwards:
        page.reverse()
    return page, len(found) > size


def _values(order: tuple[Direction, ...], row: Listing) -> tuple[Any, ...]:
    return (*(to_number(getattr(row, each.key.column)) for each in order), row.pk)
