"""What is sent: signed, at least once, in order for each subject, and never for ever."""

import time
from datetime import timedelta
from http.server import BaseHTTPRequestHandler
from typing import Any

import pytest
from django.utils import timezone
from pytest_django import Settings
from standardwebhooks import WebhookVerificationError

from dealers import account_emails
from dealers.models import (
    EVENTS_OF,
    Dealer,
    WebhookAudience,
    WebhookDelivery,
    WebhookEndpoint,
    WebhookEventType,
)
from dealers.permissions import SYSTEM
from dealers.webhooks.endpoints import (
    NewSecret,
    add_endpoint,
    replay,
    rotate_secret,
    send_test,
    switch_on,
)
from dealers.webhooks.outcomes import GIVEN_UP_AFTER, RETRIES
from dealers.webhooks.queue import Event, queue
from dealers.webhooks.sender import WebhookSender
from marketplace.models import OutboxTask
from tests import make
from tests.dealers.webhooks.receiver import Answer, Received, Receiver

pytestmark = pytest.mark.django_db
UPDATED = WebhookEventType.LISTING_UPDATED


def added(receiver: Receiver, dealer: Dealer | None = None, path: str = "/hook") -> NewSecret:
    return add_endpoint(
        dealer_id=(dealer or make.dealer()).pk,
        actor=SYSTEM,
        url=receiver.url(path),
        events=EVENTS_OF[WebhookAudience.DEALER],
    )


def tell(of: WebhookEndpoint, *subjects: str) -> None:
    queue(
        Event(of.dealer_id, UPDATED, subject, {"id": number})
        for number, subject in enumerate(subjects, start=1)
    )


def fail(status: int) -> Any:
    return lambda _: Answer(status)


def make_due() -> None:
    """Let the time of every wait be over."""
    past = timezone.now() - timedelta(seconds=1)
    WebhookDelivery.objects.filter(state="waiting").update(due_at=past)
    WebhookEndpoint.objects.update(due_at=past)


def states() -> list[str]:
    return list(WebhookDelivery.objects.order_by("message").values_list("state", flat=True))


def test_a_message_is_signed_as_the_specification_says(
    receiver: Receiver, sender: WebhookSender
) -> None:
    made = added(receiver)
    tell(made.endpoint, "listing:1")
    sender.send_due()
    (arrived,) = receiver.received
    arrived.verify(made.secret)
    assert arrived.content["type"] == "listing.updated"
    assert arrived.content["data"] == {"id": 1}
    assert arrived.id.startswith("msg_")
    assert arrived.headers["content-type"] == "application/json"
    with pytest.raises(WebhookVerificationError):
        arrived.verify(added(receiver).secret)
    row = WebhookDelivery.objects.get()
    assert (row.state, row.attempts, row.answer_status) == ("delivered", 1, 204)
    assert WebhookEndpoint.objects.get(pk=made.endpoint.pk).due_at is None


def test_no_secret_is_in_the_database_and_one_of_a_former_key_still_signs(
    receiver: Receiver, sender: WebhookSender, settings: Settings
) -> None:
    made = added(receiver)
    row = WebhookEndpoint.objects.values().get()
    assert made.secret.removeprefix("whsec_") not in str(row)
    settings.DIGEST_KEY_FALLBACKS = [settings.DIGEST_KEY or settings.SECRET_KEY]
    settings.DIGEST_KEY = "another key"
    tell(made.endpoint, "listing:1")
    sender.send_due()
    receiver.received[0].verify(made.secret)


def test_an_endpoint_whose_key_is_gone_is_switched_off_until_it_has_another_secret(
    receiver: Receiver, sender: WebhookSender, settings: Settings
) -> None:
    made = added(receiver)
    settings.DIGEST_KEY = "another key"
    tell(made.endpoint, "listing:1")
    sender.send_due()
    assert receiver.received == []
    endpoint = WebhookEndpoint.objects.get()
    assert endpoint.switched_off_at is not None
    assert "secret" in endpoint.off_reason
    new = rotate_secret(endpoint_id=endpoint.pk, actor=SYSTEM)
    switch_on(endpoint_id=endpoint.pk, actor=SYSTEM)
    make_due()
    sender.send_due()
    receiver.received[0].verify(new.secret)


def test_after_a_rotation_both_secrets_sign_for_a_day(
    receiver: Receiver, sender: WebhookSender
) -> None:
    old = added(receiver)
    new = rotate_secret(endpoint_id=old.endpoint.pk, actor=SYSTEM)
    tell(old.endpoint, "listing:1")
    sender.send_due()
    receiver.received[0].verify(old.secret)
    receiver.received[0].verify(new.secret)
    WebhookEndpoint.objects.update(old_until=timezone.now() - timedelta(seconds=1))
    tell(old.endpoint, "listing:2")
    sender.send_due()
    receiver.received[1].verify(new.secret)
    with pytest.raises(WebhookVerificationError):
        receiver.received[1].verify(old.secret)


