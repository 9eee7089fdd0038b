"""Words of a feed's status that nobody knew, as dealers' own systems read and explain them."""

from collections.abc import Mapping
from typing import Any

from drf_spectacular.utils import extend_schema
from rest_framework import serializers
from rest_framework.exceptions import ValidationError
from rest_framework.request import Request
from rest_framework.response import Response

from dealers.api.feeds.serializers import RunSerializer
from dealers.api.feeds.views import TAG, FeedAccess
from dealers.api.keyed_writes import keyed_write
from dealers.feeds.imports.unknown_words import WAITING_MAX
from dealers.feeds.status_words import explain_words
from dealers.models import FeedRun, FeedStatusWord, StockFeed
from marketplace.api.bodies import Body, StrictIntegerField


class StatusWordSerializer(serializers.ModelSerializer):
    """A word of a feed's status, and what somebody has said that it means."""

    word = serializers.CharField(source="said", help_text="As the file had it.")
    meaning = serializers.ChoiceField(
        FeedStatusWord.Meaning.choices,
        allow_blank=True,
        help_text="Empty: nobody has said yet, and cars with this word are not on sale.",
    )

    class Meta:
        model = FeedStatusWord
        fields = ("id", "word", "meaning", "asked_at", "answered_at")
        read_only_fields = fields


class StatusWordListSerializer(serializers.Serializer):
    """The words of a feed: those that wait first."""

    results = StatusWordSerializer(many=True)


class ExplainedWordsSerializer(StatusWordListSerializer):
    """The words, and the run in which the newest file is read again by them, if there is one."""

    run = RunSerializer(allow_null=True)


class WordMeaningBody(Body):
    """What one word means."""

    id = StrictIntegerField()
    meaning = serializers.ChoiceField(FeedStatusWord.Meaning.choices)


class WordMeaningsBody(Body):
    """What words mean; those that are left out stay as they are."""

    words = serializers.ListField(child=WordMeaningBody(), min_length=1, max_length=WAITING_MAX)


class FeedWordsViewSet(FeedAccess):
    """What a feed's unknown words of the status mean: asked once, and remembered."""

    serializer_class = StatusWordListSerializer

    @extend_schema(
        operation_id="listFeedWords",
        summary="List a feed's words of the status",
        tags=[TAG],
        responses=StatusWordListSerializer,
    )
    def list(self, request: Request, pk: int) -> Response:
        """Words that the feed's files had and that we did not know."""
        return Response(self.get_serializer(_words(self.find_feed(pk))).data)

    @keyed_write(
        operation_id="explainFeedWords",
        summary="Say what words of the status mean",
        description="The newest file is read again by it, in a run of its own or in the held one.",
        tags=[TAG],
        body=WordMeaningsBody,
        responses=ExplainedWordsSerializer,
        refusals={"400": "BadFeed", "404": "FeedNotFound"},
    )
    def explain(self, request: Request, pk: int, body: WordMeaningsBody) -> Response:
        words = body.validated_data["words"]
        meanings = {each["id"]: each["meaning"] for each in words}
        if len(meanings) < len(words):
            raise ValidationError({"words": ["A word stands here twice."]})
        feed = self.find_feed(pk)
        run = explain_words(feed_id=feed.pk, meanings=meanings, actor=self.actor)
        return Response(_explained(feed, run, self.get_serializer_context()))


def _words(feed: StockFeed) -> dict[str, object]:
    return {"results": FeedStatusWord.objects.filter(feed=feed).order_by("meaning", "pk")}


def _explained(feed: StockFeed, run: FeedRun | None, context: Mapping[str, Any]) -> object:
    return ExplainedWordsSerializer({**_words(feed), "run": run}, context=dict(context)).data
