"""Adverts as their dealer's own systems read them."""

from typing import Any

from rest_framework import serializers

from dealers.api.stock.life import OFFERED, offered_actions
from listings.api.photos import PhotoSerializer
from listings.api.serializers import NameSerializer
from listings.choices import Status
from listings.models import Listing, Photo, PhotoSource
from marketplace.api.pages import PageSerializer


class StockPhotoSerializer(PhotoSerializer):
    """A photo; the first is the cover."""

    class Meta:
        model = Photo
        fields = ("id", *PhotoSerializer.Meta.fields)
        read_only_fields = fields


class PhotoSourceSerializer(serializers.ModelSerializer):
    """An address that a photo is fetched from, and how far that is."""

    class Meta:
        model = PhotoSource
        fields = ("url", "state", "reason", "fetched_at")
        read_only_fields = fields


class StockBranchSerializer(serializers.Serializer):
    """Where the car stands."""

    id = serializers.IntegerField()
    name = serializers.CharField()


class AllowedActionsField(serializers.ListField):
    """What can be done with the advert now."""

    child = serializers.ChoiceField([(action.value, action.label) for action in OFFERED])

    def __init__(self, **kwargs: Any) -> None:
        super().__init__(**{"source": "*", "read_only": True, **kwargs})

    def to_representation(self, data: Any) -> Any:
        return offered_actions(data)


class StockSerializer(serializers.ModelSerializer):
    """An advert with all that its dealer may know."""

    url = serializers.HyperlinkedIdentityField(view_name="stock-detail")
    listing_url = serializers.HyperlinkedIdentityField(
        view_name="listing-detail", help_text="Where buyers find it while it is live."
    )
    status = serializers.ChoiceField(Status.choices)
    sandbox = serializers.BooleanField(
        source="dealer.is_sandbox",
        help_text="True: the dealer is a sandbox, and buyers are not shown the advert, whatever "
        "its status.",
    )
    branch = StockBranchSerializer()
    make = NameSerializer()
    model = NameSerializer()
    features = serializers.ListField(child=serializers.CharField())
    photos = StockPhotoSerializer(many=True)
    allowed_actions = AllowedActionsField()

    class Meta:
        model = Listing
        fields: tuple[str, ...] = (
            "id",
            "url",
            "listing_url",
            "stock_ref",
            "status",
            "sandbox",
            "allowed_actions",
            "title",
            "branch",
            "make",
            "model",
            "derivative",
            "year",
            "mileage",
            "price",
            "previous_price",
            "lowest_price_30_days",
            "admin_fee",
            "vat_scheme",
            "fuel",
            "transmission",
            "doors",
            "seats",
            "body_type",
            "colour",
            "drivetrain",
            "engine_cc",
            "power_bhp",
            "co2_g_km",
            "mpg",
            "battery_kwh",
            "electric_range_miles",
            "euro_standard",
            "ulez",
            "owners",
            "service_history",
            "mot_expires_on",
            "first_registered_on",
            "write_off",
            "vrm",
            "vin",
            "description",
            "features",
            "photos",
            "created_at",
            "published_at",
            "expires_at",
            "confirmed_at",
            "reserved_until",
            "sold_at",
        )
        read_only_fields = fields


class WarningSerializer(serializers.Serializer):
    """Something odd that was accepted."""

    code = serializers.CharField(help_text="Which warning it is. Codes are stable.")
    field = serializers.CharField()
    message = serializers.CharField(help_text="For people.")


class WrittenSerializer(StockSerializer):
    """An advert that was written, and what is odd about it."""

    warnings = WarningSerializer(many=True, read_only=True)

    class Meta(StockSerializer.Meta):
        fields = (*StockSerializer.Meta.fields, "warnings")
        read_only_fields = fields


class StockPageSerializer(PageSerializer):
    """A page of a dealer's stock."""

    results = StockSerializer(many=True)
    count = serializers.IntegerField(
        allow_null=True, help_text="All results; null unless `count=exact` asks for it."
    )


class FoundSerializer(serializers.Serializer):
    """The adverts of one car, newest first."""

    results = StockSerializer(many=True)


class PhotosSerializer(serializers.Serializer):
    """An advert's photos, the cover first, and what is on the list of addresses."""

    photos = StockPhotoSerializer(many=True)
    sources = PhotoSourceSerializer(many=True)


class AudienceDaySerializer(serializers.Serializer):
    """What an advert brought on one day."""

    day = serializers.DateField()
    seen = serializers.IntegerField(help_text="In results and lists.")
    opened = serializers.IntegerField()
    phoned = serializers.IntegerField(help_text="The telephone number was asked for.")
    enquired = serializers.IntegerField(help_text="Enquiries that were sent.")


class AudienceSerializer(serializers.Serializer):
    """What an advert brought, oldest day first."""

    days = AudienceDaySerializer(many=True)