def test_no_later_event_of_a_subject_overtakes_one_that_failed(
    receiver: Receiver, sender: WebhookSender
) -> None:
    made = added(receiver)
    refused = {"listing:7"}
    receiver.answer = lambda got: Answer(500 if got.content["data"]["id"] in refused else 204)
    queue(
        Event(made.endpoint.dealer_id, UPDATED, subject, {"id": subject, "turn": turn})
        for turn, subject in ((1, "listing:7"), (2, "listing:8"), (3, "listing:7"))
    )
    sender.send_due()
    assert states() == ["waiting", "waiting", "waiting"]
    WebhookEndpoint.objects.update(due_at=timezone.now())  # the endpoint's rest is over
    sender.send_due()
    assert states() == ["waiting", "delivered", "waiting"]
    assert [each.content["data"]["turn"] for each in receiver.received] == [1, 2]
    refused.clear()
    make_due()
    sender.send_due()
    assert states() == ["delivered"] * 3
    assert [each.content["data"]["turn"] for each in receiver.received] == [1, 2, 1, 3]
    first, again = (each for each in receiver.received if each.content["data"]["turn"] == 1)
    assert first.id == again.id


@pytest.mark.parametrize("status", [301, 302, 307, 400, 404, 500, 503])
def test_what_is_not_taken_is_tried_again_later_and_a_redirect_is_not_followed(
    receiver: Receiver, sender: WebhookSender, status: int
) -> None:
    made = added(receiver)
    receiver.answer = lambda _: Answer(status, {"Location": receiver.url("/elsewhere")})
    tell(made.endpoint, "listing:1")
    sender.send_due()
    assert [each.path for each in receiver.received] == ["/hook"]
    row = WebhookDelivery.objects.get()
    assert (row.state, row.attempts, row.answer_status) == ("waiting", 1, status)
    assert row.attempted_at is not None
    assert row.due_at > row.attempted_at
    assert WebhookEndpoint.objects.get().failures == 1


def test_all_attempts_are_within_three_days_and_then_it_is_given_up_and_the_next_sent(
    receiver: Receiver, sender: WebhookSender
) -> None:
    assert sum(RETRIES, timedelta()) < GIVEN_UP_AFTER
    made = added(receiver)
    receiver.answer = fail(500)
    tell(made.endpoint, "listing:1", "listing:1")
    for _ in range(len(RETRIES)):
        make_due()
        sender.send_due()
    assert states() == ["waiting", "waiting"]
    make_due()
    sender.send_due()
    assert states() == ["given_up", "waiting"]
    assert len(receiver.received) == len(RETRIES) + 1
    receiver.answer = fail(200)
    make_due()
    sender.send_due()
    assert states() == ["given_up", "delivered"]


def test_an_endpoint_that_is_dead_for_three_days_is_switched_off_and_told(
    receiver: Receiver, sender: WebhookSender, mailoutbox: list[Any]
) -> None:
    made = added(receiver)
    receiver.answer = fail(500)
    tell(made.endpoint, "listing:1")
    sender.send_due()
    assert WebhookEndpoint.objects.get().switched_off_at is None
    WebhookEndpoint.objects.update(failing_since=timezone.now() - timedelta(days=3, minutes=1))
    make_due()
    sender.send_due()
    endpoint = WebhookEndpoint.objects.get()
    assert endpoint.switched_off_at is not None
    assert OutboxTask.objects.filter(task__endswith="send_webhook_notice").count() == 1
    assert account_emails.send_webhook_notice(endpoint_id=endpoint.pk)
    assert not account_emails.send_webhook_notice(endpoint_id=endpoint.pk)
    (mail,) = mailoutbox
    assert mail.to == [made.endpoint.dealer and made.endpoint.dealer.email]
    assert "switched off" in mail.subject
    make_due()
    assert sender.send_due() == 0
    switch_on(endpoint_id=endpoint.pk, actor=SYSTEM)
    receiver.answer = fail(200)
    make_due()
    sender.send_due()
    assert states() == ["delivered"]


def test_an_endpoint_that_says_it_is_gone_is_switched_off_at_once(
    receiver: Receiver, sender: WebhookSender
) -> None:
    made = added(receiver)
    receiver.answer = fail(410)
    tell(made.endpoint, "listing:1")
    sender.send_due()
    assert "410" in WebhookEndpoint.objects.get().off_reason


