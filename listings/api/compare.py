"""A few adverts side by side."""

from collections.abc import Iterable, Mapping
from typing import Any

from drf_spectacular.utils import extend_schema
from rest_framework import serializers
from rest_framework.request import Request
from rest_framework.response import Response

from listings.api.chosen import GoneSerializer, chosen_ids, gone
from listings.api.price_ratings import shown_ratings
from listings.api.serializers import RatedListingSerializer
from listings.models import Listing
from marketplace.api.parameters import refuse
from marketplace.api.views import PublicView

COMPARED_MAX = 6
COMPARED = (
    *("make", "model", "derivative", "year", "price", "admin_fee", "vat_scheme", "mileage"),
    *("fuel", "transmission", "doors", "seats", "body_type", "colour", "drivetrain"),
    *("engine_cc", "power_bhp", "co2_g_km", "mpg", "battery_kwh", "electric_range_miles"),
    *("euro_standard", "ulez", "owners", "service_history", "mot_expires_on"),
    *("first_registered_on", "write_off", "equipment", "reserved"),
)
"""What tells one car from another."""


class ComparisonSerializer(serializers.Serializer):
    """Adverts side by side."""

    results = RatedListingSerializer(many=True, help_text="Those for sale, in the order asked for.")
    gone = GoneSerializer(many=True, help_text="Those that are not, likewise.")
    differences = serializers.ListField(
        child=serializers.ChoiceField(choices=COMPARED),
        help_text="The members in which `results` are not all alike.",
    )


class CompareView(PublicView):
    """Up to six adverts side by side, and in what they differ."""

    queryset = Listing.objects.public().with_card().prefetch_related("photos", "price_changes")
    serializer_class = ComparisonSerializer
    parameters = chosen_ids(COMPARED_MAX)

    @extend_schema(operation_id="compareListings", summary="Compare adverts", tags=["listings"])
    def get(self, request: Request) -> Response:
        values, errors = self.read_parameters()
        refuse(errors)
        found = self.get_queryset().in_bulk(values["id"])
        rows = [found[pk] for pk in values["id"] if pk in found]
        ratings = shown_ratings({row.pk: row.revision for row in rows})
        context = {**self.get_serializer_context(), "price_ratings": ratings}
        results = RatedListingSerializer(rows, many=True, context=context).data
        answer = {
            "results": results,
            "gone": gone(values["id"], found),
            "differences": differences(results),
        }
        return Response(answer)


def differences(results: Iterable[Mapping[str, Any]]) -> list[str]:
    """Return the members of `COMPARED` in which adverts differ; what is not known differs too."""
    cars = list(results)
    return [name for name in COMPARED if any(car[name] != cars[0][name] for car in cars)]
