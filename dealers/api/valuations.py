"""What a car would ask that is not for sale, for a dealer's own systems."""

from dataclasses import asdict
from datetime import date
from typing import Any

from django.utils import timezone
from drf_spectacular.utils import extend_schema
from rest_framework import serializers
from rest_framework.exceptions import ValidationError
from rest_framework.request import Request
from rest_framework.response import Response

from dealers.api.keyed import KeyedView, KeyRequestsPerMinute
from dealers.permissions import Permission
from listings.api.comparables import (
    ASKED,
    REASONS,
    ComparableSerializer,
    ContributionsSerializer,
    comparables_shown,
)
from listings.api.described_car import UnderstoodCar, understood_car
from listings.api.serializers import NameSerializer
from listings.catalogue import known_model, likely_models
from listings.choices import BodyType, Drivetrain, Fuel, Transmission, WriteOff
from listings.identifiers import normalise_vrm
from listings.models import Listing, Model
from listings.models.rules import MILEAGE_MAX, YEAR_MIN, latest_year
from listings.pricing.value.comparable_adverts import ComparedCar
from listings.pricing.value.ratings import Confidence
from listings.pricing.value.valuations import Valuation, value_car
from marketplace.api.bodies import (
    Body,
    StrictChoiceField,
    StrictDateField,
    StrictIntegerField,
    StrictTextField,
)
from marketplace.errors import Invalid


class ValuationBody(Body):
    """The car: what is left out is read from the derivative, or is not known."""

    make = StrictTextField(max_length=60, help_text="A name, an alias or a slug.")
    model = StrictTextField(max_length=80, help_text="As `make`.")
    derivative = StrictTextField(required=False, allow_blank=True, max_length=200)
    year = StrictIntegerField(
        required=False,
        allow_null=True,
        min_value=YEAR_MIN,
        help_text="This or `first_registered_on`, or both.",
    )
    first_registered_on = StrictDateField(required=False, allow_null=True)
    mileage = StrictIntegerField(min_value=0, max_value=MILEAGE_MAX, help_text="Miles.")
    fuel = StrictChoiceField(Fuel.choices, required=False, allow_null=True)
    transmission = StrictChoiceField(Transmission.choices, required=False, allow_null=True)
    body_type = StrictChoiceField(BodyType.choices, required=False, allow_null=True)
    drivetrain = StrictChoiceField(Drivetrain.choices, required=False, allow_null=True)
    doors = StrictIntegerField(required=False, allow_null=True, min_value=1, max_value=9)
    engine_cc = StrictIntegerField(required=False, allow_null=True, min_value=49, max_value=30_000)
    power_bhp = StrictIntegerField(required=False, allow_null=True, min_value=1, max_value=3_000)
    owners = StrictIntegerField(required=False, allow_null=True, min_value=0, max_value=99)
    write_off = StrictChoiceField(WriteOff.choices, required=False, allow_null=True)
    vrm = StrictTextField(
        required=False,
        allow_null=True,
        max_length=20,
        help_text="The registration mark: it leaves the car's own adverts out of what it is "
        "compared with, and is not kept.",
    )

    def validate_vrm(self, value: str | None) -> str | None:
        try:
            return normalise_vrm(value) if value else None
        except Invalid as refusal:
            raise ValidationError(refusal.fields["vrm"]) from None

    def validate(self, attrs: dict[str, Any]) -> dict[str, Any]:
        today = timezone.localdate()
        registered: date | None = attrs.get("first_registered_on")
        if registered is not None and registered > today:
            raise ValidationError({"first_registered_on": ["This day is in the future."]})
        if attrs.get("year") is None:
            if registered is None:
                raise ValidationError({"year": ["Give the year or the day of registration."]})
            attrs["year"] = registered.year
        if attrs["year"] > latest_year(today):
            raise ValidationError({"year": [f"The latest is {latest_year(today)}."]})
        return attrs


