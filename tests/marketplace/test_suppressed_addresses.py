"""Mail that comes back or is unwanted stops, people are told, and staff can lift it."""

import json
import logging
from collections.abc import Iterator
from typing import Any

import pytest
from celery import current_app
from django.core import mail
from django.test import Client, TestCase
from django.utils import timezone
from pytest_django import Settings

from dealers import account_emails, periodic, team
from dealers.exceptions import InvalidInvitation
from dealers.models import Dealer, Invitation, User
from dealers.permissions import SYSTEM
from marketplace.models import OutboxTask, SuppressedAddress
from tests import make
from tests.dealers import mail_server

pytestmark = pytest.mark.django_db
SECRET = "a-secret-of-the-mail-provider"
HOOK = "/mail/events/"


@pytest.fixture(autouse=True)
def _tasks_run_here(settings: Settings) -> Iterator[None]:
    settings.MAIL_WEBHOOK_SECRET = SECRET
    current_app.conf.task_always_eager = True
    yield
    current_app.conf.task_always_eager = False


@pytest.fixture
def kings() -> Dealer:
    return make.dealer("Kings", email="sales@kings.example.com")


@pytest.fixture
def owner(kings: Dealer) -> User:
    return make.member(kings, email="olga@example.com")


@pytest.fixture
def desk(client: Client, owner: User) -> Client:
    client.force_login(owner)
    return client


def tell(*events: Any, secret: str = SECRET) -> int:
    return send(json.dumps({"events": events}), secret=secret)


def send(body: str | bytes, *, secret: str = SECRET) -> int:
    headers = {"Authorization": f"Bearer {secret}"}
    answer = Client(enforce_csrf_checks=True).post(
        HOOK, body, content_type="application/json", headers=headers
    )
    return answer.status_code


def event(email: str, kind: str = "bounce") -> dict[str, str]:
    return {"email": email, "kind": kind}


def stored() -> list[tuple[str | None, str]]:
    return list(SuppressedAddress.objects.order_by("pk").values_list("email", "reason"))


def invite(dealer: Dealer, email: str = "ann@example.com") -> Invitation:
    with TestCase.captureOnCommitCallbacks(execute=True):
        return team.invite(dealer_id=dealer.pk, actor=SYSTEM, email=email, role="sales")


def test_the_provider_tells_of_bounces_and_complaints_and_may_repeat_itself() -> None:
    told = (event("Ann@Example.com"), event("bob@example.com", "complaint"))

    assert [tell(*told), tell(*told)] == [204, 204]

    assert stored() == [("ann@example.com", "bounce"), ("bob@example.com", "complaint")]


def test_a_wrong_secret_changes_nothing() -> None:
    for secret in ("", "wrong", SECRET[:-1], f"{SECRET}é"):
        assert tell(event("ann@example.com"), secret=secret) == 403

    assert stored() == []


def test_without_a_secret_there_is_no_such_address(settings: Settings) -> None:
    settings.MAIL_WEBHOOK_SECRET = ""

    assert tell(event("ann@example.com"), secret="") == 404


@pytest.mark.parametrize(
    "body",
    [
        b"",
        b"\xff",
        "{}",
        "[]",
        '{"events": {}}',
        '{"events": [1]}',
        '{"events": [{"kind": "bounce"}]}',
        '{"events": [{"kind": "opened", "email": "ann@example.com"}]}',
        '{"events": [{"kind": ["bounce"], "email": "ann@example.com"}]}',
        '{"events": [{"kind": "bounce", "email": "nobody"}]}',
        '{"events": [{"kind": "bounce", "email": "a\\u0000b@example.com"}]}',
        '{"events": [{"kind": "bounce", "email": "\\ud800@example.com"}]}',
        json.dumps({"events": [event("ann@example.com"), event(f"{'a' * 300}@example.com")]}),
        json.dumps({"events": [event("ann@example.com")] * 1_001}),
        "[" * 100_000,
    ],
)
def test_what_is_no_list_of_events_is_refused_whole(body: str | bytes) -> None:
    assert send(body) == 400

    assert stored() == []


