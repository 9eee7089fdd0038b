"""What happens to adverts is told to those who saved a search before, once, and only what holds."""

import re
from collections.abc import Iterator
from datetime import datetime, timedelta
from typing import Any

import pytest
from django.test import Client
from django.utils import timezone

from listings.buyers.alert_mails import send_alerts
from listings.buyers.alert_queue import collect, enqueue_due
from listings.buyers.alerts import Alerts
from listings.buyers.saved_searches import (
    WantedAlerts,
    confirm_search,
    end_searches,
    pause_search,
    resume_search,
    save_search,
)
from listings.buyers.tasks import collect_alerts, send_alert_mail
from listings.changes import restart
from listings.choices import Status
from listings.models import (
    AlertMail,
    AlertQueue,
    ChangesFollower,
    Listing,
    ListingValue,
    Photo,
    SavedSearch,
)
from listings.search.criteria import Criteria
from listings.search.fields import Range
from marketplace.lease import LeaseHolder, LeaseLost
from marketplace.models import Lease, OutboxTask
from tests import make
from tests.dealers.mail_server import MailServer
from tests.listings.buyers.mailbox import delivered, links_of, run, text_of, told, work

pytestmark = pytest.mark.django_db(transaction=True)
Frequency = SavedSearch.Frequency
LAND_ROVER = Criteria(make=("land-rover",))


class Follower:
    """The process that follows, run by hand: `catch_up` takes all that waits."""

    def __init__(self) -> None:
        self.lease = LeaseHolder("follow_changes", seconds=60)
        self.alerts = Alerts()
        assert self.lease.hold()

    def catch_up(self) -> None:
        while self.alerts.follow(self.lease):
            pass


@pytest.fixture
def follower() -> Iterator[Follower]:
    make.model()  # a search can only name what is there
    found = Follower()
    found.catch_up()
    yield found
    found.lease.release()


def watch(
    criteria: Criteria = LAND_ROVER, *, email: str = "ann@example.com", **fields: Any
) -> SavedSearch:
    """Save and confirm a search, or cars, as if its mail had been read."""
    wanted = WantedAlerts(
        fields.pop("frequency", Frequency.INSTANT),
        fields.pop("name", "Land Rover"),
        criteria,
        fields.pop("listing_ids", ()),
    )
    saved = save_search(wanted=wanted, email=email)
    assert saved is not None
    OutboxTask.objects.all().delete()
    return confirm_search(record_id=saved.record_id)


def queued() -> dict[int, list[int]]:
    return dict(AlertQueue.objects.values_list("record", "listing_ids"))


def collect_each() -> None:
    for row in OutboxTask.objects.filter(task=collect_alerts.name):
        run(row)


def reprice(row: Listing, price: int) -> None:
    Listing.objects.filter(pk=row.pk).update(price=price)


def set_status(row: Listing, status: Status) -> None:
    sold_at = timezone.now() if status == Status.SOLD else None
    Listing.objects.filter(pk=row.pk).update(status=status, sold_at=sold_at)


def test_what_is_published_comes_back_or_gets_cheaper_is_told(
    follower: Follower, mails: MailServer
) -> None:
    watch()
    row = make.live(price=10_000)
    other = make.live(model=make.model("Fiesta", make.make("Ford")))
    follower.catch_up()
    work()
    assert told(mails) == [[row.pk]]
    reprice(row, 9_500)
    follower.catch_up()
    work()
    assert told(mails) == [[row.pk], [row.pk]]
    assert "£9,500" in text_of(delivered(mails)[1])
    late = make.draft(mileage=5)
    follower.catch_up()
    now = timezone.now()
    Listing.objects.filter(pk=late.pk).update(
        status=Status.LIVE, published_at=now, confirmed_at=now, expires_at=now + timedelta(9)
    )
    follower.catch_up()
    work()
    assert told(mails)[2:] == [[late.pk]]
    assert all(other.pk not in each for each in told(mails))


RATED = Criteria(make=("land-rover",), price_rating=("great",))


def rate(row: Listing, label: str | None) -> None:
    """Value an advert anew, as the process that values does a while after a change."""
    ListingValue.objects.filter(pk=row.pk).delete()
    make.value(Listing.objects.get(pk=row.pk), 10_000, label=label)


