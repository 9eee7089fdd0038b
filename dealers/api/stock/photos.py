"""An advert's photos: uploaded, ordered, removed."""

from django.core.files.uploadedfile import UploadedFile
from django.db import transaction
from drf_spectacular.utils import OpenApiResponse, extend_schema
from rest_framework.decorators import action
from rest_framework.exceptions import ValidationError
from rest_framework.generics import get_object_or_404
from rest_framework.parsers import MultiPartParser
from rest_framework.request import Request
from rest_framework.response import Response

from dealers.api.keyed_writes import WRITE
from dealers.api.stock.base import CHANGE, ETAG, TAG, StockView
from dealers.api.stock.bodies import PhotoOrder
from dealers.api.stock.life import etag
from dealers.api.stock.serializers import PhotosSerializer
from listings.photos import UPLOAD_BYTES_MAX
from marketplace.api.idempotency import once_per_key
from marketplace.api.viewsets import StrictViewSet, declares

REFUSALS = {"404": "ListingNotFound", "409": "NotAllowed", "412": "PreconditionFailed"}
UPLOAD_REFUSALS = {"400": "BadPhoto", "409": "PhotoNotAllowed", "507": "InsufficientStorage"}
UPLOAD = {
    "multipart/form-data": {
        "type": "object",
        "required": ["image"],
        "additionalProperties": False,
        "properties": {
            "image": {
                "type": "string",
                "format": "binary",
                "description": f"JPEG, PNG, WebP, HEIC: at most {UPLOAD_BYTES_MAX // 1024**2} MB.",
            }
        },
    }
}


class StockPhotosAnswer(StrictViewSet, StockView):
    """Answers with all photos of the advert, as one of them changes the places of others."""

    serializer_class = PhotosSerializer
    lookup_url_kwarg = "photo_id"
    lookup_value_converter = "int"

    def photos(self, pk: int, status: int = 200) -> Response:
        listing = self.find(pk)
        context = self.get_serializer_context()
        rows = {
            "photos": listing.photos.all(),
            "sources": listing.photo_sources.wanted(),
        }
        shown = PhotosSerializer(rows, context=context).data
        return Response(shown, status, headers={"ETag": etag(listing)})


class StockPhotosViewSet(StockPhotosAnswer):
    """The photos of an advert of the stock."""

    parser_classes = (MultiPartParser,)
    body_bytes_max = UPLOAD_BYTES_MAX + 64 * 1024

    @extend_schema(
        operation_id="listStockPhotos",
        summary="List an advert's photos",
        tags=[TAG],
        parameters=[ETAG],
    )
    def list(self, request: Request, pk: int) -> Response:
        return self.photos(pk)

    @extend_schema(
        operation_id="addStockPhoto",
        summary="Upload a photo",
        description="It becomes the last one. What is kept is the picture, upright and without "
        "metadata.",
        tags=[TAG],
        parameters=CHANGE,
        request=UPLOAD,
        responses={201: PhotosSerializer},
    )
    @declares(refusals=REFUSALS | UPLOAD_REFUSALS)
    @once_per_key
    @transaction.atomic
    def create(self, request: Request, pk: int) -> Response:
        listing = self.lock(pk)
        self.writer().add_photo(listing, _upload(request))
        return self.photos(pk, 201)


class StockPhotoViewSet(StockPhotosAnswer):
    """One photo of an advert of the stock."""

    @extend_schema(
        operation_id="orderStockPhotos",
        summary="Order an advert's photos",
        tags=[TAG],
        parameters=CHANGE,
        request=PhotoOrder,
    )
    @action(detail=False, methods=["put"])
    @declares(refusals=REFUSALS)
    @once_per_key
    @transaction.atomic
    def order(self, request: Request, pk: int) -> Response:
        """The order of an advert's photos."""
        listing = self.lock(pk)
        ids = self.read_body(PhotoOrder)["ids"]
        if unknown := set(ids) - set(listing.photos.values_list("pk", flat=True)):
            shown = ", ".join(str(photo) for photo in sorted(unknown))
            raise ValidationError({"ids": [f"The advert has no such photo: {shown}."]})
        self.writer().order_photos(listing, ids)
        return self.photos(pk)

    @extend_schema(
        operation_id="removeStockPhoto",
        summary="Remove a photo",
        tags=[TAG],
        parameters=[*WRITE, ETAG],
        responses={200: OpenApiResponse(PhotosSerializer, "The photos that are left.")},
    )
    @declares(refusals=REFUSALS)
    @once_per_key
    @transaction.atomic
    def destroy(self, request: Request, pk: int, photo_id: int) -> Response:
        """One photo of an advert of the stock."""
        listing = self.lock(pk)
        get_object_or_404(listing.photos.all(), pk=photo_id)
        self.writer().remove_photo(listing, photo_id)
        return self.photos(pk)


def _upload(request: Request) -> UploadedFile:
    unknown = sorted(set(request.data) - {"image"})
    upload = request.FILES.get("image")
    if unknown or not isinstance(upload, UploadedFile) or len(request.FILES.getlist("image")) != 1:
        raise ValidationError({"image": ["Send one file, in the part named image."]})
    return upload
