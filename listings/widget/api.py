"""The block as JSON, and the counting of who saw and followed it."""

from typing import Any

from drf_spectacular.utils import OpenApiResponse, extend_schema
from rest_framework import serializers
from rest_framework.generics import GenericAPIView
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.views import APIView

from listings.api.chosen import GoneSerializer, chosen_ids, gone
from listings.api.parameters import FILTERS
from listings.search.engine import SearchResult
from listings.search.ordering import Position
from listings.site.http_cache import EVERYWHERE, briefly, canonical_redirect
from listings.site.query_string import is_canonical
from listings.widget.answer import (
    LIMIT,
    ORDERING,
    BlockCardSerializer,
    BlockRequest,
    BlockSerializer,
    public,
    public_cards,
    shown,
)
from listings.widget.block import BlockResult
from listings.widget.counts import (
    ENTRIES_MAX,
    NAME_MAX,
    ORIGIN_MAX,
    PlacementCounts,
    count_placements,
)
from marketplace.api.parameters import refuse
from marketplace.api.parsers import OrjsonParser, PlainJsonParser
from marketplace.api.throttling import RequestsPerMinute
from marketplace.api.views import PublicView

CHOSEN_MAX = 100
COUNT_MAX = 100  # of one placement in one message


class ReadEverywhere(APIView):
    """Whatever it answers, a refusal too, pages of every origin may read."""

    @property
    def default_response_headers(self) -> dict[str, str]:
        return {**super().default_response_headers, **EVERYWHERE}


class BlockView(ReadEverywhere, PublicView):
    """The adverts of a block, cheapest first, widened where they are too few.

    Each question has one address: parameters by name, values in order, nothing that is the
    default. Any other form of it is redirected there.
    """

    serializer_class = BlockSerializer
    parameters = {**FILTERS, **ORDERING, **LIMIT}

    @extend_schema(
        operation_id="getWidget",
        summary="Fill the block",
        tags=["widget"],
        responses={
            200: BlockSerializer,
            204: OpenApiResponse(description="There is nothing to show."),
            301: OpenApiResponse(description="The same question is asked at another address."),
        },
    )
    def get(self, request: Request) -> Any:
        asked = BlockRequest.read(request.query_params)
        query = asked.asked.query()
        if not is_canonical(request, query):
            return canonical_redirect(request.path, query)
        answer = asked.answer(request)
        return briefly(Response(status=204) if answer is None else Response(public(answer)))


class ChosenCardsSerializer(serializers.Serializer):
    """Adverts that a reader chose."""

    adverts = BlockCardSerializer(many=True, help_text="Those for sale, in the order asked for.")
    gone = GoneSerializer(many=True, help_text="Those that are not, likewise.")


class ChosenCardsView(ReadEverywhere, PublicView):
    """Adverts by their ids, as the block shows them: what a list of favourites needs."""

    serializer_class = ChosenCardsSerializer
    parameters = chosen_ids(CHOSEN_MAX)

    @extend_schema(operation_id="getWidgetCards", summary="Show chosen adverts", tags=["widget"])
    def get(self, request: Request) -> Response:
        values, errors = self.read_parameters()
        refuse(errors)
        positions = tuple(Position((), pk) for pk in values["id"])
        cards = shown(BlockResult(SearchResult(positions, has_more=False), ()), request)
        answer = {
            "adverts": public_cards(cards),
            "gone": gone(values["id"], {card["id"] for card in cards}),
        }
        return briefly(Response(answer))


class EventsPerMinute(RequestsPerMinute):
    """A page sends its counts once, when it is left."""

    policy = "widget-events"


class ShapedTextField(serializers.RegexField):
    """Text of a shape, and only text."""

    def to_internal_value(self, data: Any) -> str:
        if not isinstance(data, str) or "\n" in data:
            self.fail("invalid")
        return str(super().to_internal_value(data))


class CountField(serializers.IntegerField):
    """A whole number, and not what only looks like one."""

    def to_internal_value(self, data: Any) -> int:
        if type(data) is not int:
            self.fail("invalid")
        return int(super().to_internal_value(data))


class PlacementCountSerializer(serializers.Serializer):
    """What happened at one placement of a page since it last told."""

    placement = ShapedTextField(r"^[A-Za-z0-9._-]*$", max_length=NAME_MAX, allow_blank=True)
    views = CountField(min_value=0, max_value=COUNT_MAX, default=0)
    clicks = CountField(min_value=0, max_value=COUNT_MAX, default=0)
    alls = CountField(min_value=0, max_value=COUNT_MAX, default=0)


class EventsSerializer(serializers.Serializer):
    """The counts of a page."""

    placements = serializers.ListField(
        child=PlacementCountSerializer(), max_length=ENTRIES_MAX, min_length=1
    )
    site = ShapedTextField(
        r"^https?://[A-Za-z0-9.:_-]*$",
        max_length=ORIGIN_MAX,
        required=False,
        help_text="The origin around our own frame, which only that frame can tell.",
    )


class EventsView(ReadEverywhere, GenericAPIView):
    """Counts views and clicks by placement and day: no address, no cookie, nothing of a reader."""

    http_method_names = ["post"]
    metadata_class = None
    body_bytes_max = 4_000
    parser_classes = (PlainJsonParser, OrjsonParser)
    throttle_classes = (EventsPerMinute,)
    serializer_class = EventsSerializer

    @extend_schema(
        operation_id="countWidgetEvents",
        summary="Count views and clicks",
        tags=["widget"],
        responses={204: OpenApiResponse(description="Counted.")},
    )
    def post(self, request: Request) -> Response:
        body = self.get_serializer(data=request.data)
        body.is_valid(raise_exception=True)
        given = body.validated_data
        origin = request.headers.get("Origin", "")
        ours = request.build_absolute_uri("/").rstrip("/")
        count_placements(
            origin=given.get("site", "") if origin == ours else origin,
            counts=[PlacementCounts(**each) for each in given["placements"]],
        )
        return Response(status=204)
