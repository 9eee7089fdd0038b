"""How a feed and a run stand, in a word and a colour."""

from datetime import datetime

from django.utils import timezone

from dealers.models import FeedRun, StockFeed

COLOURS = {
    "Paused": "danger",
    "Held": "warning",
    "Last file failed": "danger",
    "No file yet": "default",
    "Running": "success",
}
RUN_COLOURS = {
    FeedRun.State.HELD: "warning",
    FeedRun.State.DONE: "success",
    FeedRun.State.FAILED: "danger",
}


def standing_of(feed: StockFeed) -> str:
    """Return how a feed stands, by its pause and its newest run; one of `COLOURS`."""
    if feed.paused_at:
        return "Paused"
    run = newest_run(feed)
    if run is None:
        return "No file yet"
    words = {FeedRun.State.HELD: "Held", FeedRun.State.FAILED: "Last file failed"}
    return words.get(FeedRun.State(run.state), "Running")


def newest_run(feed: StockFeed) -> FeedRun | None:
    """Return the newest run; from `newest`, where a list has fetched it with the feeds."""
    if "newest" in vars(feed):
        return next(iter(vars(feed)["newest"]), None)
    return feed.runs.order_by("-id").first()


def moment(at: datetime) -> str:
    return f"{timezone.localtime(at):%-d %b %Y %H:%M}"
