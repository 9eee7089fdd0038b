"""A dealer's enquiries: listed, read and followed."""

from typing import Any

from django.db import transaction
from django.utils.cache import patch_cache_control
from drf_spectacular.utils import extend_schema
from rest_framework.decorators import action
from rest_framework.generics import get_object_or_404
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.reverse import reverse
from rest_framework.utils.urls import replace_query_param

from dealers.api.enquiries.bodies import EnquiryProgress
from dealers.api.enquiries.filters import EnquiryFilterSet
from dealers.api.enquiries.serializers import (
    EnquiryChangePageSerializer,
    EnquiryPageSerializer,
    EnquirySerializer,
    changed,
)
from dealers.api.keyed import KeyedViewSet, version_headers
from dealers.api.keyed_writes import keyed_write
from dealers.enquiries import report_progress
from dealers.permissions import Permission
from listings.api.changes import PARAMETERS, read_position, write_position
from listings.buyers.enquiry_changes import read_enquiry_changes
from listings.exceptions import CursorExpired
from listings.models import Enquiry
from listings.models.enquiry import EnquiryRows
from marketplace.api import cursor
from marketplace.api.cursor import cursor_field
from marketplace.api.pages import page_size_field
from marketplace.api.parameters import refuse
from marketplace.api.preconditions import require_match
from marketplace.api.viewsets import declares

TAG = "enquiries"
ETAG, IF_MATCH = version_headers("enquiry")


class EnquiryViewSet(KeyedViewSet):
    """The enquiries that buyers left for the key's dealer, and for nobody else."""

    http_method_names = ["get", "head", "patch"]
    read_permission = Permission.READ_ENQUIRIES
    write_permission = Permission.ANSWER_ENQUIRIES
    queryset = Enquiry.objects.none()
    serializer_class: Any = EnquiryPageSerializer
    lookup_value_converter = "int"

    def enquiries(self) -> EnquiryRows:
        return Enquiry.objects.for_dealer(self.key.dealer_id).with_record()

    @extend_schema(operation_id="listEnquiries", summary="List enquiries", tags=[TAG])
    @declares(
        filterset_class=EnquiryFilterSet,
        parameters={"page_size": page_size_field(), "cursor": cursor_field()},
    )
    def list(self, request: Request) -> Response:
        """What buyers asked, newest first."""
        filters, values = self.read_list(self.enquiries().order_by("-record"))
        rows, size = filters.qs, values["page_size"]
        scope = cursor.fingerprint(["enquiries", self.key.dealer_id, filters.given()])
        if values["cursor"]:
            rows = rows.filter(record__lt=cursor.read(values["cursor"], scope).values[0])
        return self.page(list(rows[: size + 1]), size, scope, "record_id")

    @extend_schema(
        operation_id="getEnquiry",
        summary="Read an enquiry",
        tags=[TAG],
        parameters=[ETAG],
        responses=EnquirySerializer,
    )
    def retrieve(self, request: Request, pk: int) -> Response:
        """One enquiry."""
        return self.answer(pk)

    @keyed_write(
        operation_id="changeEnquiry",
        summary="Say how far an enquiry is",
        description="What is left out stays. The dealer's people see it in the panel, and a note "
        "beside their own.",
        tags=[TAG],
        parameters=[IF_MATCH, ETAG],
        request=EnquiryProgress,
        responses=EnquirySerializer,
        refusals={
            "400": "BadEnquiryProgress",
            "409": "ErasedRecord",
            "412": "PreconditionFailed",
        },
    )
    @transaction.atomic
    def partial_update(self, request: Request, pk: int) -> Response:
        row = get_object_or_404(self.enquiries().select_for_update(of=("self",)), pk=pk)
        require_match(request, etag(row))
        body = EnquiryProgress(data=request.data)
        body.is_valid(raise_exception=True)
        report_progress(enquiry_id=pk, given=body.validated_data, actor=self.actor)
        return self.answer(pk)

    def answer(self, pk: int) -> Response:
        """Return an enquiry as it is now."""
        row = get_object_or_404(self.enquiries(), pk=pk)
        shown = EnquirySerializer(row, context=self.get_serializer_context()).data
        return Response(shown, headers={"ETag": etag(row)})

    @extend_schema(
        operation_id="listEnquiryChanges",
        summary="Follow enquiries",
        description="New enquiries, and those whose stage changed or that were taken back, each "
        "as it is when the page is read; as `GET /changes/` does for adverts.",
        tags=[TAG],
        responses=EnquiryChangePageSerializer,
    )
    @action(detail=False)
    @declares(parameters=PARAMETERS, refusals={"410": "Gone"})
    def changes(self, request: Request) -> Response:
        values, errors = self.read_parameters()
        refuse(errors)
        scope = f"enquiries.{self.key.dealer_id}"
        place = read_position(values["after"], scope) if values["after"] else None
        try:
            page = read_enquiry_changes(
                dealer_id=self.key.dealer_id, position=place, size=values["page_size"]
            )
        except CursorExpired as expired:
            expired.extra["start_over"] = reverse("enquiry-changes", request=request)
            raise
        after = write_position(page.following, scope)
        members = {
            "results": [changed(*each) for each in page.rows],
            "has_more": page.has_more,
            "after": after,
            "next": replace_query_param(request.build_absolute_uri(), "after", after),
        }
        response = Response(EnquiryChangePageSerializer(members).data)
        patch_cache_control(response, no_store=True)
        return response


def etag(enquiry: Enquiry) -> str:
    """Return the version of an enquiry: its revision, which changes with all that it shows."""
    return f'"{enquiry.revision or 0:x}"'