def relabel(row: Listing, label: str) -> None:
    ListingValue.objects.filter(pk=row.pk).update(label=label, valued_at=timezone.now())


def test_a_rating_that_is_asked_for_is_told_once_it_is_known(
    follower: Follower, mails: MailServer
) -> None:
    watch(RATED)
    watch(email="bob@example.com")
    row = make.live(price=9_000)
    follower.catch_up()
    work()
    assert told(mails) == [[row.pk]]  # Bob, who asks for none
    rate(row, "good")
    follower.catch_up()
    relabel(row, "great")
    follower.catch_up()
    work()
    assert told(mails) == [[row.pk], [row.pk]]
    assert delivered(mails)[1]["To"] == "ann@example.com"
    for label in ("good", "great"):
        relabel(row, label)
        follower.catch_up()
    assert queued() == {}


def test_an_advert_that_was_there_is_told_where_it_gets_the_rating_asked_for(
    follower: Follower,
) -> None:
    before, after = make.live(price=9_000), make.live(price=9_000)
    rate(before, "great")
    rate(after, "good")
    follower.catch_up()
    saved = watch(RATED)
    watch(email="bob@example.com")
    follower.catch_up()
    assert queued() == {}
    relabel(after, "great")
    follower.catch_up()
    assert queued() == {saved.record_id: [after.pk]}


def test_a_dearer_advert_that_keeps_a_rating_is_not_told(follower: Follower) -> None:
    row = make.live(price=8_000)
    rate(row, "lower")
    follower.catch_up()
    watch(RATED)
    follower.catch_up()
    reprice(row, 9_000)
    rate(row, "great")
    follower.catch_up()
    assert queued() == {}


def test_a_rating_that_does_not_hold_is_not_told(follower: Follower) -> None:
    row = make.live(price=9_000)
    watch(RATED)
    follower.catch_up()
    rate(row, "great")
    Listing.objects.filter(pk=row.pk).update(mileage=5)
    follower.catch_up()
    assert queued() == {}


def test_what_is_no_news_is_not_told(follower: Follower, mails: MailServer) -> None:
    before = make.live(price=10_000)
    follower.catch_up()
    saved = watch()
    Listing.objects.filter(pk=before.pk).update(description="Mended")  # an edit
    reprice(before, 11_000)  # dearer
    follower.catch_up()
    assert queued() == {}
    reprice(before, 10_500)
    follower.catch_up()
    assert queued() == {saved.record_id: [before.pk]}
    work()
    Listing.objects.filter(pk=before.pk).update(mileage=7)
    set_status(before, Status.WITHDRAWN)
    follower.catch_up()
    set_status(before, Status.LIVE)  # it is back, at a price that was told
    reprice(before, 10_800)
    reprice(before, 10_500)
    follower.catch_up()
    work()
    assert told(mails) == [[before.pk]]


def test_a_search_that_is_paused_ended_or_only_saved_is_told_nothing(
    follower: Follower, mails: MailServer
) -> None:
    paused, ended = watch(), watch(email="bob@example.com")
    wanted = WantedAlerts(Frequency.INSTANT, "All", LAND_ROVER)
    save_search(wanted=wanted, email="unconfirmed@example.com")
    OutboxTask.objects.all().delete()
    pause_search(record_id=paused.record_id)
    end_searches(record_ids=[ended.record_id])
    missed = make.live()
    follower.catch_up()
    resume_search(record_id=paused.record_id)
    Listing.objects.filter(pk=missed.pk).update(mileage=3)
    follower.catch_up()
    assert queued() == {}
    row = make.live()
    follower.catch_up()
    assert queued() == {paused.record_id: [row.pk]}
    work()
    assert told(mails) == [[row.pk]]


def test_a_search_that_ends_before_its_mail_goes_gets_none(
    follower: Follower, mails: MailServer
) -> None:
    saved = watch()
    make.live()
    follower.catch_up()
    mail_id = collect(record_id=saved.record_id)
    end_searches(record_ids=[saved.record_id])
    work()
    assert told(mails) == []
    assert mail_id is not None
    send_alerts(mail_id=mail_id)
    assert told(mails) == []


