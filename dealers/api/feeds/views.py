"""Feeds and their runs, for dealers' own systems."""

from collections.abc import Mapping
from typing import Any, BinaryIO, ClassVar, cast

from django import forms
from django.db.models import QuerySet
from django.http import StreamingHttpResponse
from drf_spectacular.utils import OpenApiResponse, extend_schema
from rest_framework.generics import get_object_or_404
from rest_framework.parsers import MultiPartParser
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.utils.urls import replace_query_param

from dealers.api.feeds.files import PART, UNNAMED, CsvRenderer, RawFileParser, sent_file
from dealers.api.feeds.serializers import (
    OUTCOMES,
    FeedListSerializer,
    FeedSerializer,
    MappingBody,
    ReportPageSerializer,
    RunPageSerializer,
    RunSerializer,
)
from dealers.api.keyed import KeyedView
from dealers.api.stock.base import WRITE
from dealers.feeds.editing import confirm_mapping
from dealers.feeds.receiving import FILE_BYTES_MAX, approve_run, drop_run, receive_file
from dealers.feeds.reports import report_csv, report_rows
from dealers.models import FeedRun, StockFeed
from dealers.permissions import Permission
from marketplace.api import cursor
from marketplace.api.cursor import Cursor, cursor_field
from marketplace.api.idempotency import once_per_key
from marketplace.api.pages import page_size_field
from marketplace.api.parameters import Moment, OneOf, Several, Token, TrueOrFalse, refuse
from marketplace.api.renderers import OrjsonRenderer
from marketplace.downloads import whole_file

TAG = "feeds"
ROWS_MAX = 1_000
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


class FeedView(KeyedView):
    """The feeds of the key's dealer, and of nobody else."""

    read_permission = Permission.READ_FEEDS
    write_permission = Permission.DELIVER_FEEDS
    queryset = StockFeed.objects.none()
    serializer_class: Any = FeedSerializer

    def feeds(self) -> QuerySet[StockFeed]:
        return StockFeed.objects.for_dealer(self.key.dealer_id)

    def find_feed(self, pk: int) -> StockFeed:
        return get_object_or_404(self.feeds(), pk=pk)

    def find_run(self, pk: int, run_id: int) -> FeedRun:
        return get_object_or_404(FeedRun.objects.filter(feed=self.find_feed(pk)), pk=run_id)

    def answer_run(self, run: FeedRun, status: int = 200) -> Response:
        shown = RunSerializer(run, context=self.get_serializer_context()).data
        return Response(shown, status, headers={"Location": shown["url"]} if status == 202 else {})

    def page(self, rows: list[Any], size: int, scope: str, place: str) -> Response:
        """Return a page of rows, one more of which were read, and the cursor behind it."""
        following = None
        if len(rows) > size:
            following = cursor.write(Cursor((getattr(rows[size - 1], place),)), scope)
        here = self.request.build_absolute_uri()
        members = {
            "results": rows[:size],
            "next": following and replace_query_param(here, "cursor", following),
            "next_cursor": following,
        }
        return Response(self.get_serializer(members).data)


class FeedListView(FeedView):
    """How the dealer's stock arrives."""

    serializer_class = FeedListSerializer

    @extend_schema(operation_id="listFeeds", summary="List the feeds", tags=[TAG])
    def get(self, request: Request) -> Response:
        return Response(self.get_serializer({"results": self.feeds().order_by("name")}).data)


class FeedItemView(FeedView):
    """One feed."""

    @extend_schema(operation_id="getFeed", summary="Read a feed", tags=[TAG])
    def get(self, request: Request, pk: int) -> Response:
        return Response(self.get_serializer(self.find_feed(pk)).data)


class FeedMappingView(FeedView):
    """What the columns of a feed's files mean."""

    @extend_schema(
        operation_id="confirmFeedMapping",
        summary="Say what a feed's columns mean",
        description="Runs that are held for it are read when they are approved.",
        tags=[TAG],
        parameters=WRITE,
        request=MappingBody,
        responses=FeedSerializer,
    )
    @once_per_key
    def put(self, request: Request, pk: int) -> Response:
        body = MappingBody(data=request.data)
        body.is_valid(raise_exception=True)
        feed = confirm_mapping(
            feed_id=self.find_feed(pk).pk,
            mapping=body.validated_data.get("mapping"),
            actor=self.actor,
        )
        return Response(self.get_serializer(feed).data)