def test_of_a_huge_or_broken_answer_only_the_beginning_is_read_and_the_message_is_delivered(
    receiver: Receiver, sender: WebhookSender
) -> None:
    sent: list[int] = []

    def flood(handler: BaseHTTPRequestHandler) -> None:
        handler.send_response(200)
        handler.send_header("Content-Length", str(10**10))
        handler.end_headers()
        sent.extend(handler.wfile.write(b"x" * 65_536) for _ in range(1_000))

    receiver.answer = lambda _: Answer(write=flood)
    tell(added(receiver).endpoint, "listing:1")
    sender.send_due()
    row = WebhookDelivery.objects.get()
    assert (row.state, row.answer) == ("delivered", "x" * 500)
    assert len(sent) < 1_000


def test_nothing_is_sent_to_an_address_that_is_not_public(
    receiver: Receiver, sender: WebhookSender, settings: Settings
) -> None:
    made = added(receiver)
    settings.FETCH_ALLOWED_HOSTS = []
    for address in ("http://127.0.0.1/hook", "https://169.254.169.254/x", receiver.url()):
        WebhookEndpoint.objects.update(url=address, due_at=timezone.now())
        tell(made.endpoint, f"listing:{len(address)}")
        sender.send_due()
    assert receiver.received == []
    assert set(states()) == {"waiting"}


def test_a_slow_and_a_dead_endpoint_delay_nobody(receiver: Receiver) -> None:
    """The slow one answers only after the others have been told: nobody waits for it."""
    one = WebhookSender(threads=2)
    others = [added(receiver, path=f"/fast-{number}") for number in range(4)]
    slow, dead = added(receiver, path="/slow"), added(receiver, path="/dead")
    WebhookEndpoint.objects.filter(pk=dead.endpoint.pk).update(url="http://127.0.0.1:1/dead")

    def reply(got: Received) -> Answer:
        if got.path == "/slow":
            ends = time.monotonic() + 10
            while time.monotonic() < ends:
                told = {each.path for each in receiver.received if each.path != "/slow"}
                if len(told) == len(others):
                    return Answer(200)
                time.sleep(0.02)
            return Answer(500)
        return Answer(200)

    receiver.answer = reply
    for each in (slow, dead, *others):
        tell(each.endpoint, "listing:1", "listing:2")
    one.send_due()
    one.close()
    waits = WebhookDelivery.objects.filter(state="waiting").values_list("endpoint", flat=True)
    assert set(waits) == {dead.endpoint.pk}


def test_a_replay_sends_what_happened_in_a_time_again_by_the_same_id(
    receiver: Receiver, sender: WebhookSender
) -> None:
    made = added(receiver)
    tell(made.endpoint, "listing:1", "listing:2")
    sender.send_due()
    now = timezone.now()
    minute = timedelta(minutes=1)
    again: dict[str, Any] = {"endpoint_id": made.endpoint.pk, "actor": SYSTEM}
    assert replay(**again, since=now - 2 * minute, until=now - minute) == 0
    assert replay(**again, since=now - minute, until=now + minute) == 2
    sender.send_due()
    ids = [each.id for each in receiver.received]
    assert ids[:2] == ids[2:]


def test_a_test_goes_to_the_one_endpoint_whatever_it_wants(
    receiver: Receiver, sender: WebhookSender
) -> None:
    made = added(receiver)
    added(receiver, made.endpoint.dealer, "/other")
    send_test(endpoint_id=made.endpoint.pk, actor=SYSTEM)
    sender.send_due()
    assert [(each.path, each.content["type"]) for each in receiver.received] == [
        ("/hook", "webhook.test")
    ]


def test_an_endpoint_is_told_only_what_it_wants_and_of_its_own_dealer(
    receiver: Receiver, sender: WebhookSender
) -> None:
    dealer = make.dealer()
    add_endpoint(
        dealer_id=dealer.pk, actor=SYSTEM, url=receiver.url("/a"), events=["enquiry.created"]
    )
    other = added(receiver, path="/b")
    queue([Event(dealer.pk, UPDATED, "listing:1", {})])
    queue([Event(dealer.pk, WebhookEventType.ENQUIRY_CREATED, "enquiry:1", {})])
    tell(other.endpoint, "listing:2")
    sender.send_due()
    found = sorted((each.path, each.content["type"]) for each in receiver.received)
    assert found == [("/a", "enquiry.created"), ("/b", "listing.updated")]


def test_what_a_dead_process_had_is_sent_by_another_once_its_claim_is_over(
    receiver: Receiver, sender: WebhookSender
) -> None:
    made = added(receiver)
    tell(made.endpoint, "listing:1")
    soon = timezone.now() + timedelta(seconds=60)
    WebhookEndpoint.objects.update(claimed_until=soon)
    assert sender.send_due() == 0
    WebhookEndpoint.objects.update(claimed_until=timezone.now() - timedelta(seconds=1))
    assert sender.send_due() == 1
    assert states() == ["delivered"]
