"""What came out how is counted for good: also when its rows are gone, and by all who count."""

import smtplib
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import timedelta
from typing import Any

import pytest
from django.core.mail.backends.base import BaseEmailBackend
from django.db import connection, transaction
from django.test import override_settings
from django.utils import timezone

from dealers.feeds.held_runs import drop_run
from dealers.models import FeedRun, WebhookDelivery, WebhookEndpoint
from dealers.permissions import SYSTEM
from dealers.webhooks.endpoints import add_endpoint, add_marketplace_endpoint
from dealers.webhooks.queue import Event, queue
from dealers.webhooks.sender import WebhookSender
from listings.models import Enquiry
from marketplace import outcome_counts
from marketplace.mail import AddressRefused, MailRefused, MailServerAway, send_mail, suppress
from marketplace.models import OutcomeCount, SuppressedAddress
from tests import make
from tests.dealers.webhooks.receiver import Answer, listening
from tests.listings.buyers.sending import send
from tests.marketplace.metrics.scrape import Scrape, sample

pytestmark = pytest.mark.django_db(transaction=True)


class RefusingServer(BaseEmailBackend):
    """A mail server at the edge that says what a test tells it."""

    error: Exception = OSError()

    def send_messages(self, _messages: Any) -> int:
        raise type(self).error


@contextmanager
def refused_by_server(error: Exception) -> Iterator[None]:
    RefusingServer.error = error
    backend = f"{RefusingServer.__module__}.{RefusingServer.__name__}"
    with override_settings(EMAIL_BACKEND=backend):
        yield


def mail_to(address: str) -> None:
    send_mail(
        to=address,
        subject="Hello",
        template="dealers/webhooks/off",
        context={"address": "", "endpoint": {"dealer": {"name": "Ann"}}},
        has_html=False,
    )


@pytest.fixture
def mails(scrape: Scrape) -> Callable[[], dict[str, float]]:
    """Return what says how many mails came out how since the test began."""

    def totals() -> dict[str, float]:
        found = scrape()
        return {
            outcome: sample(found, "mail_attempts_total", outcome=outcome) or 0
            for outcome in outcome_counts.SUBJECTS["mail_attempts"][1]
        }

    outcome_counts.write_attempts()  # what other tests left in this process
    before = totals()
    return lambda: {outcome: total - before[outcome] for outcome, total in totals().items()}


def test_what_never_happened_is_nought(scrape: Scrape) -> None:
    found = scrape()
    assert sample(found, "webhook_attempts_total", outcome="delivered") == 0
    assert sample(found, "mail_attempts_total", outcome="server_away") is not None
    assert sample(found, "enquiries_received_total", outcome="repeated") == 0
    assert sample(found, "feed_runs_ended_total", outcome="held") == 0
    assert sample(found, "webhook_oldest_due_seconds", lane="fast") == 0
    assert sample(found, "webhook_oldest_due_seconds", lane="slow") == 0
    assert sample(found, "webhooks_waiting") == 0


def test_enquiries_are_counted_once_each_and_stay_counted(scrape: Scrape) -> None:
    car = make.live()
    for message in ("Is it red?", "Is it red?", "Is it blue?"):
        assert send(car, message=message).status_code == 201
    Enquiry.objects.all().delete()
    found = scrape()
    assert sample(found, "enquiries_received_total", outcome="taken") == 2
    assert sample(found, "enquiries_received_total", outcome="repeated") == 1


def test_mails_are_counted_by_what_the_server_said(
    mails: Callable[[], dict[str, float]],
) -> None:
    mail_to("ann@example.com")
    suppress(["bob@example.com"], reason=SuppressedAddress.SuppressionReason.BOUNCE)
    with pytest.raises(AddressRefused):
        mail_to("bob@example.com")
    for error, refusal in (
        (OSError(), MailServerAway),
        (smtplib.SMTPDataError(554, b"spam"), MailRefused),
        (smtplib.SMTPRecipientsRefused({"a": (550, b"5.7.1 no")}), AddressRefused),
    ):
        with refused_by_server(error), pytest.raises(refusal):
            mail_to("cid@example.com")
    assert mails() == {"sent": 1, "address_refused": 2, "mail_refused": 1, "server_away": 1}