class FeedRunsView(FeedView):
    """The files of a feed."""

    parser_classes = (MultiPartParser, RawFileParser)
    serializer_class = RunPageSerializer
    body_bytes_max = FILE_BYTES_MAX + 64 * 1024
    parameters = {"page_size": page_size_field(), "cursor": cursor_field()}
    write_parameters: ClassVar[Mapping[str, forms.Field]] = {
        "dry_run": TrueOrFalse(
            default=False,
            description="Only report what would happen; nothing is changed.",
        ),
        "source_at": Moment(
            description="When the stock was as the file says; now unless told otherwise. A file "
            "older than the last one applied is refused.",
        ),
        "name": Token(
            pattern=r"^[^\x00-\x1f]+$", length_max=200, description="What the file is called."
        ),
    }
    write_refusals = {"409": "NotReceived", "507": "InsufficientStorage"}

    @extend_schema(operation_id="listFeedRuns", summary="List a feed's runs", tags=[TAG])
    def get(self, request: Request, pk: int) -> Response:
        values, errors = self.read_parameters()
        refuse(errors)
        scope = f"runs.{pk}"
        runs = FeedRun.objects.filter(feed=self.find_feed(pk)).order_by("-pk")
        if values["cursor"]:
            runs = runs.filter(pk__lt=cursor.read(values["cursor"], scope).values[0])
        return self.page(list(runs[: values["page_size"] + 1]), values["page_size"], scope, "pk")

    @extend_schema(
        operation_id="sendFeedFile",
        summary="Send a file",
        description="It is imported by and by: read the run until it is `done`, or `held` for a "
        "person. One file at a time; the next waits.",
        tags=[TAG],
        parameters=WRITE,
        request=UPLOAD,
        responses={202: RunSerializer},
    )
    @once_per_key
    def post(self, request: Request, pk: int) -> Response:
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
        return self.answer_run(run, 202)


class FeedRunView(FeedView):
    """One run."""

    serializer_class = RunSerializer

    @extend_schema(operation_id="getFeedRun", summary="Read a run", tags=[TAG])
    def get(self, request: Request, pk: int, run_id: int) -> Response:
        return self.answer_run(self.find_run(pk, run_id))


class FeedRunRowsView(FeedView):
    """What has become of each row."""

    serializer_class = ReportPageSerializer
    parameters: ClassVar[Mapping[str, forms.Field]] = {
        "page_size": page_size_field(),
        "cursor": cursor_field(),
        "outcome": Several(
            item=OneOf(values=[value for value, _ in OUTCOMES]),
            count_max=len(OUTCOMES),
            description="Only rows of these outcomes.",
        ),
    }

    @extend_schema(operation_id="listFeedRunRows", summary="Read a report", tags=[TAG])
    def get(self, request: Request, pk: int, run_id: int) -> Response:
        values, errors = self.read_parameters()
        refuse(errors)
        run, size, outcomes = self.find_run(pk, run_id), values["page_size"], values["outcome"]
        scope = cursor.fingerprint(["rows", run.pk, outcomes])
        after = cursor.read(values["cursor"], scope).values[0] if values["cursor"] else 0
        rows = report_rows(run_id=run.pk, after=after, limit=size + 1, outcomes=outcomes or ())
        return self.page(rows, size, scope, "number")


class FeedRunCsvView(FeedView):
    """A report as a file."""

    renderer_classes = (OrjsonRenderer, CsvRenderer)

    @extend_schema(
        operation_id="getFeedRunCsv",
        summary="Read a report as CSV",
        description="Cells that a spreadsheet would take for formulas begin with an apostrophe.",
        tags=[TAG],
        responses={(200, "text/csv"): OpenApiResponse(BINARY, "All rows of the report.")},
    )
    def get(self, request: Request, pk: int, run_id: int) -> StreamingHttpResponse:
        run = self.find_run(pk, run_id)
        lines = report_csv(run=run)
        name = f"run-{run.pk}.csv"
        return whole_file(lines, content_type="text/csv; charset=utf-8", name=name)


class FeedRunDecisionView(FeedView):
    """A decision on a run that is held."""

    serializer_class = RunSerializer
    write_refusals = {"409": "NotHeld"}
    http_method_names = ["post"]


class ApproveRunView(FeedRunDecisionView):
    @extend_schema(
        operation_id="approveFeedRun",
        summary="Apply a held run all the same",
        description="What the file lacks is withdrawn at once. A run held for its columns is read "
        "anew by the suggested mapping.",
        tags=[TAG],
        parameters=WRITE,
        request=None,
    )
    @once_per_key
    def post(self, request: Request, pk: int, run_id: int) -> Response:
        return self.answer_run(approve_run(run_id=self.find_run(pk, run_id).pk, actor=self.actor))


class DropRunView(FeedRunDecisionView):
    @extend_schema(
        operation_id="dropFeedRun",
        summary="Throw a held run away",
        tags=[TAG],
        parameters=WRITE,
        request=None,
    )
    @once_per_key
    def post(self, request: Request, pk: int, run_id: int) -> Response:
        return self.answer_run(drop_run(run_id=self.find_run(pk, run_id).pk, actor=self.actor))