def test_an_invitation_to_such_an_address_is_refused_with_the_reason(
    desk: Client, kings: Dealer
) -> None:
    tell(event("ann@example.com"))

    page = desk.post("/dealer/team/invite/", {"email": "ANN@example.com", "role": "sales"})

    assert "Mail to this address comes back or is unwanted" in page.content.decode()
    assert not Invitation.objects.exists()
    assert not OutboxTask.objects.exists()


def test_an_invitation_whose_mail_came_back_says_so(desk: Client, kings: Dealer) -> None:
    row = invite(kings)
    assert "Good until" in desk.get("/dealer/team/").content.decode()

    tell(event("ann@example.com"))

    page = desk.get("/dealer/team/").content.decode()
    assert "Mail to this address comes back or is unwanted" in page
    assert "Good until" not in page
    Invitation.objects.update(sent_at="2026-01-01T00:00Z")
    with pytest.raises(InvalidInvitation):
        team.resend_invitation(dealer_id=kings.pk, invitation_id=row.pk, actor=SYSTEM)


def test_no_mail_of_any_kind_goes_there(kings: Dealer, owner: User, client: Client) -> None:
    tell(event(kings.email), event(owner.email))
    with TestCase.captureOnCommitCallbacks(execute=True):
        client.post("/password/reset/", {"email": owner.email})
        periodic.send_expiry_reminders()
    feed = make.feed(make.branch(kings), paused_at=timezone.now())
    account_emails.send_feed_notice(feed_id=feed.pk, run_id=None)

    assert mail.outbox == []
    assert not OutboxTask.objects.exists()  # nothing is tried again


def test_staff_see_such_addresses_and_lift_them(kings: Dealer, client: Client) -> None:
    tell(event("ann@example.com", "complaint"))
    client.force_login(make.staff(is_superuser=True))
    listed = client.get("/admin/marketplace/suppressedaddress/").content.decode()
    assert "ann@example.com" in listed
    assert "Reported as spam" in listed
    (row,) = SuppressedAddress.objects.all()

    client.post(f"/admin/marketplace/suppressedaddress/{row.pk}/delete/", {"post": "yes"})

    invite(kings)
    assert [message.to for message in mail.outbox] == [["ann@example.com"]]


def test_staff_enter_an_address_in_any_case(client: Client) -> None:
    client.force_login(make.staff(is_superuser=True))
    url = "/admin/marketplace/suppressedaddress/add/"

    assert client.post(url, {"email": "Ann@Example.com", "reason": "staff"}).status_code == 302

    assert stored() == [("ann@example.com", "staff")]
    again = client.post(url, {"email": "ANN@example.com", "reason": "staff"})
    assert "already exists" in again.content.decode()


def test_an_address_that_the_server_says_does_not_exist_is_not_tried_again(
    kings: Dealer, settings: Settings, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level(logging.DEBUG)
    settings.EMAIL_BACKEND = "django.core.mail.backends.smtp.EmailBackend"
    with mail_server.running() as server:
        settings.EMAIL_HOST, settings.EMAIL_PORT = "127.0.0.1", server.port
        server.answers = [b"550 5.7.1 not today\r\n", b"550 5.1.1 no such ann@example.com\r\n"]
        invite(kings, "bob@example.com")
        invite(kings)

    assert stored() == [("ann@example.com", "bounce")]
    assert server.mails == []
    assert "example.com" not in caplog.text


def test_a_mail_server_that_is_away_is_logged_without_the_address(
    kings: Dealer, settings: Settings, capfd: pytest.CaptureFixture[str]
) -> None:
    settings.EMAIL_BACKEND = "django.core.mail.backends.smtp.EmailBackend"
    with mail_server.running() as server:
        settings.EMAIL_HOST, settings.EMAIL_PORT = "127.0.0.1", server.port
        server.answers = [b"450 4.2.1 later for ann@example.com\r\n"]
        invite(kings)

    assert OutboxTask.objects.get().failure == "MailServerAway"
    assert "later for ann" not in "".join(capfd.readouterr())
