"""A dealer hears of adverts about to run out: 7 days and 1 day before, once each, in one mail."""

import re
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from datetime import datetime, timedelta
from threading import Barrier

import pytest
from celery import current_app
from django.core import mail
from django.db import connection
from django.utils import timezone
from pytest_django import Settings

from dealers import periodic
from dealers.expiry_digest import send_digest
from dealers.models import Dealer, ExpiryNotice
from dealers.renewal import remind_of_expiry
from listings.adverts import lifecycle
from listings.models import Listing
from marketplace.mail import MailServerAway
from marketplace.models import OutboxTask
from marketplace.outbox import publish_due
from tests import make
from tests.dealers import mail_server

pytestmark = pytest.mark.django_db(transaction=True)

DAY = timedelta(days=1)
HOUR = timedelta(hours=1)


@pytest.fixture(autouse=True)
def tasks_run_here() -> Iterator[None]:
    current_app.conf.task_always_eager = True
    yield
    current_app.conf.task_always_eager = False


def try_again() -> None:
    """Run what failed as if its time had come."""
    OutboxTask.objects.update(due_at=timezone.now())
    publish_due()


@pytest.fixture
def server(settings: Settings) -> Iterator[mail_server.MailServer]:
    with mail_server.running() as server:
        settings.EMAIL_BACKEND = "django.core.mail.backends.smtp.EmailBackend"
        settings.EMAIL_HOST, settings.EMAIL_PORT = "127.0.0.1", server.port
        settings.EMAIL_HOST_USER = settings.EMAIL_HOST_PASSWORD = ""
        settings.EMAIL_USE_TLS = settings.EMAIL_USE_SSL = False
        yield server


def ending(left: timedelta, **fields: object) -> Listing:
    return make.live(expires_at=timezone.now() + left, **fields)


def noted(row: Listing, days_before: int) -> None:
    assert row.expires_at is not None
    ExpiryNotice.objects.create(listing=row, expires_at=row.expires_at, days_before=days_before)


def notices() -> list[tuple[int, int, bool]]:
    rows = ExpiryNotice.objects.order_by("listing", "-days_before")
    return [(row.listing_id, row.days_before, row.sent_at is not None) for row in rows]


def bodies() -> list[str]:
    return [str(message.body) for message in mail.outbox]


@pytest.mark.parametrize(
    ("left", "lead"),
    [
        (7 * DAY + HOUR, None),
        (7 * DAY - HOUR, 7),
        (2 * DAY, 7),
        (DAY - HOUR, 1),
        (HOUR, 1),
        (-HOUR, None),
    ],
)
def test_the_nearest_lead_time_is_reminded_of_once(left: timedelta, lead: int | None) -> None:
    row = ending(left)
    periodic.send_expiry_reminders()
    periodic.send_expiry_reminders()
    assert notices() == ([] if lead is None else [(row.pk, lead, True)])
    assert len(mail.outbox) == (lead is not None)


def test_a_reminder_comes_at_each_lead_time() -> None:
    row = ending(6 * DAY)
    periodic.send_expiry_reminders()
    assert row.expires_at is not None
    end = row.expires_at - 5 * DAY - HOUR
    Listing.objects.update(expires_at=end)
    ExpiryNotice.objects.update(expires_at=end)
    periodic.send_expiry_reminders()
    periodic.send_expiry_reminders()
    assert notices() == [(row.pk, 7, True), (row.pk, 1, True)]
    assert len(mail.outbox) == 2


def test_one_mail_names_all_of_a_dealers_adverts() -> None:
    dealer = make.dealer("Moor Cars", email="desk@moor.example")
    branch = make.branch(dealer)
    ending(6 * DAY, branch=branch, stock_ref="A1", vrm="AB15CDE", price=9_795)
    ending(HOUR, branch=branch, price=None)
    ending(9 * DAY, branch=branch)
    other = ending(HOUR)
    periodic.send_expiry_reminders()
    assert sorted(message.to[0] for message in mail.outbox) == sorted(
        ["desk@moor.example", other.dealer.email]
    )
    message = next(sent for sent in mail.outbox if sent.to == ["desk@moor.example"])
    assert message.subject == "2 of your adverts run out soon"
    text = str(message.body)
    first, second = re.findall(r"^Land Rover.*\n.*\n", text, re.MULTILINE)
    assert first.startswith(
        "Land Rover Range Rover 3.0 TDV6 Vogue SE 4dr Auto\nPrice on application - 1 day left"
    )
    assert second.startswith(
        "Land Rover Range Rover 3.0 TDV6 Vogue SE 4dr Auto (stock A1)\n£9,795 - 6 days left"
    )
    assert text.count("/renew/") == 2
    html = str(message.alternatives[0][0])  # type: ignore[attr-defined]  # not in the stubs
    assert html.count("/renew/") == 2
    assert "AB15CDE" not in message.message().as_string()


