"""Adverts to look at beside one of them."""

from typing import Any

from drf_spectacular.utils import extend_schema
from rest_framework import serializers
from rest_framework.generics import get_object_or_404
from rest_framework.request import Request
from rest_framework.response import Response

from listings.api.cards import rendered_cards
from listings.api.serializers import CardSerializer
from listings.models import Listing
from listings.search.engine import SearchResult
from listings.search.ordering import Position
from listings.search.similar import REASONS, similar
from marketplace.api.parameters import IntegerParameter, refuse
from marketplace.api.views import PublicView

LIMIT_DEFAULT, LIMIT_MAX = 6, 24


class ReasonSerializer(serializers.Serializer):
    """Something that is true of an alternative beside the advert asked about."""

    code = serializers.ChoiceField(choices=REASONS)
    value = serializers.IntegerField(
        allow_null=True, help_text="Pounds, years, miles or bhp; null for what is the same."
    )


class SimilarSerializer(CardSerializer):
    """An alternative, as a list shows it, and why it is one."""

    reasons = ReasonSerializer(many=True)

    class Meta(CardSerializer.Meta):
        fields = (*CardSerializer.Meta.fields, "reasons")
        read_only_fields = fields


class SimilarListingsSerializer(serializers.Serializer):
    """Alternatives to an advert."""

    results = SimilarSerializer(many=True, help_text="Nearest first.")


class SimilarListingsView(PublicView):
    """The public adverts nearest to one.

    Nearest by model, age, mileage, price, power, fuel and transmission.
    """

    queryset = Listing.objects.public()
    serializer_class = SimilarListingsSerializer
    parameters = {
        "limit": IntegerParameter(
            low=1,
            high=LIMIT_MAX,
            default=LIMIT_DEFAULT,
            also=("page_size", "size", "count"),
            description=f"How many at most; {LIMIT_DEFAULT} unless told otherwise.",
        )
    }

    @extend_schema(
        operation_id="listSimilarListings", summary="Find alternatives", tags=["listings"]
    )
    def get(self, request: Request, pk: int) -> Response:
        values, errors = self.read_parameters()
        refuse(errors)
        listing = get_object_or_404(self.get_queryset(), pk=pk)
        return Response({"results": alternatives_shown(listing, values["limit"], request)})


def alternatives_shown(listing: Listing, limit: int, request: Request) -> list[dict[str, Any]]:
    """Return the nearest adverts as `SimilarSerializer` describes them."""
    found = similar(listing, limit=limit)
    because = {each.id: [reason._asdict() for reason in each.reasons] for each in found}
    positions = tuple(Position((), id_) for id_ in because)
    cards = rendered_cards(SearchResult(positions, has_more=False), request)
    return [{**card, "reasons": because[card["id"]]} for card in cards]
