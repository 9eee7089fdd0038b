"""What a dealer's system may send about an advert."""

from typing import Any

from rest_framework import serializers
from rest_framework.exceptions import ValidationError

from listings.choices import (
    BodyType,
    Colour,
    Drivetrain,
    EuroStandard,
    Fuel,
    ServiceHistory,
    Transmission,
    VatScheme,
    WriteOff,
)
from listings.models import Sale
from listings.models.photo import PHOTO_URL_CHARACTERS_MAX
from listings.models.rules import MILEAGE_MAX, PRICE_MAX, YEAR_MAX, YEAR_MIN
from listings.photos import PHOTOS_MAX
from marketplace.api.bodies import (
    Body,
    OneDecimalField,
    StrictBooleanField,
    StrictChoiceField,
    StrictDateField,
    StrictIntegerField,
    StrictTextField,
)

SMALL_MAX = 32_767
STOCK_REF_HELP = "Your own name for the car, unique in your stock; never its registration mark."
EMPTIED: dict[str, Any] = {"derivative": "", "description": "", "features": [], "photo_urls": []}
"""What null means for the fields that are empty rather than not known."""


class Texts(serializers.ListField):
    """A list of texts, the empty ones left out."""

    def to_internal_value(self, data: Any) -> list[Any]:
        if not isinstance(data, list):
            raise ValidationError("This is a list of texts.")
        return [text for text in super().to_internal_value(data) if text]


class NoughtOrMoreField(StrictIntegerField):
    """A number of at least `least`; nought says that there is none, as of an electric engine."""

    def __init__(self, *, least: int, **options: Any) -> None:
        super().__init__(min_value=0, **options)
        self._least = least

    def to_internal_value(self, data: Any) -> int:
        value = super().to_internal_value(data)
        if 0 < value < self._least:
            raise ValidationError(f"Ensure this value is greater than or equal to {self._least}.")
        return value


