"""Files that wait for a person: one mail a day about all of them, until they are answered."""

from datetime import timedelta

import pytest
from django.utils import timezone

from dealers.feeds.held_runs import drop_run
from dealers.feeds.notices import tell_of_end
from dealers.feeds.periodic import tell_of_waiting
from dealers.models import FeedRun, StockFeed
from dealers.permissions import SYSTEM
from tests import make
from tests.dealers.feeds.stock import bring
from tests.enqueued import sent_mails

pytestmark = pytest.mark.django_db


def hold(feed: StockFeed) -> FeedRun:
    run = bring(feed, [])
    assert run.state == "held"
    tell_of_end(run_id=run.pk)
    return run


def a_day_passes() -> None:
    day = timedelta(days=1, minutes=1)
    for run in FeedRun.objects.exclude(mailed_at=None):
        FeedRun.objects.filter(pk=run.pk).update(mailed_at=(run.mailed_at or timezone.now()) - day)


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
