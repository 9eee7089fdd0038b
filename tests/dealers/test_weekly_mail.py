"""The weekly mail: for who asked, once a week, what changed and what to do; ended by one click."""

import re
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime, timedelta
from threading import Barrier
from typing import Any

import pytest
from celery import current_app
from django.core import mail
from django.db import connection
from django.test import Client
from django.utils import timezone

from dealers import periodic
from dealers.models import Dealer, Membership, WeeklyMail
from dealers.weekly_digest import send_weekly
from dealers.weekly_mail import weekly_mails_due
from listings.adverts import edit_listing, lifecycle
from listings.models import Listing, PriceSchedule
from marketplace.mail import MailServerAway
from marketplace.models import OutboxTask
from marketplace.outbox import publish_due
from tests import make

pytestmark = pytest.mark.django_db(transaction=True)

DAY = timedelta(days=1)
PAGE = "/dealer/weekly/"


@pytest.fixture(autouse=True)
def tasks_run_here() -> Iterator[None]:
    current_app.conf.task_always_eager = True
    yield
    current_app.conf.task_always_eager = False


@pytest.fixture
def dealer() -> Dealer:
    return make.dealer("North Cars")


def wanting(dealer: Dealer, role: str = "owner", **fields: Any) -> Membership:
    """Return somebody who was told eight days ago."""
    member = Membership.objects.get(user=make.member(dealer, role))
    told_at = timezone.now() - 8 * DAY
    WeeklyMail.objects.create(membership=member, **{"told_at": told_at, **fields})
    return member


def an_hour_of_the_week() -> None:
    """Run the job, and what it left to be published later."""
    periodic.send_weekly_mails()
    OutboxTask.objects.update(due_at=timezone.now())
    publish_due()


def body() -> str:
    return str(mail.outbox[-1].body)


def stop_path(text: str) -> str:
    found = re.search(r"https?://[^/]+(/weekly-mail/[^\s\"<>]+)", text)
    assert found
    return found[1]


def aged(dealer: Dealer, days: int, **fields: Any) -> Listing:
    since = timezone.now() - days * DAY
    return make.live(branch=make.branch(dealer), published_at=since, **fields)


def test_nobody_gets_it_who_did_not_ask(client: Client, dealer: Dealer) -> None:
    person = make.member(dealer)
    an_hour_of_the_week()
    assert mail.outbox == []
    client.force_login(person)
    assert "You do not get it." in client.get(PAGE).content.decode()
    assert not WeeklyMail.objects.exists()
    client.post(PAGE, {"wanted": "yes"})
    client.post(PAGE, {"wanted": "yes"})
    assert WeeklyMail.objects.get().membership.user == person
    an_hour_of_the_week()
    assert mail.outbox == []  # the first comes on the next Monday
    assert "You get it." in client.get(PAGE).content.decode()
    client.post(PAGE, {"wanted": "no"})
    assert not WeeklyMail.objects.exists()


def test_it_comes_once_a_week_to_each_who_asked(dealer: Dealer) -> None:
    first, second = wanting(dealer), wanting(dealer, "sales")
    wanting(make.dealer(is_active=False))
    gone = wanting(make.dealer())
    type(gone.user).objects.filter(pk=gone.user_id).update(is_active=False)
    an_hour_of_the_week()
    an_hour_of_the_week()
    assert sorted(each.to[0] for each in mail.outbox) == sorted(
        [first.user.email, second.user.email]
    )


@pytest.mark.parametrize(
    ("now", "is_due"),
    [
        ("2026-03-30 05:59", False),  # Monday after the clocks went forward: 06:59 in London
        ("2026-03-30 06:01", True),
        ("2026-10-26 06:59", False),  # Monday after they went back: 06:59 in London
        ("2026-10-26 07:01", True),
        ("2026-10-29 12:00", True),  # a worker that was away until Thursday
        ("2026-10-25 12:00", False),
    ],
)
def test_it_is_due_on_londons_monday_morning(
    now: str, is_due: bool, dealer: Dealer, settings: Any
) -> None:
    settings.ALERT_DIGEST_TIME = datetime.min.time().replace(hour=7)
    moment = datetime.fromisoformat(now).replace(tzinfo=UTC)
    last = {3: "2026-03-23 08:00", 10: "2026-10-19 08:00"}[moment.month]
    wanting(dealer, told_at=datetime.fromisoformat(last).replace(tzinfo=UTC))
    assert weekly_mails_due(moment).exists() == is_due


