"""Feeds and their runs, for dealers' own systems."""

from typing import Any, BinaryIO, cast

from django.db.models import QuerySet
from django.http import StreamingHttpResponse
from drf_spectacular.utils import OpenApiResponse, extend_schema
from rest_framework.decorators import action
from rest_framework.generics import get_object_or_404
from rest_framework.parsers import MultiPartParser
from rest_framework.request import Request
from rest_framework.response import Response

from dealers.api.feeds.files import PART, UNNAMED, RawFileParser, sent_file
from dealers.api.feeds.filters import REPORT, SENDING, FeedFilterSet, FeedRunFilterSet
from dealers.api.feeds.serializers import (
    FeedListSerializer,
    FeedSerializer,
    MappingBody,
    ReportPageSerializer,
    RunPageSerializer,
    RunSerializer,
)
from dealers.api.keyed import KeyedViewSet
from dealers.api.keyed_writes import keyed_write
from dealers.feeds.configuration import confirm_mapping
from dealers.feeds.held_runs import approve_run, drop_run
from dealers.feeds.imports.report import report_csv, report_rows
from dealers.feeds.uploads import FILE_BYTES_MAX, receive_file
from dealers.models import FeedRun, StockFeed
from dealers.permissions import Permission
from marketplace.api import cursor
from marketplace.api.cursor import cursor_field
from marketplace.api.pages import page_size_field
from marketplace.api.parameters import refuse
from marketplace.api.viewsets import declares
from marketplace.downloads import whole_file

TAG = "feeds"
BINARY = {"type": "string", "format": "binary"}
UPLOAD: dict[str, Any] = {
    "multipart/form-data": {
        "type": "object",
        "required": [PART],
        "additionalProperties": False,
        "properties": {PART: BINARY},
    },
    "application/octet-stream": BINARY,
}


class FeedAccess(KeyedViewSet):
    """The feeds of the key's dealer, and of nobody else."""

    read_permission = Permission.READ_FEEDS
    write_permission = Permission.DELIVER_FEEDS
    queryset = StockFeed.objects.none()
    serializer_class: Any = FeedSerializer
    lookup_value_converter = "int"

    def feeds(self) -> QuerySet[StockFeed]:
        return StockFeed.objects.for_dealer(self.key.dealer_id)

    def find_feed(self, pk: int) -> StockFeed:
        return get_object_or_404(self.feeds(), pk=pk)

    def find_run(self, pk: int, run_id: int) -> FeedRun:
        return get_object_or_404(FeedRun.objects.filter(feed=self.find_feed(pk)), pk=run_id)


class FeedViewSet(FeedAccess):
    """How the dealer's stock arrives."""

    @extend_schema(
        operation_id="listFeeds", summary="List the feeds", tags=[TAG], responses=FeedListSerializer
    )
    @declares(filterset_class=FeedFilterSet)
    def list(self, request: Request) -> Response:
        """How the dealer's stock arrives."""
        filters, _ = self.read_list(self.feeds().order_by("name"))
        context = self.get_serializer_context()
        return Response(FeedListSerializer({"results": filters.qs}, context=context).data)

    @extend_schema(operation_id="getFeed", summary="Read a feed", tags=[TAG])
    def retrieve(self, request: Request, pk: int) -> Response:
        """One feed."""
        return Response(self.get_serializer(self.find_feed(pk)).data)

    @keyed_write(
        operation_id="confirmFeedMapping",
        summary="Say what a feed's columns mean",
        description="Runs that are held for it are read when they are approved.",
        tags=[TAG],
        method="put",
        body=MappingBody,
        responses=FeedSerializer,
        refusals={"400": "BadFeed", "404": "FeedNotFound"},
    )
    def mapping(self, request: Request, pk: int, body: MappingBody) -> Response:
        feed = confirm_mapping(
            feed_id=self.find_feed(pk).pk,
            mapping=body.validated_data.get("mapping"),
            actor=self.actor,
        )
        return Response(self.get_serializer(feed).data)


