"""Feeds, runs and the rows of reports, as dealers' systems read them."""

from rest_framework import serializers
from rest_framework.reverse import reverse

from dealers.feeds.imports.report import WAITING
from dealers.models import FeedRow, FeedRun, StockFeed
from marketplace.api.bodies import Body

OUTCOMES = [*FeedRow.Outcome.choices, (WAITING, "Waiting")]


class FeedSerializer(serializers.ModelSerializer):
    """A way in which stock arrives."""

    url = serializers.HyperlinkedIdentityField(view_name="feed-detail")
    runs_url = serializers.HyperlinkedIdentityField(view_name="feed-file-list")
    words_url = serializers.HyperlinkedIdentityField(view_name="feed-words")
    address = serializers.CharField(source="url", help_text="Where it is fetched from, if it is.")
    format = serializers.CharField(help_text="Empty: seen from the file itself.")
    mapping = serializers.JSONField(
        allow_null=True, help_text="What the columns mean; null until somebody has confirmed it."
    )
    suggested_mapping = serializers.JSONField(
        allow_null=True, help_text="What the last file's columns seem to mean."
    )

    class Meta:
        model = StockFeed
        fields = (
            "id",
            "url",
            "runs_url",
            "words_url",
            "name",
            "channel",
            "address",
            "every_minutes",
            "format",
            "mode",
            "blanks",
            "publishes",
            "mapping",
            "suggested_mapping",
            "mapping_confirmed_at",
            "paused_at",
            "pause_reason",
            "last_source_at",
        )
        read_only_fields = fields


class FeedListSerializer(serializers.Serializer):
    """All feeds of the dealer, by name."""

    results = FeedSerializer(many=True)


class CountsSerializer(serializers.Serializer):
    """How many rows and cars there were of each outcome."""

    rows = serializers.IntegerField(source="row_count")
    cars = serializers.IntegerField(source="car_count")
    created = serializers.IntegerField(source="created_count")
    updated = serializers.IntegerField(source="updated_count")
    unchanged = serializers.IntegerField(source="unchanged_count")
    revived = serializers.IntegerField(source="revived_count")
    withdrawn = serializers.IntegerField(source="withdrawn_count")
    held = serializers.IntegerField(source="held_count")
    rejected = serializers.IntegerField(source="rejected_count")
    duplicate = serializers.IntegerField(source="duplicate_count")
    warnings = serializers.IntegerField(source="warning_count")


class RunFindingSerializer(serializers.Serializer):
    """What is odd about a file as a whole."""

    code = serializers.CharField()
    message = serializers.CharField()


class RunSerializer(serializers.ModelSerializer):
    """A file, and what has become of it."""

    url = serializers.SerializerMethodField()
    rows_url = serializers.SerializerMethodField()
    csv_url = serializers.SerializerMethodField()
    counts = CountsSerializer(source="*")
    findings = RunFindingSerializer(many=True)
    state = serializers.ChoiceField(FeedRun.State.choices)
    hold_code = serializers.CharField(
        help_text="Why a person must decide: mapping, header, empty, shrunk, withdraws, unreadable."
    )

    class Meta:
        model = FeedRun
        fields = (
            "id",
            "url",
            "rows_url",
            "csv_url",
            "state",
            "dry_run",
            "file_name",
            "file_bytes",
            "file_hash",
            "source_at",
            "received_at",
            "started_at",
            "finished_at",
            "hold_code",
            "hold_reason",
            "failure",
            "findings",
            "counts",
        )
        read_only_fields = fields

    def get_url(self, run: FeedRun) -> str:
        return self._reverse("feed-run-detail", run)

    def get_rows_url(self, run: FeedRun) -> str:
        return self._reverse("feed-run-rows", run)

    def get_csv_url(self, run: FeedRun) -> str:
        return self._reverse("feed-run-csv", run)

    def _reverse(self, name: str, run: FeedRun) -> str:
        return str(reverse(name, args=[run.feed_id, run.pk], request=self.context["request"]))


class ForwardPageSerializer(serializers.Serializer):
    """The members that a page has beside its results, where pages are read one way."""

    next = serializers.URLField(allow_null=True, help_text="The next page; null on the last.")
    next_cursor = serializers.CharField(allow_null=True)


class RunPageSerializer(ForwardPageSerializer):
    """A page of runs, newest first."""

    results = RunSerializer(many=True)


class RowFindingSerializer(serializers.Serializer):
    """What is wrong or odd about a row."""

    code = serializers.CharField()
    field = serializers.CharField()
    message = serializers.CharField()
    value = serializers.CharField(help_text="The cell; empty where it is not repeated.")


class ReportRowSerializer(serializers.Serializer):
    """What has become of a row, or of a car that the file lacks: that has no line."""

    number = serializers.IntegerField()
    line = serializers.IntegerField(allow_null=True)
    file_name = serializers.CharField(help_text="Inside an archive.")
    external_id = serializers.CharField()
    listing_id = serializers.IntegerField(allow_null=True)
    outcome = serializers.ChoiceField(OUTCOMES)
    fields_changed = serializers.ListField(child=serializers.CharField(), source="fields")
    reasons = RowFindingSerializer(many=True)
    warnings = RowFindingSerializer(many=True)


class ReportPageSerializer(ForwardPageSerializer):
    """A page of a report, in the order of the file."""

    results = ReportRowSerializer(many=True)


class MappingBody(Body):
    """What the columns mean: as it was suggested, or otherwise."""

    mapping = serializers.DictField(
        required=False, help_text="As `suggested_mapping` is written; left out: as suggested."
    )
