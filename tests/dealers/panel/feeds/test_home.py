"""What keeps stock from coming by itself is among what is to do."""

import pytest
from django.test import Client

from dealers.feeds.configuration import pause_feed
from dealers.models import Dealer, StockFeed
from dealers.permissions import SYSTEM
from tests import make
from tests.dealers.feeds.stock import bring, car

pytestmark = pytest.mark.django_db
HOME = "/dealer/"


def test_held_files_and_paused_feeds_are_to_do_and_open_what_they_count(
    desk: Client, feed: StockFeed
) -> None:
    for _ in range(2):
        bring(feed, [])
    pause_feed(feed_id=feed.pk, actor=SYSTEM)
    make.feed(feed.branch, name="Runs well")
    theirs = make.feed()
    bring(theirs, [])
    pause_feed(feed_id=theirs.pk, actor=SYSTEM)
    todo = desk.get(HOME).context["todo"]
    assert [(line.label, line.shown) for line in todo] == [
        ("Decide on stock files that are held", "2"),
        ("Resume feeds that are paused", "1"),
    ]
    assert [desk.get(line.url).context["cl"].result_count for line in todo] == [2, 1]


def test_feeds_that_run_leave_nothing_to_do(desk: Client, feed: StockFeed) -> None:
    bring(feed, [car(1)])
    labels = [line.label for line in desk.get(HOME).context["todo"]]
    assert not [label for label in labels if "file" in label or "feed" in label]


def test_who_cannot_decide_is_not_asked_to(client: Client, dealer: Dealer, feed: StockFeed) -> None:
    bring(feed, [])
    pause_feed(feed_id=feed.pk, actor=SYSTEM)
    client.force_login(make.member(dealer, "sales"))
    assert client.get(HOME).context["todo"] == []


def test_names_that_nobody_knows_are_to_do(desk: Client, feed: StockFeed) -> None:
    bring(feed, [car(1, make="Zblorp"), car(2)])
    todo = {line.label: line for line in desk.get(HOME).context["todo"]}
    line = todo["Say which make and model cars are"]
    assert (line.shown, desk.get(line.url).context["cl"].result_count) == ("1", 1)
