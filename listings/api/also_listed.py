"""Who else has the very car of an advert, for buyers: where the marketplace shows it."""

from typing import Any

from django.conf import settings
from drf_spectacular.utils import extend_schema_field
from rest_framework import serializers

from listings.api.serializers import AdvertUrlField, NameSerializer, RatedListingSerializer
from listings.models import Listing
from listings.models.car_link import also_listed

SHOWN_MAX = 10


class AlsoListedSerializer(serializers.ModelSerializer):
    """Another dealer's advert of the same car."""

    url = AdvertUrlField()
    dealer = NameSerializer()

    class Meta:
        model = Listing
        fields = ("id", "url", "dealer", "price")
        read_only_fields = fields


class ListingDetailSerializer(RatedListingSerializer):
    """Everything a buyer may know about an advert, and who else has the car."""

    also_listed_by = serializers.SerializerMethodField(
        help_text="The cheapest first, ten at most; null where the marketplace does not show it."
    )

    class Meta(RatedListingSerializer.Meta):
        fields = (*RatedListingSerializer.Meta.fields, "also_listed_by")
        read_only_fields = fields

    @extend_schema_field(AlsoListedSerializer(many=True, allow_null=True))
    def get_also_listed_by(self, row: Any) -> Any:
        if not settings.ALSO_LISTED_BY:
            return None
        return AlsoListedSerializer(others_with(row), many=True, context=self.context).data


def others_with(row: Listing) -> list[Listing]:
    """Return the adverts of other dealers to be shown; none where the marketplace shows none."""
    if not settings.ALSO_LISTED_BY:
        return []
    return list(also_listed(row).select_related("make", "model", "dealer")[:SHOWN_MAX])
