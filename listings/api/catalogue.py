"""The makes and models that buyers choose from."""

from django.db.models import Count
from django.db.models.functions import Lower
from drf_spectacular.utils import extend_schema, extend_schema_field
from rest_framework import serializers
from rest_framework.generics import get_object_or_404
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.reverse import reverse

from listings.api.serializers import NameSerializer
from listings.choices import Confirmation
from listings.models import Listing, Make, Model
from marketplace.api.filters import ParameterFilter, ParameterFilterSet
from marketplace.api.parameters import TEXT_PATTERN, PatternParameter
from marketplace.api.views import PublicView


class MakeSerializer(NameSerializer):
    """A make and how much of it is for sale."""

    live_count = serializers.IntegerField(help_text="How many adverts buyers can see now.")
    models_url = serializers.SerializerMethodField(help_text="The models of this make.")

    @extend_schema_field({"type": "string", "format": "uri"})
    def get_models_url(self, row: dict[str, str]) -> str:
        address: str = reverse("model-list", [row["slug"]], request=self.context["request"])
        return address


class ModelSerializer(NameSerializer):
    """A model and how much of it is for sale."""

    live_count = serializers.IntegerField(help_text="How many adverts buyers can see now.")


class MakesSerializer(serializers.Serializer):
    """Every make."""

    results = MakeSerializer(many=True)


class ModelsSerializer(serializers.Serializer):
    """Every model of a make."""

    results = ModelSerializer(many=True)


class NameFilterSet(ParameterFilterSet):
    """Finds makes and models by a part of their name."""

    name = ParameterFilter(
        PatternParameter,
        "name",
        "icontains",
        pattern=TEXT_PATTERN,
        length_max=80,
        also=("q", "search", "contains"),
        description="A part of the name, in any letter case.",
    )


class MakeListView(PublicView):
    """Makes by name, those without an advert included."""

    queryset = Make.objects.filter(confirmation=Confirmation.CONFIRMED).order_by(Lower("name"))
    serializer_class = MakesSerializer
    filterset_class = NameFilterSet

    @extend_schema(operation_id="listMakes", summary="List makes", tags=["catalogue"])
    def get(self, request: Request) -> Response:
        filters, _ = self.read_list(self.get_queryset())
        counts = _live_counts("make")
        makes = [
            {"name": row.name, "slug": row.slug, "live_count": counts.get(row.pk, 0)}
            for row in filters.qs
        ]
        return Response(self.get_serializer({"results": makes}).data)


class ModelListView(PublicView):
    """Models of a make by name, those without an advert included."""

    queryset = Model.objects.filter(confirmation=Confirmation.CONFIRMED).order_by(Lower("name"))
    serializer_class = ModelsSerializer
    filterset_class = NameFilterSet

    @extend_schema(operation_id="listModels", summary="List models of a make", tags=["catalogue"])
    def get(self, request: Request, slug: str) -> Response:
        make = get_object_or_404(Make, slug=slug, confirmation=Confirmation.CONFIRMED)
        filters, _ = self.read_list(self.get_queryset().filter(make=make))
        counts = _live_counts("model", make=make)
        models = [
            {"name": row.name, "slug": row.slug, "live_count": counts.get(row.pk, 0)}
            for row in filters.qs
        ]
        return Response(self.get_serializer({"results": models}).data)


def _live_counts(column: str, **conditions: object) -> dict[int, int]:
    """Return how many public adverts each value of a column has, in one query."""
    rows = Listing.objects.public().filter(**conditions).order_by()
    return dict(rows.values_list(column).annotate(Count("pk")))
