"""Where the API begins: its index and its description."""

from django.conf import settings
from django.utils.decorators import method_decorator
from django.views.decorators.cache import cache_control
from drf_spectacular.settings import spectacular_settings
from drf_spectacular.utils import extend_schema
from drf_spectacular.views import SpectacularAPIView
from rest_framework import serializers
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.reverse import reverse

from marketplace.api.docs import api_document
from marketplace.api.views import PublicView


class IndexSerializer(serializers.Serializer):
    """Where everything is."""

    listings = serializers.URLField()
    suggest = serializers.URLField(help_text="Completes what somebody types.")
    makes = serializers.URLField()
    dealers = serializers.URLField()
    stock = serializers.URLField(help_text="For dealers' own systems, by key.")
    feeds = serializers.URLField(help_text="For dealers' own systems, by key.")
    changes = serializers.URLField(help_text="The change feed, for those who mirror the stock.")
    schema = serializers.URLField(help_text="The OpenAPI document.")
    docs = serializers.URLField(help_text="The guide and the reference, to read.")


class IndexView(PublicView):
    """The addresses of the API."""

    serializer_class = IndexSerializer

    @extend_schema(operation_id="getIndex", summary="Find the endpoints", tags=["about"])
    def get(self, request: Request) -> Response:
        names = {
            "listings": "listing-list",
            "suggest": "suggest",
            "makes": "make-list",
            "dealers": "dealer-list",
            "stock": "stock-list",
            "feeds": "feed-list",
            "changes": "change-list",
            "schema": "schema",
            "docs": "docs",
        }
        return Response({key: reverse(name, request=request) for key, name in names.items()})


@method_decorator(cache_control(max_age=300), name="dispatch")
class SchemaView(SpectacularAPIView):
    """The OpenAPI document of the running version, with the address it is served at."""

    def _get_schema_response(self, request: Request) -> Response:
        server = {**spectacular_settings.SERVERS[0], "url": settings.PUBLIC_URL}
        return Response({**api_document(), "servers": [server]})
