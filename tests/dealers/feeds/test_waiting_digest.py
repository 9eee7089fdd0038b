"""What waits for a person: one mail a day about all of it, until it is answered."""

from datetime import timedelta

import pytest
from django.db.models import F
from django.utils import timezone

from dealers.feeds.columns import ColumnMapping, ColumnSource
from dealers.feeds.held_runs import drop_run
from dealers.feeds.notices import tell_of_end
from dealers.feeds.periodic import tell_of_waiting
from dealers.feeds.status_words import explain_words
from dealers.models import Dealer, FeedRun, FeedStatusWord, StockFeed
from dealers.permissions import SYSTEM
from listings.models import Listing
from tests import make
from tests.dealers.feeds.stock import bring, car
from tests.enqueued import sent_mails

pytestmark = pytest.mark.django_db


def hold(feed: StockFeed) -> FeedRun:
    run = bring(feed, [])
    assert run.state == "held"
    tell_of_end(run_id=run.pk)
    return run


def bring_words(feed: StockFeed, *words: str) -> None:
    """Bring a car for each word, which stands in the column of the status."""
    columns = (*make.FEED_COLUMNS, "status")
    fields = ColumnMapping.from_json(feed.mapping).fields
    named = {**fields, "availability": ColumnSource(("status",))}
    feed.mapping = ColumnMapping(named, known=columns).to_json()
    feed.save(update_fields=["mapping"])
    rows = [car(number, status=word) for number, word in enumerate(words, 1)]
    assert bring(feed, rows, columns=columns).state == "done"


def a_day_passes() -> None:
    day = timedelta(days=1, minutes=1)
    Dealer.objects.update(waiting_told_at=F("waiting_told_at") - day)
    Listing.objects.update(created_at=F("created_at") - day)


def tick() -> list[str]:
    tell_of_waiting()
    return [str(mail.subject) for mail in sent_mails()]


def test_all_that_wait_are_in_one_mail_a_day() -> None:
    branch = make.branch()
    first, second = make.feed(branch, name="Yard"), make.feed(branch, name="Web")
    held = hold(first)
    assert tick() == ["Your stock feed Yard needs you"]
    later = hold(second)
    assert tick() == ["Your stock feed Yard needs you"]
    a_day_passes()
    assert tick()[1:] == ["2 stock files need you"]
    body = sent_mails()[-1].body
    assert held.hold_reason in body
    for run in (held, later):
        assert f"/dealer/dealers/feedrun/{run.pk}/change/" in body
    assert len(tick()) == 2


def test_what_was_answered_is_told_no_more() -> None:
    held = hold(make.feed())
    assert len(tick()) == 1
    drop_run(run_id=held.pk, actor=SYSTEM)
    a_day_passes()
    assert len(tick()) == 1


def test_another_file_on_the_day_of_an_answered_one_waits_for_the_next_mail() -> None:
    feed = make.feed()
    held = hold(feed)
    assert len(tick()) == 1
    drop_run(run_id=held.pk, actor=SYSTEM)
    hold(feed)
    assert len(tick()) == 1
    a_day_passes()
    assert len(tick()) == 2


def test_nobody_is_told_for_ever_or_of_another_dealers_files() -> None:
    ours, theirs = make.feed(), make.feed()
    hold(ours)
    hold(theirs)
    tick()
    assert sorted(mail.to[0] for mail in sent_mails()) == sorted(
        [ours.dealer.email, theirs.dealer.email]
    )
    a_day_passes()
    FeedRun.objects.update(received_at=timezone.now() - timedelta(days=15))
    assert len(tick()) == 2


def test_words_of_a_status_wait_in_the_mail_until_they_are_explained() -> None:
    feed = make.feed(name="Yard")
    bring_words(feed, "Zebra", "Quagga", "Available")
    assert tick() == ["Your stock feed Yard needs you"]
    body = sent_mails()[-1].body
    assert "“Zebra”" in body
    assert "“Quagga”" in body
    assert f"/dealer/dealers/stockfeed/{feed.pk}/words/" in body
    assert "has not been applied" not in body
    assert len(tick()) == 1
    a_day_passes()
    assert len(tick()) == 2
    words = FeedStatusWord.objects.values_list("pk", flat=True)
    explain_words(feed_id=feed.pk, meanings=dict.fromkeys(words, "available"), actor=SYSTEM)
    a_day_passes()
    assert len(tick()) == 2


def test_names_that_nobody_knows_are_told_once_by_themselves_and_with_whatever_else_waits() -> None:
    feed = make.feed(name="Yard")
    bring(feed, [car(1, make="Zblorp"), car(2, make="Zblorp"), car(3)])
    assert list(Listing.objects.order_by("stock_ref").values_list("status", flat=True)) == [
        *("draft", "draft", "live")
    ]
    assert tick() == ["Adverts wait for a make and model"]
    assert "2 adverts are drafts" in sent_mails()[-1].body
    assert "Zblorp Range Rover (2)" in sent_mails()[-1].body
    a_day_passes()
    assert len(tick()) == 1
    hold(feed)
    assert tick()[1:] == ["Your stock needs you"]
    assert "Zblorp Range Rover (2)" in sent_mails()[-1].body


def test_files_words_and_names_are_one_mail_and_nobody_reads_anothers() -> None:
    branch = make.branch()
    hold(make.feed(branch, name="Web"))
    bring_words(make.feed(branch, name="Yard"), "Zebra")
    bring_words(make.feed(name="Theirs"), "Okapi")
    tick()
    ours, theirs = sorted(sent_mails(), key=lambda mail: mail.to[0] != branch.dealer.email)
    assert (ours.subject, theirs.subject) == (
        "Your stock needs you",
        "Your stock feed Theirs needs you",
    )
    assert "Zebra" in ours.body
    assert "has not been applied" in ours.body
    assert "Okapi" not in ours.body
    assert "Zebra" not in theirs.body
