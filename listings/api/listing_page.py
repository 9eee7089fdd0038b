"""A page of adverts, with what can be asked for beside it."""

from rest_framework import serializers

from listings.api.facets import FacetsSerializer, HistogramsSerializer, StatsSerializer
from listings.api.loosen import LoosenSerializer
from listings.api.serializers import CardSerializer, NearSerializer
from listings.api.words import PhraseSerializer
from listings.search.relaxation import FEW_MAX
from marketplace.api.pages import PageSerializer


class ListingPageSerializer(PageSerializer):
    """A page of adverts."""

    results = CardSerializer(many=True)
    near = NearSerializer(allow_null=True, help_text="Null unless asked for by `near`.")
    count = serializers.IntegerField(
        allow_null=True, help_text="All results; null unless `count=exact` asks for it."
    )
    facets = FacetsSerializer(allow_null=True, help_text="Null unless asked for by `facets`.")
    histograms = HistogramsSerializer(
        allow_null=True, help_text="Bands of price and mileage; null unless asked for by `facets`."
    )
    stats = StatsSerializer(allow_null=True, help_text="Null unless asked for by `stats`.")
    understood = PhraseSerializer(
        many=True,
        allow_null=True,
        help_text="What was made of the words of `q`, in their order; null without `q`.",
    )
    loosen = LoosenSerializer(
        allow_null=True,
        help_text="What else there is; null unless asked for by `include=loosen`, and where more "
        f"than {FEW_MAX} adverts are found.",
    )
