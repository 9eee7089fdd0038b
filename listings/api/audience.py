"""What front ends of others tell of an advert: its number was asked for, or it is wrong."""

from drf_spectacular.utils import OpenApiResponse, extend_schema
from rest_framework import serializers
from rest_framework.generics import get_object_or_404
from rest_framework.request import Request
from rest_framework.response import Response

from listings.buyers import guards
from listings.buyers.audience import Place, count_phoned
from listings.buyers.guards import Sender
from listings.buyers.reports import TEXT_MAX, report_advert
from listings.models import AdvertReport, Listing
from marketplace.api.bodies import Body, StrictChoiceField, StrictTextField
from marketplace.api.views import StrictView
from marketplace.client_address import client_address, client_network


class PhoneSerializer(serializers.Serializer):
    """Where the dealer of an advert is called."""

    phone = serializers.CharField(help_text="Empty where none is known.")


class PhoneView(StrictView):
    """Gives the telephone number, and counts that somebody asked for it."""

    http_method_names = ["post"]
    serializer_class = PhoneSerializer
    queryset = Listing.objects.none()
    body_bytes_max = 100

    @extend_schema(
        operation_id="showPhone",
        summary="Show the dealer's telephone number",
        description="Ask when a buyer wants the number: the dealer sees how often that is. "
        "Nothing of the buyer is kept.",
        tags=["listings"],
        request=None,
        responses=PhoneSerializer,
    )
    def post(self, request: Request, pk: int) -> Response:
        row = get_object_or_404(Listing.objects.public().with_card(), pk=pk)
        count_phoned(request, Place.API, pk)
        return Response({"phone": row.branch.phone or row.dealer.phone})


class ReportBody(Body):
    """What is wrong with an advert."""

    reason = StrictChoiceField(AdvertReport.ReportReason.choices)
    text = StrictTextField(
        required=False,
        allow_blank=True,
        max_length=TEXT_MAX,
        help_text="`other` needs it. Markup and links are taken out.",
    )
    email = StrictTextField(
        required=False,
        allow_blank=True,
        max_length=guards.EMAIL_MAX,
        help_text="Where staff may ask back; show the words of `GET /consents/report/` beside it.",
    )


class ReportView(StrictView):
    """Takes what somebody says against an advert."""

    http_method_names = ["post"]
    serializer_class = ReportBody
    queryset = Listing.objects.none()
    body_bytes_max = 20_000
    write_refusals = {"400": "BadReport", "404": "ListingNotFound"}

    @extend_schema(
        operation_id="reportListing",
        summary="Report an advert",
        tags=["listings"],
        responses={204: OpenApiResponse(description="Staff will look at it.")},
    )
    def post(self, request: Request, pk: int) -> Response:
        body = self.get_serializer(data=request.data)
        body.is_valid(raise_exception=True)
        given = body.validated_data
        report_advert(
            listing_id=pk,
            reason=given["reason"],
            text=given.get("text", ""),
            email=given.get("email", ""),
            sender=Sender(client_network(request), client_address(request)),
        )
        return Response(status=204)