def test_nothing_that_is_gone_or_dearer_by_the_time_of_sending_is_told(
    follower: Follower, mails: MailServer
) -> None:
    watch(Criteria(price=Range(None, 10_000)))
    stays, sold, dearer = (make.live(price=9_000, mileage=each) for each in (1, 2, 3))
    follower.catch_up()
    set_status(sold, Status.SOLD)
    reprice(dearer, 10_500)
    work()
    assert told(mails) == [[stays.pk]]


def test_where_nothing_is_left_no_mail_goes(follower: Follower, mails: MailServer) -> None:
    watch()
    row = make.live()
    follower.catch_up()
    set_status(row, Status.SOLD)
    work()
    assert (told(mails), AlertMail.objects.filter(sent_at=None).exists()) == ([], False)


def test_several_searches_of_an_address_make_one_mail_and_no_car_stands_there_twice(
    follower: Follower, mails: MailServer
) -> None:
    watch()
    watch(Criteria(fuel=("diesel",)), name="Diesel", email="Ann@Example.com")
    row = make.live()
    follower.catch_up()
    work()
    assert told(mails) == [[row.pk]]


def test_a_car_that_one_search_told_of_is_not_told_by_another_the_next_day(
    follower: Follower, mails: MailServer
) -> None:
    watch()
    daily = watch(Criteria(fuel=("diesel",)), name="Diesel", frequency=Frequency.DAILY)
    rows = [make.live(mileage=1)]
    follower.catch_up()
    work()
    rows.append(make.live(mileage=2))
    follower.catch_up()
    work()
    assert told(mails) == [[row.pk] for row in rows]
    assert queued() == {daily.record_id: [row.pk for row in rows]}
    mail_id = collect(record_id=daily.record_id, now=timezone.now() + timedelta(days=1))
    assert mail_id is not None
    send_alerts(mail_id=mail_id)
    assert len(mails.mails) == 2


def test_a_reader_who_has_to_start_over_tells_nothing(
    follower: Follower, mails: MailServer
) -> None:
    saved = watch()
    restart()
    make.live()
    follower.catch_up()
    assert queued() == {}
    row = make.live()
    follower.catch_up()
    assert queued() == {saved.record_id: [row.pk]}


def test_who_starts_for_the_first_time_tells_nothing_of_the_stock() -> None:
    make.model()
    watch()
    make.live()
    Follower().catch_up()
    assert (queued(), ChangesFollower.objects.filter(name="alerts").count()) == ({}, 1)


def test_a_follower_whose_lease_is_lost_writes_nothing(follower: Follower) -> None:
    watch()
    make.live()
    Lease.objects.update(number=Lease.objects.get().number + 1)
    position = ChangesFollower.objects.get(name="alerts").position
    with pytest.raises(LeaseLost):
        follower.catch_up()
    assert queued() == {}
    assert ChangesFollower.objects.get(name="alerts").position == position


def test_a_saved_car_is_told_of_when_it_gets_cheaper_goes_and_comes_back(
    follower: Follower, mails: MailServer
) -> None:
    row = make.live(price=10_000)
    watch(Criteria(), listing_ids=(row.pk,), name="")
    make.live()

    def after() -> str:
        seen = len(mails.mails)
        follower.catch_up()
        work()
        sent = delivered(mails)[seen:]
        assert len(sent) <= 1
        return "".join(str(each["Subject"]).strip() for each in sent)

    name = f"{row.year} {row.title}"
    assert after() == ""
    reprice(row, 9_000)
    assert after() == f"Cheaper: {name}, £9,000"
    assert "was £10,000" in text_of(delivered(mails)[0])
    reprice(row, 9_500)
    assert after() == ""
    reprice(row, 9_000)
    assert after() == ""
    set_status(row, Status.SOLD)
    assert after() == f"No longer for sale: {name}"
    Listing.objects.filter(pk=row.pk).update(mileage=9)
    assert after() == ""
    set_status(row, Status.LIVE)
    assert after() == f"Back on sale: {name}, £9,000"