def test_what_is_no_longer_live_is_not_mentioned() -> None:
    row = ending(HOUR)
    noted(row, 1)
    lifecycle.sell(listing_id=row.pk, actor_id=None)
    periodic.send_expiry_reminders()
    assert mail.outbox == []
    assert notices() == []


def test_a_renewed_advert_is_not_mentioned() -> None:
    row = ending(HOUR)
    noted(row, 1)
    lifecycle.renew(listing_id=row.pk, actor_id=None)
    periodic.send_expiry_reminders()
    assert mail.outbox == []


def test_a_suspended_dealer_is_not_written_to() -> None:
    row = ending(HOUR)
    Dealer.objects.update(is_active=False)
    periodic.send_expiry_reminders()
    assert mail.outbox == []
    Dealer.objects.update(is_active=True)
    periodic.send_expiry_reminders()
    assert notices() == [(row.pk, 1, True)]
    assert len(mail.outbox) == 1


def test_a_notice_overtaken_by_the_next_gives_one_line() -> None:
    row = ending(HOUR)
    noted(row, 7)
    periodic.send_expiry_reminders()
    assert notices() == [(row.pk, 7, True), (row.pk, 1, True)]
    assert [body.count("/renew/") for body in bodies()] == [1]


def test_two_runs_at_once_send_one_mail() -> None:
    dealers = [ending(HOUR).dealer for _ in range(4)]
    start = Barrier(4)

    def run(_: int) -> None:
        try:
            start.wait(timeout=60)
            remind_of_expiry()
        finally:
            connection.close()

    with ThreadPoolExecutor(4) as threads:
        list(threads.map(run, range(4)))
    assert sorted(message.to[0] for message in mail.outbox) == sorted(
        dealer.email for dealer in dealers
    )


def test_a_mail_that_was_never_handed_over_is_sent_later(
    server: mail_server.MailServer, settings: Settings
) -> None:
    row = ending(HOUR)
    noted(row, 1)
    settings.EMAIL_PORT = 1
    with pytest.raises(MailServerAway):
        send_digest(dealer_id=row.dealer_id)
    periodic.send_expiry_reminders()
    assert notices() == [(row.pk, 1, False)]
    settings.EMAIL_PORT = server.port
    try_again()
    assert notices() == [(row.pk, 1, True)]
    assert len(server.mails) == 1


def test_a_mail_server_that_is_busy_is_asked_again(server: mail_server.MailServer) -> None:
    row = ending(HOUR)
    server.answers = [b"451 later\r\n", b"451 later\r\n"]
    periodic.send_expiry_reminders()
    try_again()
    assert notices() == [(row.pk, 1, False)]
    try_again()
    assert notices() == [(row.pk, 1, True)]
    assert len(server.mails) == 1


def test_an_address_that_does_not_exist_is_tried_once(server: mail_server.MailServer) -> None:
    row = ending(HOUR)
    server.answers = [b"550 nobody here\r\n"]
    periodic.send_expiry_reminders()
    periodic.send_expiry_reminders()
    assert notices() == [(row.pk, 1, True)]
    assert server.mails == []


def test_a_dealer_that_is_gone_is_no_error() -> None:
    assert send_digest(dealer_id=1) == 0


def test_a_new_end_after_a_renewal_is_reminded_of_again() -> None:
    row = ending(HOUR)
    periodic.send_expiry_reminders()
    lifecycle.renew(listing_id=row.pk, actor_id=None)
    end: datetime = timezone.now() + 2 * HOUR
    Listing.objects.update(expires_at=end)
    periodic.send_expiry_reminders()
    assert notices() == [(row.pk, 1, True), (row.pk, 1, True)]
    assert len(mail.outbox) == 2
