"""The adverts that an advert's value rests on."""

from collections.abc import Iterator
from dataclasses import asdict
from typing import Any

from django.http import HttpRequest
from drf_spectacular.utils import extend_schema
from rest_framework import serializers
from rest_framework.generics import get_object_or_404
from rest_framework.request import Request
from rest_framework.response import Response

from listings.api.cards import rendered_cards
from listings.api.serializers import CardSerializer
from listings.choices import Fuel, NoRating, Transmission
from listings.models import Listing
from listings.pricing.value.advert_contributions import advert_contributions
from listings.pricing.value.comparable_adverts import (
    SHOWN_MAX,
    ComparableAdvert,
    ComparedCar,
    ValuedCar,
    comparable_adverts,
)
from listings.pricing.value.ratings import NOT_RATED, rating_of, rows_that_hold
from listings.pricing.value.valuations import NOT_VALUED
from listings.search.engine import SearchResult
from listings.search.ordering import Position
from marketplace.api.parameters import IntegerParameter, refuse
from marketplace.api.views import PublicView

REASONS = (
    (NOT_VALUED, "It has not been valued as it is now."),
    (NOT_RATED, "It is not rated."),
    *((code, text) for code, text in NoRating.choices if code != NoRating.CHECK_PRICE),
)
ASKED = "Whole pounds of asking price, fees and VAT included."


class ComparableSerializer(CardSerializer):
    """An advert that a value rests on, and what it would ask for the car valued."""

    asked = serializers.IntegerField(help_text=ASKED)
    adjusted = serializers.IntegerField(
        help_text="What it would ask if it were the car valued: of its age, mileage and "
        "specification."
    )
    distance = serializers.CharField(
        help_text="How it differs from the car valued, in words: `1 year newer, 8,000 more miles`."
    )

    class Meta(CardSerializer.Meta):
        fields = (*CardSerializer.Meta.fields, "asked", "adjusted", "distance")
        read_only_fields = fields


class ContributionsSerializer(serializers.Serializer):
    """What makes up a value, in whole pounds that add up to it."""

    median_car = serializers.IntegerField(help_text="What the car in the middle of its model asks.")
    age = serializers.IntegerField(help_text="What its age adds to that, or takes off.")
    mileage = serializers.IntegerField()
    specification = serializers.IntegerField()
    comparables = serializers.IntegerField(help_text="What the nearest cars correct.")


class ComparablesSerializer(serializers.Serializer):
    """What an advert's value rests on."""

    value = serializers.IntegerField(allow_null=True, help_text=ASKED)
    reason = serializers.ChoiceField(
        choices=REASONS, allow_null=True, help_text="Why there is no value; else null."
    )
    contributions = ContributionsSerializer(
        allow_null=True, help_text="Null without a value, and for minutes after a new market."
    )
    fitted_at = serializers.DateTimeField(
        allow_null=True,
        help_text="The value rests on the cars that were for sale then; null without a value.",
    )
    results = ComparableSerializer(
        many=True, help_text="The nearest that are for sale now, nearest first, each car once."
    )


class ComparablesView(PublicView):
    """The public adverts that an advert's value rests on most."""

    queryset = Listing.objects.public()
    serializer_class = ComparablesSerializer
    parameters = {
        "limit": IntegerParameter(
            low=1,
            high=SHOWN_MAX,
            default=SHOWN_MAX,
            also=("page_size", "size", "count"),
            description=f"How many at most; {SHOWN_MAX} unless told otherwise.",
        )
    }

    @extend_schema(
        operation_id="listComparables",
        summary="Find what an advert's value rests on",
        tags=["values"],
    )
    def get(self, request: Request, pk: int) -> Response:
        values, errors = self.read_parameters()
        refuse(errors)
        listing = get_object_or_404(self.get_queryset(), pk=pk)
        row = rows_that_hold().filter(pk=listing.pk).first()
        rating = row and rating_of(row).for_buyers()
        valued = ValuedCar.of(listing, row) if row and rating and rating.value else None
        if row is None or valued is None:
            reason = rating.reason if rating else NOT_VALUED
            nothing: dict[str, Any] = {"contributions": None, "fitted_at": None, "results": []}
            return Response({"value": None, "reason": reason, **nothing})
        found = comparable_adverts(valued, limit=values["limit"])
        parts = advert_contributions(row)
        shown = {
            "contributions": parts and asdict(parts),
            "fitted_at": serializers.DateTimeField().to_representation(row.fit.fitted_at),
            "results": comparables_shown(found, valued.car, request),
        }
        return Response({"value": valued.value, "reason": None, **shown})


def comparables_shown(
    found: list[ComparableAdvert], car: ComparedCar, request: Request | HttpRequest
) -> list[dict[str, Any]]:
    """Return comparables of a car as `ComparableSerializer` describes them."""
    positions = tuple(Position((), each.listing_id) for each in found)
    cards = rendered_cards(SearchResult(positions, has_more=False), request)
    shown = {each.listing_id: each for each in found}
    return [{**card, **_beside(car, shown[card["id"]])} for card in cards]


def difference_text(car: ComparedCar, other: ComparedCar) -> str:
    """Return how `other` differs from `car`: “1 year newer, 8,000 more miles, automatic”."""
    said = ", ".join(_differences(car, other)) or "same year and mileage"
    return said[:1].upper() + said[1:]


def _beside(car: ComparedCar, comparable: ComparableAdvert) -> dict[str, Any]:
    return {
        "asked": comparable.asked,
        "adjusted": comparable.adjusted,
        "distance": difference_text(car, comparable.car),
    }


def _differences(car: ComparedCar, other: ComparedCar) -> Iterator[str]:
    if years := other.year - car.year:
        word = "newer" if years > 0 else "older"
        yield f"{abs(years)} year{'' if abs(years) == 1 else 's'} {word}"
    if miles := other.mileage - car.mileage:
        word = "more" if miles > 0 else "fewer"
        yield f"{abs(miles):,} {word} mile{'' if abs(miles) == 1 else 's'}"
    if car.fuel and other.fuel and other.fuel != car.fuel:
        yield str(Fuel(other.fuel).label).lower()
    if car.transmission and other.transmission and other.transmission != car.transmission:
        yield str(Transmission(other.transmission).label).lower()
    if None not in (car.engine_cc, other.engine_cc) and _litres(car) != _litres(other):
        yield f"{_litres(other)} litres"


def _litres(car: ComparedCar) -> float:
    return round((car.engine_cc or 0) / 1_000, 1)