def test_a_broad_search_lists_twenty_and_links_to_the_rest(
    follower: Follower, mails: MailServer
) -> None:
    watch()
    make.copies(make.live(), 56)
    Listing.objects.update(price_shown_at=timezone.now())
    follower.catch_up()
    work()
    ((mail,), (pks,)) = delivered(mails), told(mails)
    assert (len(pks), len(set(pks))) == (20, 20)
    text = text_of(mail)
    assert "And 37 more cars" in text
    assert "/cars/?make=land-rover" in text
    assert str(mail["Subject"]).strip() == "57 cars: Land Rover"


def test_a_mail_says_what_the_car_is_and_where_in_text_and_html(
    follower: Follower, mails: MailServer
) -> None:
    branch = make.branch(town="Leeds", latitude=53.8, longitude=-1.55)
    watch(Criteria(near="53.9,-1.55", within_miles=50), name="Near me")
    row = make.live(branch=branch, price=12_345, mileage=45_678)
    Photo.objects.create(
        listing=row, image="photos/a-960.jpg", width=960, height=640, widths=[480, 960], position=0
    )
    follower.catch_up()
    work()
    (mail,) = delivered(mails)
    for kind in ("plain", "html"):
        text = " ".join(text_of(mail, kind).split())
        for part in ("£12,345", "45,678 miles", "Diesel", "Automatic", "Leeds", "7 miles away"):
            assert part in text, (kind, part)
        assert "ann@example.com" not in text
    assert mail["List-Unsubscribe-Post"] == "List-Unsubscribe=One-Click"
    assert re.fullmatch(r"<alert-[0-9a-f]{32}@127\.0\.0\.1>", str(mail["Message-ID"]).strip())
    assert mail["Auto-Submitted"] == "auto-generated"
    html = text_of(mail, "html")
    assert "prefers-color-scheme: dark" in html
    assert "<script" not in html
    assert 'src="http://127.0.0.1:8000/media/photos/a-480.jpg"' in html


def test_a_mail_ends_with_one_click_of_the_mail_program(
    client: Client, follower: Follower, mails: MailServer
) -> None:
    saved = watch()
    make.live()
    follower.catch_up()
    work()
    (mail,) = delivered(mails)
    address = str(mail["List-Unsubscribe"]).strip()
    assert re.fullmatch(r"<http://127\.0\.0\.1:8000/alerts/stop/[^/<>\s]+/>", address)
    path = address[len("<http://127.0.0.1:8000") : -1]
    for link in links_of(mail):
        assert client.get(link).status_code in (200, 301, 302)
    saved.refresh_from_db()
    assert saved.state == "active"
    answer = client.post(path, {"List-Unsubscribe": "One-Click"})
    assert answer.status_code == 200
    saved.refresh_from_db()
    assert saved.state == "ended"
    assert client.post(path, {"List-Unsubscribe": "One-Click"}).status_code == 200


def test_an_address_that_takes_no_mail_is_told_nothing_any_more(
    follower: Follower, mails: MailServer
) -> None:
    saved = watch()
    make.live()
    follower.catch_up()
    mails.answers.append(b"550 5.1.1 no such user\r\n")
    work()
    saved.refresh_from_db()
    assert (saved.state, told(mails)) == ("ended", [])


def test_a_backlog_while_the_mail_server_is_away_becomes_one_mail(
    follower: Follower, mails: MailServer
) -> None:
    watch()
    rows = [make.live()]
    follower.catch_up()
    mails.answers += [b"451 later\r\n"]
    collect_each()  # the mail is made up, and cannot go
    run(OutboxTask.objects.get(task=send_alert_mail.name))
    assert told(mails) == []
    for _ in range(2):
        rows.append(make.live(mileage=len(rows)))
        follower.catch_up()
    collect_each()
    work()
    (pks,) = told(mails)
    assert sorted(pks) == sorted(row.pk for row in rows)
    assert AlertMail.objects.count() == 1


def test_a_mail_sent_again_is_the_same_mail(follower: Follower, mails: MailServer) -> None:
    watch()
    make.live()
    follower.catch_up()
    work()
    AlertMail.objects.update(sent_at=None)
    (row,) = AlertMail.objects.all()
    assert row.finds != {}
    first = delivered(mails)[0]["Message-ID"]
    assert str(row.key.hex) in str(first)


