"""A dealer's system says what words of the status mean, as a person does in the panel."""

from collections.abc import Callable
from typing import Any

import pytest

from dealers.feeds.columns import ColumnMapping, ColumnSource
from dealers.feeds.imports.pipeline import get_on
from dealers.models import FeedRun, FeedStatusWord, StockFeed
from listings.models import Listing
from tests import make
from tests.dealers.feeds.stock import LONG, bring, car, counts
from tests.dealers.feeds.test_feeds_api import Sender

pytestmark = pytest.mark.django_db
COLUMNS = (*make.FEED_COLUMNS, "status")


@pytest.fixture
def feed() -> StockFeed:
    """A feed whose file has two words that nobody knows, of four cars."""
    feed = make.feed()
    fields = ColumnMapping.from_json(feed.mapping).fields
    named = {**fields, "availability": ColumnSource(("status",))}
    feed.mapping = ColumnMapping(named, known=COLUMNS).to_json()
    feed.save(update_fields=["mapping"])
    words = ("Zebra", "Zebra", "Quagga", "Available")
    bring(feed, [car(n, status=word) for n, word in enumerate(words, 1)], columns=COLUMNS)
    return feed


def states() -> list[str]:
    return list(Listing.objects.order_by("stock_ref").values_list("status", flat=True))


def ids(feed: StockFeed) -> dict[str, int]:
    return dict(FeedStatusWord.objects.filter(feed=feed).values_list("said", "pk"))


def test_words_are_listed_and_explained_and_the_newest_file_is_read_again(feed: StockFeed) -> None:
    sender = Sender(feed)
    assert states() == ["draft", "draft", "draft", "live"]
    listed = sender.get(sender.get().json()["words_url"]).json()["results"]
    assert [(each["word"], each["meaning"], each["answered_at"]) for each in listed] == [
        ("Quagga", "", None),
        ("Zebra", "", None),
    ]
    (zebra,) = [each["id"] for each in listed if each["word"] == "Zebra"]
    answer = sender.put("words/", {"words": [{"id": zebra, "meaning": "available"}]})
    assert answer.status_code == 200
    said = answer.json()
    assert {each["word"]: each["meaning"] for each in said["results"]} == {
        "Quagga": "",
        "Zebra": "available",
    }
    run = FeedRun.objects.latest("pk")
    assert said["run"]["id"] == run.pk
    done = get_on(run_id=run.pk, seconds=LONG)
    assert done is not None
    assert counts(done) == {"updated": 2, "unchanged": 2}
    assert states() == ["live", "live", "draft", "live"]


def test_what_was_said_can_be_said_otherwise(feed: StockFeed) -> None:
    sender, word = Sender(feed), ids(feed)["Quagga"]
    for meaning in ("available", "reserved"):
        sender.put("words/", {"words": [{"id": word, "meaning": meaning}]})
        get_on(run_id=FeedRun.objects.latest("pk").pk, seconds=LONG)
    row = Listing.objects.get(stock_ref="S3")
    assert (row.status, row.reserved_by) == ("live", "feed")


def test_without_a_file_it_is_remembered_and_no_run_is_told(feed: StockFeed) -> None:
    FeedRun.objects.all().delete()
    body = {"words": [{"id": ids(feed)["Zebra"], "meaning": "sold"}]}
    assert Sender(feed).put("words/", body).json()["run"] is None
    assert FeedStatusWord.objects.get(said="Zebra").meaning == "sold"


Bad = Callable[[dict[str, int]], Any]


@pytest.mark.parametrize(
    "body",
    [
        lambda _: {},
        lambda _: {"words": []},
        lambda _: {"words": [{"id": 888_000_111, "meaning": "sold"}]},
        lambda known: {"words": [{"id": known["Zebra"], "meaning": "gone"}]},
        lambda known: {"words": [{"id": str(known["Zebra"]), "meaning": "sold"}]},
        lambda known: {"words": [{"id": known["Zebra"], "meaning": "sold"}] * 2},
        lambda known: {"words": [{"id": known["Zebra"], "meaning": "sold", "word": "Zebra"}]},
        lambda known: {"words": {str(known["Zebra"]): "sold"}},
        lambda known: [known["Zebra"]],
    ],
)
def test_what_is_no_answer_is_refused_and_nothing_is_kept(feed: StockFeed, body: Bad) -> None:
    assert Sender(feed).put("words/", body(ids(feed))).status_code == 400
    assert not FeedStatusWord.objects.exclude(meaning="").exists()


def test_a_key_answers_for_its_own_dealer_and_only_with_the_scope(feed: StockFeed) -> None:
    body = {"words": [{"id": ids(feed)["Zebra"], "meaning": "sold"}]}
    theirs = Sender(make.feed())
    theirs.base = Sender(feed).base
    assert (theirs.get("words/").status_code, theirs.put("words/", body).status_code) == (404, 404)
    elsewhere = make.feed(feed.branch)
    assert Sender(elsewhere).put("words/", body).status_code == 400
    reader = Sender(feed, "feeds:read")
    assert reader.get("words/").status_code == 200
    assert reader.put("words/", body).status_code == 403
    assert not FeedStatusWord.objects.exclude(meaning="").exists()
