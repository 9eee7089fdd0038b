"""What an unknown word of a feed's status means is asked once, and remembered."""

import pytest
from django.test import Client

from dealers.feeds.columns import ColumnMapping, ColumnSource
from dealers.feeds.imports.pipeline import get_on
from dealers.models import Dealer, FeedRun, FeedStatusWord, StockFeed, User
from listings.models import Listing
from tests import make
from tests.dealers.feeds.stock import LONG, bring, car, counts

pytestmark = pytest.mark.django_db
FEEDS = "/dealer/dealers/stockfeed/"
COLUMNS = (*make.FEED_COLUMNS, "Stage")


@pytest.fixture
def feed(feed: StockFeed) -> StockFeed:
    """The dealer's feed, with a column of its own for whether a car is on sale."""
    fields = ColumnMapping.from_json(feed.mapping).fields
    named = {**fields, "availability": ColumnSource(("Stage",))}
    feed.mapping = ColumnMapping(named, known=COLUMNS).to_json()
    feed.save(update_fields=["mapping"])
    return feed


def say(feed: StockFeed, *words: str) -> FeedRun:
    rows = [{**car(number), "Stage": word} for number, word in enumerate(words, 1)]
    return bring(feed, rows, columns=COLUMNS)


def states() -> list[str]:
    return list(Listing.objects.order_by("stock_ref").values_list("status", flat=True))


def explain(desk: Client, feed: StockFeed, **meanings: str) -> FeedRun | None:
    """Answer on the page; run what is read again by that, and return it."""
    newest = FeedRun.objects.latest("pk").pk
    words = {word.said: word.pk for word in FeedStatusWord.objects.filter(feed=feed)}
    sent = {f"meaning-{words[said.replace('_', ' ')]}": to for said, to in meanings.items()}
    assert desk.post(f"{FEEDS}{feed.pk}/words/", sent).status_code == 302
    run = FeedRun.objects.latest("pk")
    if run.pk == newest and run.state != FeedRun.State.RECEIVED:
        return None
    return get_on(run_id=run.pk, seconds=LONG)


def test_a_word_is_asked_about_once_on_home_in_the_run_and_on_its_page(
    desk: Client, feed: StockFeed
) -> None:
    for _ in range(2):
        run = say(feed, "Stage 2", "stage  2", "In stock")
        assert [each["code"] for each in run.findings] == ["unknown_status"]
        assert FeedStatusWord.objects.get().said.lower().split() == ["stage", "2"]
    (todo,) = [each for each in desk.get("/dealer/").context["todo"] if "words" in each.label]
    assert (todo.shown, desk.get(todo.url).context["cl"].result_count) == ("1", 1)
    page = desk.get(f"/dealer/dealers/feedrun/{run.pk}/change/").content.decode()
    assert f"{FEEDS}{feed.pk}/words/" in page
    assert f"{FEEDS}{feed.pk}/words/" in desk.get(f"{FEEDS}{feed.pk}/change/").content.decode()
    assert "stage 2" in desk.get(f"{FEEDS}{feed.pk}/words/").content.decode().lower()


@pytest.mark.parametrize(
    ("meaning", "new", "known"),
    [
        ("available", "live", "live"),
        ("reserved", "live", "live"),
        ("off_sale", "draft", "withdrawn"),
        ("sold", "draft", "withdrawn"),
    ],
)
def test_an_answer_counts_at_once_and_for_later_files(
    desk: Client, owner: User, feed: StockFeed, meaning: str, new: str, known: str
) -> None:
    say(feed, "In stock")
    say(feed, "Stage 2", "Stage 2", "In stock")
    assert states() == ["withdrawn", "draft", "live"]
    assert explain(desk, feed, Stage_2=meaning) is not None
    assert states() == [known, new, "live"]
    reserved = Listing.objects.filter(reserved_by="feed").count()
    assert reserved == (2 if meaning == "reserved" else 0)
    word = FeedStatusWord.objects.get()
    assert (word.meaning, word.answered_by) == (meaning, owner)
    run = say(feed, "Stage 2", "Stage 2", "In stock")
    assert (run.findings, states()) == ([], [known, new, "live"])
    labels = [line.label for line in desk.get("/dealer/").context["todo"]]
    assert not [label for label in labels if "words" in label]


def test_reading_the_file_again_counts_no_car_absent_twice(desk: Client, feed: StockFeed) -> None:
    say(feed, "In stock", "In stock", "In stock")
    bring(feed, [{**car(1), "Stage": "Stage 2"}, {**car(2), "Stage": "Live"}], columns=COLUMNS)
    explain(desk, feed, Stage_2="available")
    assert states() == ["live", "live", "live"]


def test_a_file_that_is_held_for_its_words_is_read_anew(desk: Client, feed: StockFeed) -> None:
    say(feed, *["In stock"] * 12)
    run = say(feed, *["Stage 2"] * 12)
    assert (run.state, run.hold_code) == ("held", "withdraws")
    again = explain(desk, feed, Stage_2="available")
    assert again is not None
    assert (again.pk, again.state, counts(again)) == (run.pk, "done", {"unchanged": 12})
    assert again.findings == []
    assert states() == ["live"] * 12


def test_an_answer_may_be_changed(desk: Client, feed: StockFeed) -> None:
    say(feed, "Stage 2")
    explain(desk, feed, Stage_2="available")
    explain(desk, feed, Stage_2="off_sale")
    assert states() == ["withdrawn"]


def test_a_file_that_is_only_tried_asks_nothing(feed: StockFeed) -> None:
    run = bring(feed, [{**car(1), "Stage": "Stage 2"}], columns=COLUMNS, dry_run=True)
    assert [each["code"] for each in run.findings] == ["unknown_status"]
    assert not FeedStatusWord.objects.exists()


def test_what_is_no_meaning_is_refused_and_nothing_is_kept(desk: Client, feed: StockFeed) -> None:
    say(feed, "Stage 2")
    assert explain(desk, feed, Stage_2="perhaps") is None
    assert explain(desk, feed) is None
    assert FeedStatusWord.objects.get().meaning == ""
    assert states() == ["draft"]


def test_only_the_dealers_own_members_who_may_edit_feeds_explain(
    client: Client, dealer: Dealer, feed: StockFeed
) -> None:
    say(feed, "Stage 2")
    client.force_login(make.member(dealer, "sales"))
    assert client.get(f"{FEEDS}{feed.pk}/words/").status_code == 403
    client.force_login(make.member(make.dealer(), "owner"))
    page = client.post(f"{FEEDS}{feed.pk}/words/", {})
    assert page.status_code == 404