@pytest.mark.parametrize(
    ("frequency", "queued_at", "now", "is_told"),
    [
        # In summer London's morning is an hour earlier by UTC; clocks go back on 25 October 2026.
        ("daily", "2026-10-24 12:00", "2026-10-25 06:59", False),
        ("daily", "2026-10-24 12:00", "2026-10-25 07:00", True),
        ("daily", "2026-07-01 12:00", "2026-07-02 05:59", False),
        ("daily", "2026-07-01 12:00", "2026-07-02 06:00", True),
        # Forward on 29 March 2026.
        ("daily", "2026-03-28 12:00", "2026-03-29 05:59", False),
        ("daily", "2026-03-28 12:00", "2026-03-29 06:00", True),
        ("daily", "2026-07-02 06:30", "2026-07-02 12:00", False),  # of today: tomorrow
        ("weekly", "2026-07-01 12:00", "2026-07-05 12:00", False),  # a Sunday
        ("weekly", "2026-07-01 12:00", "2026-07-06 05:59", False),
        ("weekly", "2026-07-01 12:00", "2026-07-06 06:00", True),
        ("weekly", "2026-07-01 12:00", "2026-07-08 23:00", True),  # the worker was away
    ],
)
def test_digests_go_in_londons_morning(
    frequency: str, queued_at: str, now: str, is_told: bool
) -> None:
    saved = watch(frequency=Frequency(frequency))
    AlertQueue.objects.create(
        record=saved.record, listing_ids=[1], count=1, queued_at=utc(queued_at)
    )
    assert enqueue_due(collect_alerts, now=utc(now)) == is_told
    assert (collect(record_id=saved.record_id, now=utc(now)) is not None) == is_told


def test_there_is_one_digest_a_day_whatever_the_clocks_and_workers_do() -> None:
    daily, weekly = (
        watch(frequency=Frequency.DAILY),
        watch(Criteria(fuel=("diesel",)), frequency=Frequency.WEEKLY),
    )
    instant = watch(Criteria(fuel=("petrol",)))

    def mails_at(now: str, *, queued_at: str) -> int:
        for saved in (daily, weekly, instant):
            AlertQueue.objects.get_or_create(
                record=saved.record,
                defaults={"listing_ids": [1], "count": 1, "queued_at": utc(queued_at)},
            )
        collect(record_id=daily.record_id, now=utc(now))
        mail = AlertMail.objects.order_by("-pk").first()
        finds = set(map(int, mail.finds)) if mail else set()
        AlertMail.objects.all().delete()
        AlertQueue.objects.all().delete()
        return len(finds - {instant.record_id})

    assert mails_at("2026-07-06 05:50", queued_at="2026-07-04 12:00") == 1  # of Sunday morning
    assert mails_at("2026-07-06 06:00", queued_at="2026-07-06 05:55") == 0  # it had one today
    assert mails_at("2026-07-06 22:59", queued_at="2026-07-06 05:55") == 0
    assert mails_at("2026-07-06 23:01", queued_at="2026-07-06 05:55") == 2  # London's next day
    assert mails_at("2026-07-06 05:00", queued_at="2026-07-01 05:55") == 0  # a clock put back
    assert mails_at("2026-07-08 06:00", queued_at="2026-07-07 12:00") == 1


def utc(text: str) -> datetime:
    return datetime.fromisoformat(f"{text}+00:00")


def test_a_digest_sums_up_what_was_found_since_the_last(
    follower: Follower, mails: MailServer
) -> None:
    saved = watch(frequency=Frequency.DAILY)
    rows = [make.live(mileage=each) for each in (1, 2, 3)]
    follower.catch_up()
    reprice(rows[0], 9_000)
    follower.catch_up()
    work()
    assert told(mails) == []
    morning = timezone.now() + timedelta(days=1)
    assert collect(record_id=saved.record_id, now=morning) is not None
    send_alert_mail(AlertMail.objects.get().pk)
    (pks,) = told(mails)
    assert sorted(pks) == [row.pk for row in rows]
