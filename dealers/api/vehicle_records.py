"""What the official registers know of a car by its mark, for a dealer's own systems."""

from collections.abc import Mapping
from typing import Any

from drf_spectacular.utils import extend_schema
from rest_framework import serializers
from rest_framework.request import Request
from rest_framework.response import Response

from dealers.api.keyed import KeyedView
from dealers.api.stock.bodies import Lookup
from dealers.permissions import Permission
from dealers.vehicle_look_ups import look_up_vehicle
from listings.choices import Colour, Fuel
from listings.models import Listing
from listings.vehicle_records import LookedUp
from listings.vehicle_records.dvla import MOT_STATUSES, TAX_STATUSES


class MotReadingSerializer(serializers.Serializer):
    """What the odometer showed at an MOT test."""

    tested_on = serializers.DateField(help_text="Day of the test, in Britain.")
    mileage = serializers.IntegerField(help_text="Whole miles.")
    is_pass = serializers.BooleanField(help_text="Whether the car passed.")


class VehicleRecordSerializer(serializers.Serializer):
    """A car as the registers have it; what none of them says is null."""

    make = serializers.CharField(allow_null=True, help_text="As the registers spell it.")
    model = serializers.CharField(allow_null=True, help_text="As the registers spell it.")
    colour = serializers.ChoiceField(Colour.choices, allow_null=True)
    fuel = serializers.ChoiceField(
        Fuel.choices, allow_null=True, help_text="Null where the registered fuel leaves a choice."
    )
    possible_fuels = serializers.ListField(
        child=serializers.ChoiceField(Fuel.choices),
        help_text="What the registered fuel may stand for: a hybrid is registered like a plug-in.",
    )
    year = serializers.IntegerField(
        allow_null=True, help_text="Of first registration; where it is not known, of manufacture."
    )
    first_registered_on = serializers.DateField(allow_null=True)
    engine_cc = serializers.IntegerField(allow_null=True)
    co2_g_km = serializers.IntegerField(allow_null=True)
    euro_standard = serializers.IntegerField(allow_null=True)
    tax_status = serializers.ChoiceField(
        TAX_STATUSES,
        allow_null=True,
        help_text="Whether vehicle tax is paid, in DVLA's words. Null: DVLA did not tell.",
    )
    tax_due_on = serializers.DateField(
        allow_null=True,
        help_text="Day that the tax runs out. Null: none is told.",
    )
    mot_status = serializers.ChoiceField(
        MOT_STATUSES,
        allow_null=True,
        help_text="How the MOT stands, in DVLA's words. Null: DVLA did not tell.",
    )
    mot_expires_on = serializers.DateField(allow_null=True)
    mot_readings = MotReadingSerializer(many=True, help_text="Newest first.")
    sources = serializers.ListField(
        child=serializers.CharField(), help_text="The registers that know the car."
    )
    away = serializers.ListField(
        child=serializers.CharField(), help_text="The registers that did not answer."
    )


class VehicleRecordView(KeyedView):
    """Looks a mark up; the answer is kept for a stated time, and nothing of an advert changes."""

    http_method_names = ["post"]
    read_permission = write_permission = Permission.EDIT_STOCK
    serializer_class = Lookup
    queryset = Listing.objects.none()
    body_bytes_max = 2_000

    def own_refusals(self, method: str | None) -> Mapping[str, str]:
        return {"404": "VehicleNotFound", "409": "QuotaReached", "503": "RegistersAway"}

    @extend_schema(
        operation_id="lookUpVehicle",
        summary="Look a car up by its registration mark",
        description="What DVLA and DVSA know of a car, in the words of an advert. The mark is in "
        "no address and so in no log. Needs the scope stock:write, as it serves writing adverts. "
        "Where the marketplace has no key of a register, the answer is 404 with the code "
        "`vehicle_look_ups_off`; while no register answers, 503 with `vehicle_registers_away`.",
        tags=["stock"],
        responses={200: VehicleRecordSerializer},
    )
    def post(self, request: Request) -> Response:
        body = self.get_serializer(data=request.data)
        body.is_valid(raise_exception=True)
        looked_up = look_up_vehicle(
            dealer_id=self.key.dealer_id, vrm=body.validated_data["vrm"], actor=self.actor
        )
        return Response(VehicleRecordSerializer(_shown(looked_up)).data)


def _shown(looked_up: LookedUp) -> dict[str, Any]:
    """Return the members of `VehicleRecordSerializer`."""
    record = looked_up.record
    same = {
        name: getattr(record, name)
        for name in VehicleRecordSerializer().fields.keys()  # noqa: SIM118  # its stubs yield fields
        if hasattr(record, name)
    }
    return {
        **{name: None if value == "" else value for name, value in same.items()},
        "possible_fuels": record.fuels,
        "mot_readings": record.readings,
        "sources": looked_up.sources,
        "away": looked_up.away,
    }