class FeedFileViewSet(FeedAccess):
    """The files of a feed: each that is sent becomes a run."""

    parser_classes = (MultiPartParser, RawFileParser)
    serializer_class = RunPageSerializer
    body_bytes_max = FILE_BYTES_MAX + 64 * 1024

    @extend_schema(operation_id="listFeedRuns", summary="List a feed's runs", tags=[TAG])
    @declares(
        filterset_class=FeedRunFilterSet,
        parameters={"page_size": page_size_field(), "cursor": cursor_field()},
    )
    def list(self, request: Request, pk: int) -> Response:
        """The files of a feed."""
        runs = FeedRun.objects.filter(feed=self.find_feed(pk)).order_by("-pk")
        filters, values = self.read_list(runs)
        given, rows = filters.given(), filters.qs
        scope = cursor.fingerprint(["runs", pk, given]) if given else f"runs.{pk}"
        if values["cursor"]:
            rows = rows.filter(pk__lt=cursor.read(values["cursor"], scope).values[0])
        return self.page(list(rows[: values["page_size"] + 1]), values["page_size"], scope, "pk")

    @keyed_write(
        operation_id="sendFeedFile",
        summary="Send a file",
        description="It is imported by and by: read the run until it is `done`, or `held` for a "
        "person. One file at a time; the next waits.",
        tags=[TAG],
        query=SENDING,
        request=UPLOAD,
        responses={202: RunSerializer},
        refusals={
            "400": "BadFeed",
            "404": "FeedNotFound",
            "409": "NotReceived",
            "507": "InsufficientStorage",
        },
    )
    def create(self, request: Request, pk: int) -> Response:
        values, errors = self.read_parameters()
        refuse(errors)
        feed, file = self.find_feed(pk), sent_file(request)
        run = receive_file(
            feed_id=feed.pk,
            upload=cast("BinaryIO", file.file),
            name=values["name"] or ("" if file.name == UNNAMED else file.name or ""),
            source_at=values["source_at"],
            dry_run=values["dry_run"],
            actor=self.actor,
        )
        shown = RunSerializer(run, context=self.get_serializer_context()).data
        return Response(shown, 202, headers={"Location": shown["url"]})


class FeedRunViewSet(FeedAccess):
    """What has become of a file."""

    serializer_class = RunSerializer
    lookup_url_kwarg = "run_id"

    @extend_schema(operation_id="getFeedRun", summary="Read a run", tags=[TAG])
    def retrieve(self, request: Request, pk: int, run_id: int) -> Response:
        """One run."""
        return Response(self.get_serializer(self.find_run(pk, run_id)).data)

    @extend_schema(operation_id="listFeedRunRows", summary="Read a report", tags=[TAG])
    @action(detail=True, serializer_class=ReportPageSerializer)
    @declares(parameters=REPORT)
    def rows(self, request: Request, pk: int, run_id: int) -> Response:
        """What has become of each row."""
        values, errors = self.read_parameters()
        refuse(errors)
        run, size, outcomes = self.find_run(pk, run_id), values["page_size"], values["outcome"]
        scope = cursor.fingerprint(["rows", run.pk, outcomes])
        after = cursor.read(values["cursor"], scope).values[0] if values["cursor"] else 0
        rows = report_rows(run_id=run.pk, after=after, limit=size + 1, outcomes=outcomes or ())
        return self.page(rows, size, scope, "number")

    @extend_schema(
        operation_id="getFeedRunCsv",
        summary="Read a report as CSV",
        description="Cells that a spreadsheet would take for formulas begin with an apostrophe.",
        tags=[TAG],
        responses={(200, "text/csv"): OpenApiResponse(BINARY, "All rows of the report.")},
    )
    def report_csv(self, request: Request, pk: int, run_id: int) -> StreamingHttpResponse:
        run = self.find_run(pk, run_id)
        name = f"run-{run.pk}.csv"
        return whole_file(report_csv(run=run), content_type="text/csv; charset=utf-8", name=name)

    @keyed_write(
        operation_id="approveFeedRun",
        summary="Apply a held run all the same",
        description="What the file lacks is withdrawn at once. A run held for its columns is read "
        "anew by the suggested mapping.",
        tags=[TAG],
        method="post",
        refusals={"400": "BadFeed", "404": "FeedNotFound", "409": "NotApprovable"},
    )
    def approve(self, request: Request, pk: int, run_id: int) -> Response:
        run = approve_run(run_id=self.find_run(pk, run_id).pk, actor=self.actor)
        return Response(self.get_serializer(run).data)

    @keyed_write(
        operation_id="dropFeedRun",
        summary="Throw a held run away",
        tags=[TAG],
        method="post",
        refusals={"404": "FeedNotFound", "409": "NotHeld"},
    )
    def drop(self, request: Request, pk: int, run_id: int) -> Response:
        """A decision on a run that is held."""
        run = drop_run(run_id=self.find_run(pk, run_id).pk, actor=self.actor)
        return Response(self.get_serializer(run).data)