class StockFields(Body):
    """Fields of an advert: those left out stay as they are, null clears one."""

    branch = StrictIntegerField(
        required=False,
        min_value=1,
        max_value=2**63 - 1,
        help_text="The id of one of your branches; may be left out where you have only one.",
    )
    stock_ref = StrictTextField(
        required=False, allow_null=True, allow_blank=True, max_length=64, help_text=STOCK_REF_HELP
    )
    make = StrictTextField(
        required=False,
        max_length=60,
        help_text="A name, an alias or a slug. A name that is not in the catalogue is taken, and "
        "waits for staff to confirm it.",
    )
    model = StrictTextField(
        required=False, max_length=80, help_text="As `make`, and given with it."
    )
    derivative = StrictTextField(
        required=False,
        allow_null=True,
        allow_blank=True,
        max_length=200,
        help_text="What follows make and model, such as `3.0 TDV6 Vogue SE 4dr Auto`. It fills the "
        "fields that a new advert leaves out.",
    )
    year = StrictIntegerField(required=False, min_value=YEAR_MIN, max_value=YEAR_MAX)
    mileage = StrictIntegerField(
        required=False, min_value=0, max_value=MILEAGE_MAX, help_text="Miles."
    )
    price = StrictIntegerField(
        required=False,
        allow_null=True,
        min_value=1,
        max_value=PRICE_MAX,
        help_text="Whole pounds the buyer pays, compulsory fees included; null: on application.",
    )
    price_confirmed = StrictBooleanField(
        required=False,
        help_text="Write the price although it may be a slip. Without it such a price is left "
        "out, with the warning `price_doubtful`: far from what such cars ask, or, where that is "
        "not known, less than a fifth of the advert's price so far, more than five times as much, "
        "or below £100 for an advert without one.",
    )
    admin_fee = StrictIntegerField(
        required=False,
        allow_null=True,
        min_value=0,
        max_value=PRICE_MAX,
        help_text="The part of the price that is a fee.",
    )
    vat_scheme = StrictChoiceField(VatScheme.choices, required=False, allow_null=True)
    fuel = StrictChoiceField(Fuel.choices, required=False, allow_null=True)
    transmission = StrictChoiceField(Transmission.choices, required=False, allow_null=True)
    doors = StrictIntegerField(required=False, allow_null=True, min_value=1, max_value=9)
    seats = StrictIntegerField(required=False, allow_null=True, min_value=1, max_value=60)
    body_type = StrictChoiceField(BodyType.choices, required=False, allow_null=True)
    colour = StrictChoiceField(Colour.choices, required=False, allow_null=True)
    drivetrain = StrictChoiceField(Drivetrain.choices, required=False, allow_null=True)
    engine_cc = NoughtOrMoreField(required=False, allow_null=True, least=49, max_value=30_000)
    power_bhp = NoughtOrMoreField(required=False, allow_null=True, least=1, max_value=3_000)
    co2_g_km = StrictIntegerField(required=False, allow_null=True, min_value=0, max_value=SMALL_MAX)
    mpg = OneDecimalField(required=False, allow_null=True, min_value=0, max_value=9_999)
    battery_kwh = OneDecimalField(required=False, allow_null=True, min_value=0, max_value=9_999)
    electric_range_miles = StrictIntegerField(
        required=False, allow_null=True, min_value=0, max_value=SMALL_MAX
    )
    euro_standard = StrictChoiceField(EuroStandard.choices, required=False, allow_null=True)
    owners = StrictIntegerField(required=False, allow_null=True, min_value=0, max_value=SMALL_MAX)
    service_history = StrictChoiceField(ServiceHistory.choices, required=False, allow_null=True)
    mot_expires_on = StrictDateField(required=False, allow_null=True)
    first_registered_on = StrictDateField(required=False, allow_null=True)
    write_off = StrictChoiceField(WriteOff.choices, required=False, allow_null=True)
    vrm = StrictTextField(
        required=False,
        allow_null=True,
        max_length=20,
        help_text="The registration mark; spaces and case do not matter. Buyers never see it.",
    )
    vin = StrictTextField(
        required=False, allow_null=True, max_length=40, help_text="Buyers never see it."
    )
    description = StrictTextField(
        required=False, allow_null=True, allow_blank=True, max_length=20_000
    )
    features = Texts(
        required=False,
        allow_null=True,
        child=StrictTextField(max_length=120, allow_blank=True),
        max_length=200,
    )

    photo_urls = Texts(
        required=False,
        allow_null=True,
        child=StrictTextField(max_length=PHOTO_URL_CHARACTERS_MAX, allow_blank=True),
        max_length=PHOTOS_MAX,
        help_text="Where photos are fetched from, in order, the cover first; another list replaces "
        "it. Uploaded photos stay.",
    )

    def to_internal_value(self, data: Any) -> dict[str, Any]:
        values: dict[str, Any] = super().to_internal_value(data)
        for name, emptied in EMPTIED.items():
            if name in values and values[name] is None:
                values[name] = emptied
        if values.get("stock_ref") == "":
            values["stock_ref"] = None
        if ("make" in values) != ("model" in values):
            missing = "model" if "make" in values else "make"
            raise ValidationError({missing: ["Make and model are given together."]})
        return values


class NewStock(StockFields):
    """A new advert."""

    def get_fields(self) -> dict[str, Any]:
        fields = super().get_fields()
        for name in ("make", "model", "year", "mileage"):
            fields[name].required = True
        return fields


class Remark(Body):
    """Why, for the event log."""

    reason = StrictTextField(required=False, allow_blank=True, max_length=390)


class SaleBody(Remark):
    """How a car was sold; all of it may be left out."""

    sold_on = StrictDateField(
        required=False, allow_null=True, help_text="The day of the sale; by default today."
    )
    price = StrictIntegerField(
        required=False,
        allow_null=True,
        min_value=1,
        max_value=PRICE_MAX,
        help_text="Whole pounds that were paid; buyers never see it.",
    )
    buyer = StrictChoiceField(Sale.BuyerKind.choices, required=False, allow_null=True)
    channel = StrictChoiceField(
        Sale.SaleChannel.choices,
        required=False,
        allow_null=True,
        help_text="By which way the buyer came.",
    )


class Hold(Remark):
    """A reservation."""

    until = serializers.DateTimeField(
        required=False,
        allow_null=True,
        help_text="When the reservation ends; by default 48 hours from now.",
    )


class Lookup(Body):
    """Which car."""

    vrm = StrictTextField(
        max_length=20, help_text="The registration mark; spaces and case do not matter."
    )


class PhotoOrder(Body):
    """The order of an advert's photos."""

    ids = serializers.ListField(
        child=StrictIntegerField(min_value=1, max_value=2**63 - 1),
        max_length=PHOTOS_MAX,
        help_text="Ids of the photos, the cover first; those left out follow as they were.",
    )