def test_a_mail_that_failed_is_counted_though_its_transaction_is_undone(
    mails: Callable[[], dict[str, float]],
) -> None:
    with refused_by_server(OSError()), pytest.raises(MailServerAway), transaction.atomic():
        mail_to("ann@example.com")
    assert mails()["server_away"] == 0
    outcome_counts.write_attempts()  # as after the task
    assert mails()["server_away"] == 1


def test_runs_of_feeds_are_counted_by_their_end(scrape: Scrape) -> None:
    feed, now = make.feed(), timezone.now()
    held, trial = (
        FeedRun.objects.create(feed=feed, state="held", source_at=now, dry_run=dry_run)
        for dry_run in (False, True)
    )
    for run in (held, trial):
        drop_run(run_id=run.pk, actor=SYSTEM)
    FeedRun.objects.all().delete()
    assert sample(scrape(), "feed_runs_ended_total", outcome="dropped") == 1


@pytest.fixture
def told(settings: Any) -> Any:
    with listening() as receiver:
        settings.FETCH_ALLOWED_HOSTS = [receiver.host]
        yield receiver


def test_attempts_of_webhooks_are_counted_and_what_waits_has_an_age(
    scrape: Scrape, told: Any
) -> None:
    endpoint = add_endpoint(
        dealer_id=make.dealer().pk, actor=SYSTEM, url=told.url(), events=["listing.updated"]
    ).endpoint
    add_marketplace_endpoint(
        audience="mirror", actor=SYSTEM, url=told.url(), events=["listing.created"]
    )
    sender = WebhookSender(threads=2)
    queue(Event(endpoint.dealer_id, "listing.updated", f"listing:{n}", {}) for n in (1, 2))
    hour_ago = timezone.now() - timedelta(hours=1)
    WebhookEndpoint.objects.filter(pk=endpoint.pk).update(due_at=hour_ago)
    before = scrape()
    assert sample(before, "webhooks_waiting") == 2
    assert (sample(before, "webhook_oldest_due_seconds", lane="fast") or 0) >= 3_600
    sender.send_due()
    told.answer = lambda _: Answer(500)
    queue([Event(endpoint.dealer_id, "listing.updated", "listing:3", {})])
    sender.send_due()
    sender.close()
    WebhookDelivery.objects.all().delete()
    found = scrape()
    assert sample(found, "webhook_attempts_total", outcome="delivered") == 2
    assert sample(found, "webhook_attempts_total", outcome="failed") == 1
    assert sample(found, "webhook_attempts_total", outcome="given_up") == 0
    assert sample(found, "webhook_oldest_due_seconds", lane="fast") == 0
    assert sample(found, "webhook_endpoints", audience="dealer", state="failing") == 1
    assert sample(found, "webhook_endpoints", audience="mirror", state="on") == 1
    WebhookEndpoint.objects.filter(audience="mirror").update(switched_off_at=timezone.now())
    assert sample(scrape(), "webhook_endpoints", audience="mirror", state="off") == 1


def test_those_who_count_at_once_are_summed_and_what_is_undone_is_not_counted(
    scrape: Scrape,
) -> None:
    def counting() -> None:
        for _ in range(20):
            outcome_counts.count("feed_runs_ended", {"done": 2, "held": 1, "failed": 0})
        connection.close()

    run_together([counting] * 4)
    with transaction.atomic():
        outcome_counts.count("feed_runs_ended", {"done": 1_000})
        transaction.set_rollback(True)
    found = scrape()
    assert sample(found, "feed_runs_ended_total", outcome="done") == 160
    assert sample(found, "feed_runs_ended_total", outcome="held") == 80
    assert sample(found, "feed_runs_ended_total", outcome="failed") == 0
    assert not OutcomeCount.objects.filter(shard__gte=outcome_counts.SHARDS).exists()


def run_together(functions: list[Callable[[], None]]) -> None:
    threads = [threading.Thread(target=each) for each in functions]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
