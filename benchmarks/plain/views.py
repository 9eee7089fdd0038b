from typing import Any

from django.db.models import Prefetch
from django_filters.rest_framework import DjangoFilterBackend
from rest_framework.fields import SerializerMethodField
from rest_framework.generics import ListAPIView
from rest_framework.pagination import PageNumberPagination
from rest_framework.request import Request
from rest_framework.response import Response

from benchmarks.plain.search import AdvertFilterSet, facets
from listings.api.photos import PhotoSerializer
from listings.api.serializers import CardSerializer
from listings.models import Listing, Photo
from listings.search.facets import FACETS


class TwentyAPage(PageNumberPagination):
    page_size = 20


COVERS = Prefetch("photos", queryset=Photo.objects.filter(position=0), to_attr="covers")


class PlainCardSerializer(CardSerializer):
    photo = SerializerMethodField()

    def get_photo(self, row: Any) -> Any:
        covers = row.covers
        return PhotoSerializer(covers[0], context=self.context).data if covers else None


class AdvertListView(ListAPIView):
    serializer_class = PlainCardSerializer
    pagination_class = TwentyAPage
    filter_backends = (DjangoFilterBackend,)
    filterset_class = AdvertFilterSet

    def get_queryset(self) -> Any:
        return Listing.objects.public().with_card().prefetch_related(COVERS).order_by("price", "id")

    def list(self, request: Request, *args: Any, **kwargs: Any) -> Response:
        answer = super().list(request, *args, **kwargs)
        if "facets" in request.query_params:
            rows = self.filter_queryset(Listing.objects.public())
            answer.data["facets"] = facets(rows, _names(has_make="make" in request.query_params))
        return answer


def _names(*, has_make: bool) -> list[str]:
    """Return the facets to be counted; a rating is no column of an advert, and is left out."""
    left_out = {"price_rating"} if has_make else {"price_rating", "model"}
    return [name for name in FACETS if name not in left_out]
