"""Adverts as buyers read them: never the registration mark, the VIN or the stock reference."""

from typing import Any

from django.urls import reverse
from django.utils import timezone
from django.utils.functional import cached_property
from drf_spectacular.utils import extend_schema_field
from rest_framework import serializers

from listings.api.photos import PhotoSerializer
from listings.api.price_ratings import PriceRatingSerializer
from listings.choices import Equipment, Weekday
from listings.models import Listing
from listings.pricing import seen_prices
from listings.search.places import Precision


class NameSerializer(serializers.Serializer):
    """Something with a name and an address of its own."""

    name = serializers.CharField()
    slug = serializers.SlugField()


class AdvertUrlField(serializers.URLField):
    """The address of an advert, of which only the number differs."""

    def __init__(self, **kwargs: Any) -> None:
        super().__init__(**{"source": "id", "read_only": True, **kwargs})

    def to_representation(self, value: Any) -> str:
        before, after = self._around
        return f"{before}{value}{after}"

    @cached_property
    def _around(self) -> tuple[str, str]:
        anyone = self.context["request"].build_absolute_uri(reverse("listing-detail", args=[0]))
        before, _, after = anyone.rpartition("0")
        return before, after


class AdvertSerializer(serializers.ModelSerializer):
    """What is shown of an advert wherever it is."""

    url = AdvertUrlField()
    make = NameSerializer()
    model = NameSerializer()
    photo: Any = PhotoSerializer(
        source="cover", allow_null=True, read_only=True, help_text="The cover."
    )
    dealer = NameSerializer()
    town = serializers.CharField(source="branch.town")
    reserved = serializers.SerializerMethodField()

    class Meta:
        model = Listing
        fields: tuple[str, ...] = (
            "id",
            "url",
            "title",
            "make",
            "model",
            "derivative",
            "year",
            "price",
            "previous_price",
            "lowest_price_30_days",
            "mileage",
            "fuel",
            "transmission",
            "doors",
            "body_type",
            "colour",
            "photo",
            "dealer",
            "town",
            "published_at",
            "reserved",
        )
        read_only_fields = fields

    def get_reserved(self, row: Any) -> bool:
        return row.reserved_until is not None and row.reserved_until > timezone.now()


NO_RATING = "Null until the advert is valued, which is within minutes of a change."


class CardSerializer(AdvertSerializer):
    """What a list of adverts shows of each; the page fills in the distance and the rating."""

    distance_miles = serializers.FloatField(
        read_only=True,
        default=None,
        allow_null=True,
        help_text="From `near`, in a straight line, to one decimal; null without `near` and where "
        "the branch's coordinates are not known.",
    )
    price_rating = PriceRatingSerializer(
        read_only=True, default=None, allow_null=True, help_text=NO_RATING
    )

    class Meta(AdvertSerializer.Meta):
        fields = (*AdvertSerializer.Meta.fields, "distance_miles", "price_rating")
        read_only_fields = fields


class NearSerializer(serializers.Serializer):
    """The place that distances are measured from."""

    text = serializers.CharField(
        help_text="As understood: a postcode's outcode stands for it, and a place's full name."
    )
    latitude = serializers.FloatField()
    longitude = serializers.FloatField()
    precision = serializers.ChoiceField(
        [each.value for each in Precision],
        help_text="What the point is the centre of. `area`, a postcode area, also stands for an "
        "outcode that is not known; it may be 15 miles off.",
    )


class PriceSerializer(serializers.Serializer):
    """A price the advert has had while buyers could see it."""

    price = serializers.IntegerField(
        source="new_price", allow_null=True, help_text="Whole pounds; null: on application."
    )
    since = serializers.DateTimeField(source="changed_at")


class WebsiteField(serializers.URLField):
    """A web address, null where there is none."""

    def __init__(self, **kwargs: Any) -> None:
        super().__init__(**{"allow_null": True, "read_only": True, **kwargs})

    def to_representation(self, value: str) -> Any:
        return value or None


class SellerSerializer(NameSerializer):
    """The dealer, as an advert names it."""

    url = serializers.HyperlinkedIdentityField(view_name="dealer-detail", lookup_field="slug")
    phone = serializers.CharField()
    website = WebsiteField()


class EquipmentField(serializers.ListField):
    """What a car has, from the bits that an advert keeps it in."""

    def __init__(self, **kwargs: Any) -> None:
        child = serializers.ChoiceField(choices=Equipment.choices)
        super().__init__(**{"child": child, "read_only": True, "allow_null": True, **kwargs})

    def to_representation(self, data: Any) -> list[str]:
        return Equipment.of_bits(data)


class OpeningSerializer(serializers.Serializer):
    """When a branch is open on one day, by its own clock."""

    day = serializers.ChoiceField(choices=Weekday.choices)
    opens = serializers.RegexField(r"^\d\d:\d\d$", help_text="Such as 09:00.")
    closes = serializers.RegexField(r"^\d\d:\d\d$", help_text="Such as 17:30.")


class BranchSerializer(serializers.Serializer):
    """Where a car stands."""

    name = serializers.CharField()
    address = serializers.CharField()
    town = serializers.CharField()
    postcode = serializers.CharField()
    latitude = serializers.FloatField(allow_null=True)
    longitude = serializers.FloatField(allow_null=True)
    phone = serializers.CharField()
    opening_hours = OpeningSerializer(
        many=True,
        allow_null=True,
        help_text="Monday first; a day that is missing is closed; null is not known.",
    )


class ListingSerializer(AdvertSerializer):
    """Everything a buyer may know about an advert."""

    photo = serializers.SerializerMethodField(help_text="The cover.")
    photos = PhotoSerializer(many=True)
    price_history = serializers.SerializerMethodField(help_text="Oldest first.")
    dealer = SellerSerializer()
    branch = BranchSerializer()
    features = serializers.ListField(child=serializers.CharField())
    equipment = EquipmentField(
        help_text="What the filter of the same name finds the advert by; null where its texts "
        "were not read yet."
    )

    class Meta(AdvertSerializer.Meta):
        fields = (
            *AdvertSerializer.Meta.fields,
            "admin_fee",
            "vat_scheme",
            "seats",
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
            "description",
            "features",
            "equipment",
            "expires_at",
            "photos",
            "price_history",
            "branch",
        )
        read_only_fields = fields

    @extend_schema_field(PhotoSerializer(allow_null=True))
    def get_photo(self, row: Any) -> Any:
        covers = [photo for photo in row.photos.all() if photo.position == 0]
        return PhotoSerializer(covers[0], context=self.context).data if covers else None

    @extend_schema_field(PriceSerializer(many=True))
    def get_price_history(self, row: Any) -> Any:
        return PriceSerializer(seen_prices(row), many=True).data


class RatedListingSerializer(ListingSerializer):
    """Everything a buyer may know about an advert, with how it is rated now.

    The rating is from `price_ratings` of the context, by the advert's id.
    """

    price_rating = serializers.SerializerMethodField(help_text=NO_RATING)

    class Meta(ListingSerializer.Meta):
        fields = (*ListingSerializer.Meta.fields, "price_rating")
        read_only_fields = fields

    @extend_schema_field(PriceRatingSerializer(allow_null=True))
    def get_price_rating(self, row: Any) -> Any:
        return self.context["price_ratings"][row.pk]
