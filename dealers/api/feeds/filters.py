"""The query parameters of feeds, runs and reports."""

from django import forms

from dealers.api.feeds.serializers import OUTCOMES
from dealers.models import FeedRun, StockFeed
from marketplace.api.cursor import cursor_field
from marketplace.api.filters import ParameterFilter, ParameterFilterSet
from marketplace.api.pages import page_size_field
from marketplace.api.parameters import (
    BooleanParameter,
    ChoiceParameter,
    DateTimeParameter,
    ListParameter,
    PatternParameter,
)


class FeedFilterSet(ParameterFilterSet):
    """Finds feeds by how files come, and whether they are taken."""

    channel = ParameterFilter(
        ListParameter,
        "channel",
        "in",
        item=ChoiceParameter(values=StockFeed.Channel.values),
        count_max=len(StockFeed.Channel.values),
        also=("kind",),
        description="Only feeds whose files come so.",
    )
    paused = ParameterFilter(
        BooleanParameter,
        "paused_at",
        "isnull",
        exclude=True,
        also=("is_paused", "paused_at"),
        description="Whether the feed is paused.",
    )


class FeedRunFilterSet(ParameterFilterSet):
    """Finds runs by what has become of them."""

    state = ParameterFilter(
        ListParameter,
        "state",
        "in",
        item=ChoiceParameter(values=FeedRun.State.values),
        count_max=len(FeedRun.State.values),
        also=("status",),
        description="Only runs in these states.",
    )
    dry_run = ParameterFilter(
        BooleanParameter,
        "dry_run",
        also=("test", "is_dry_run"),
        description="Whether the run only reports what would happen.",
    )


SENDING: dict[str, forms.Field] = {
    "dry_run": BooleanParameter(
        default=False,
        description="Only report what would happen; nothing is changed.",
    ),
    "source_at": DateTimeParameter(
        description="When the stock was as the file says; now unless told otherwise. A file "
        "older than the last one applied is refused.",
    ),
    "name": PatternParameter(
        pattern=r"^[^\x00-\x1f]+$",
        length_max=200,
        also=("file_name",),
        description="What the file is called.",
    ),
}
REPORT: dict[str, forms.Field] = {
    "page_size": page_size_field(),
    "cursor": cursor_field(),
    "outcome": ListParameter(
        item=ChoiceParameter(values=[value for value, _ in OUTCOMES]),
        count_max=len(OUTCOMES),
        also=("state", "status"),
        description="Only rows of these outcomes.",
    ),
}