def test_it_tells_what_changed_since_the_last(dealer: Dealer) -> None:
    member = wanting(
        dealer, figures={"live": 9, "labels": {"fair": 4}, "valued": 4, "worth": 1_000, "asking": 5}
    )
    row = aged(dealer, 3, price=30_000)
    make.value(aged(dealer, 3, price=20_000), 20_000, label="good")
    edit_listing(listing_id=row.pk, changes={"price": 29_000}, actor_id=None)
    lifecycle.sell(listing_id=row.pk, actor_id=None)
    make.live(price=77_777)
    assert send_weekly(membership_id=member.pk)
    for line in (
        "1 live (9 a week ago)",
        "1 with a value: £20,000, asked £20,000 (value a week ago £1,000)",
        "Good price: 1 (0 a week ago)",
        "Fair price: 0 (4 a week ago)",
        "1 sold, asked £29,000",
        "1 prices lowered, 0 raised, 0 of them by a plan",
    ):
        assert f"- {line}\n" in body()
    assert "77,777" not in body()
    stored = WeeklyMail.objects.get().figures
    assert stored["labels"] == {"good": 1}
    assert (stored["live"], stored["worth"]) == (1, 20_000)


def test_it_suggests_five_things_at_most_each_with_its_first_cars(dealer: Dealer) -> None:
    member = wanting(dealer)
    slip = aged(dealer, 3, price=1_200)
    make.value(slip, 12_000, reason="check_price")
    dear = aged(dealer, 70, price=24_000)
    make.value(dear, 20_000, label="higher")
    cheap = aged(dealer, 3, price=15_000)
    make.value(cheap, 20_000, label="lower")
    old_and_cheap = aged(dealer, 70, price=15_000)
    make.value(old_and_cheap, 20_000, label="lower")
    planned = aged(dealer, 70, price=21_000)
    make.value(planned, 20_000, label="fair")
    PriceSchedule.objects.create(listing=planned, plan=make.price_plan(dealer))
    send_weekly(membership_id=member.pk)
    text = body()
    headings = re.findall(r"^\d\. (.+) \((\d+)\)$", text, re.MULTILINE)
    assert headings == [
        ("Check prices that look like slips", "1"),
        ("Look again at prices above the market", "1"),
        ("Ask whether these could ask more", "1"),
        ("Complete cars that have no price label", "1"),
        ("Let prices follow the market", "1"),
    ]
    assert "£1,200, value £12,000" in text
    assert "£24,000, value £20,000" in text
    assert text.count(f"/dealer/listings/listing/{dear.pk}/change/") == 2
    assert f"/{old_and_cheap.pk}/change/" not in text
    assert f"/{planned.pk}/change/" not in text
    html = str(mail.outbox[-1].alternatives[0][0])  # type: ignore[union-attr]
    assert all(heading in html for heading, _ in headings)


def test_a_value_that_no_longer_holds_suggests_nothing(dealer: Dealer) -> None:
    member = wanting(dealer)
    row = aged(dealer, 70, price=24_000)
    make.value(row, 20_000, label="higher")
    Listing.objects.filter(pk=row.pk).update(price=20_000)
    send_weekly(membership_id=member.pk)
    assert "above the market" not in body()
    assert "with a value" not in body()


def test_one_click_ends_it_and_looking_does_not(dealer: Dealer) -> None:
    member, other = wanting(dealer), wanting(dealer)
    send_weekly(membership_id=member.pk)
    path = stop_path(body())
    assert stop_path(mail.outbox[-1].extra_headers["List-Unsubscribe"]) == path
    reader = Client(enforce_csrf_checks=True)
    assert reader.get(path).status_code == 200
    assert WeeklyMail.objects.count() == 2
    for _ in range(2):
        page = reader.post(path, {"List-Unsubscribe": "One-Click"})
        assert page.status_code == 200
    assert WeeklyMail.objects.get().membership == other
    member.delete()
    assert reader.post(path).status_code == 404
    assert reader.post(path[:-3] + "xx/").status_code == 404
    assert WeeklyMail.objects.count() == 1


def test_of_workers_at_once_one_sends_it(dealer: Dealer) -> None:
    member = wanting(dealer)
    start = Barrier(4)

    def run(_: int) -> bool:
        try:
            start.wait(timeout=60)
            return send_weekly(membership_id=member.pk)
        finally:
            connection.close()

    with ThreadPoolExecutor(4) as threads:
        assert sorted(threads.map(run, range(4))) == [False, False, False, True]
    assert len(mail.outbox) == 1


def test_a_mail_that_was_not_handed_over_is_due_still(dealer: Dealer, settings: Any) -> None:
    member = wanting(dealer)
    before = WeeklyMail.objects.values().get()
    settings.EMAIL_BACKEND = "django.core.mail.backends.smtp.EmailBackend"
    settings.EMAIL_HOST, settings.EMAIL_PORT = "127.0.0.1", 1
    with pytest.raises(MailServerAway):
        send_weekly(membership_id=member.pk)
    assert WeeklyMail.objects.values().get() == before
    settings.EMAIL_BACKEND = "django.core.mail.backends.locmem.EmailBackend"
    an_hour_of_the_week()
    assert len(mail.outbox) == 1


def test_staff_on_a_visit_ask_for_no_mail(client: Client, dealer: Dealer) -> None:
    client.force_login(make.staff())
    client.post(f"/admin/dealers/dealer/{dealer.pk}/panel/")
    assert client.post(PAGE, {"wanted": "yes"}).status_code == 403
    assert not WeeklyMail.objects.exists()
