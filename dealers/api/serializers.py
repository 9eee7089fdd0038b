"""Dealers as buyers see them: never the address that notices go to."""

from rest_framework import serializers

from dealers.models import Dealer
from listings.api.serializers import BranchSerializer, WebsiteField
from marketplace.api.pages import PageSerializer


class DealerSerializer(serializers.ModelSerializer):
    """A dealer, and where it sells."""

    url = serializers.HyperlinkedIdentityField(view_name="dealer-detail", lookup_field="slug")
    website = WebsiteField()
    branches = BranchSerializer(many=True)
    live_count = serializers.IntegerField(help_text="How many adverts buyers can see now.")

    class Meta:
        model = Dealer
        fields = ("name", "slug", "url", "phone", "website", "live_count", "branches")
        read_only_fields = fields


class DealerPageSerializer(PageSerializer):
    """A page of dealers."""

    results = DealerSerializer(many=True)