class UnderstoodSerializer(serializers.Serializer):
    """The car as it was understood."""

    make = NameSerializer()
    model = NameSerializer()
    derivative = serializers.CharField(allow_blank=True)
    year = serializers.IntegerField()
    first_registered_on = serializers.DateField(allow_null=True)
    mileage = serializers.IntegerField(help_text="Miles.")
    fuel = serializers.ChoiceField(Fuel.choices, allow_null=True)
    transmission = serializers.ChoiceField(Transmission.choices, allow_null=True)
    body_type = serializers.ChoiceField(BodyType.choices, allow_null=True)
    drivetrain = serializers.ChoiceField(Drivetrain.choices, allow_null=True)
    doors = serializers.IntegerField(allow_null=True)
    engine_cc = serializers.IntegerField(allow_null=True)
    power_bhp = serializers.IntegerField(allow_null=True)
    owners = serializers.IntegerField(allow_null=True)
    write_off = serializers.ChoiceField(WriteOff.choices, allow_null=True)
    filled = serializers.ListField(
        child=serializers.CharField(), help_text="The fields that the derivative filled in."
    )


class ValuationSerializer(serializers.Serializer):
    """What such a car asks on this marketplace now."""

    car = UnderstoodSerializer()
    value = serializers.IntegerField(allow_null=True, help_text=ASKED)
    low = serializers.IntegerField(
        allow_null=True, help_text="Eight in ten such cars ask at least this, in whole pounds …"
    )
    high = serializers.IntegerField(allow_null=True, help_text="… and at most this.")
    low_90 = serializers.IntegerField(allow_null=True, help_text="Nine in ten ask at least this …")
    high_90 = serializers.IntegerField(allow_null=True, help_text="… and at most this.")
    comparables = serializers.IntegerField(help_text="How many cars it rests on.")
    confidence = serializers.ChoiceField([each.value for each in Confidence], allow_null=True)
    reason = serializers.ChoiceField(
        choices=REASONS, allow_null=True, help_text="Why there is no value; else null."
    )
    rule = serializers.CharField(help_text="The version of the rule.")
    fitted_at = serializers.DateTimeField(
        allow_null=True, help_text="When the market was last learnt."
    )
    contributions = ContributionsSerializer(allow_null=True)
    nearest = ComparableSerializer(
        many=True, help_text="Public adverts that it rests on, nearest first."
    )


class ValuationsPerMinute(KeyRequestsPerMinute):
    """A valuation costs more than reading an advert."""

    policy = "valuation"


class ValuationView(KeyedView):
    """Values a car that is not for sale; nothing of it is kept."""

    http_method_names = ["post"]
    read_permission = write_permission = Permission.VALUE_CARS
    throttle_classes = (ValuationsPerMinute,)
    serializer_class = ValuationBody
    queryset = Listing.objects.none()
    body_bytes_max = 20_000

    @extend_schema(
        operation_id="valueCar",
        summary="Value a car",
        tags=["values"],
        responses={200: ValuationSerializer},
    )
    def post(self, request: Request) -> Response:
        body = self.get_serializer(data=request.data)
        body.is_valid(raise_exception=True)
        stated = dict(body.validated_data)
        model = _known_model(stated.pop("make"), stated.pop("model"))
        understood = understood_car(model, stated)
        valuation = value_car(understood.car)
        return Response(_shown(valuation, understood, request))


def _known_model(make: str, model: str) -> Model:
    found = known_model(make_name=make, model_name=model)
    if found is not None:
        return found
    likely = likely_models(make_name=make, model_name=model)
    meant = " or ".join(f"{each.make.name} {each.name}" for each in likely)
    hint = f" Did you mean {meant}?" if meant else ""
    raise ValidationError({"model": [f"We do not know this make and model.{hint}"]})


def _shown(valuation: Valuation, understood: UnderstoodCar, request: Request) -> dict[str, Any]:
    """Return the members of `ValuationSerializer`."""
    car = ComparedCar(*(getattr(understood.car, name) for name in ComparedCar._fields))
    fitted_at, parts = valuation.fitted_at, valuation.contributions
    same = ("value", "low_90", "high_90", "comparables", "confidence", "reason", "rule")
    return {
        "car": UnderstoodSerializer(understood.told()).data,
        **{name: getattr(valuation, name) for name in same},
        "low": valuation.low_80,
        "high": valuation.high_80,
        "fitted_at": fitted_at and serializers.DateTimeField().to_representation(fitted_at),
        "contributions": parts and asdict(parts),
        "nearest": comparables_shown(list(valuation.nearest), car, request),
    }
