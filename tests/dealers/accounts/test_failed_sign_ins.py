"""Failed sign-ins stand in the dealer's audit log: one event for an account and ten minutes."""

from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from django.db import connection
from django.db.models import F
from django.test import Client
from django.test.utils import CaptureQueriesContext

from dealers.models import AuditEvent, Membership, SignInFailureCount, User
from dealers.periodic import log_failed_sign_ins
from tests import make
from tests.dealers.accounts.conftest import PASSWORD, enrol, forget_wait, sign_in

pytestmark = pytest.mark.django_db


def log_later() -> list[Any]:
    """Let ten minutes pass and the job run; return what the audit log has of failures."""
    SignInFailureCount.objects.update(began_at=F("began_at") - timedelta(minutes=11))
    log_failed_sign_ins()
    events = AuditEvent.objects.filter(kind="sign_in_failed").order_by("id")
    return [(event.actor_id, event.changes, event.address) for event in events]


def test_one_event_counts_what_failed_and_how(client: Client, clerk: User) -> None:
    for address in ("203.0.113.5", "198.51.100.9", "203.0.113.5"):
        sign_in(client, password="wrong", REMOTE_ADDR=address)
    counts = {"wrong passwords": [None, 3]}
    assert log_later() == [(clerk.pk, counts, "203.0.113.0/24")]
    assert not SignInFailureCount.objects.exists()
    assert len(log_later()) == 1


def test_many_failures_are_no_more_rows(client: Client, clerk: User) -> None:
    for _ in range(12):
        sign_in(client, password="wrong")
    assert SignInFailureCount.objects.count() == 1
    ((_, counts, _),) = log_later()
    assert counts == {"wrong passwords": [None, 5], "while locked": [None, 7]}


def test_wrong_codes_are_told_from_wrong_passwords(client: Client, clerk: User) -> None:
    enrol(clerk)
    sign_in(client)
    client.post("/sign-in/code/", {"code": "no-such-code"})
    sign_in(Client(), password="wrong")
    ((_, counts, _),) = log_later()
    assert counts == {"wrong passwords": [None, 1], "wrong codes": [None, 1]}


def test_a_code_that_is_sent_while_locked_counts(client: Client, clerk: User) -> None:
    enrol(clerk)
    sign_in(client)
    for _ in range(5):
        forget_wait(clerk)
        client.post("/sign-in/code/", {"code": "no-such-code"})
    assert client.post("/sign-in/code/", {"code": "no-such-code"}).status_code == 429
    ((_, counts, _),) = log_later()
    assert counts == {"wrong codes": [None, 5], "while locked": [None, 1]}


def test_what_is_going_on_is_not_written_yet(client: Client, clerk: User) -> None:
    sign_in(client, password="wrong")
    log_failed_sign_ins()
    assert not AuditEvent.objects.filter(kind="sign_in_failed").exists()
    assert SignInFailureCount.objects.get().wrong_passwords == 1


def test_the_event_says_when_the_ten_minutes_began(client: Client, clerk: User) -> None:
    sign_in(client, password="wrong")
    began_at = datetime(2026, 3, 4, 5, 10, tzinfo=UTC)
    SignInFailureCount.objects.update(began_at=began_at)
    log_failed_sign_ins()
    assert AuditEvent.objects.get(kind="sign_in_failed").happened_at == began_at


def test_owners_read_what_failed_for_their_people_and_for_nobody_elses(client: Client) -> None:
    owners = {}
    for name in ("kings", "queens"):
        dealer = make.dealer(name=name, slug=name)
        owners[name] = make.user(email=f"owner@{name}.example", password=PASSWORD)
        Membership.objects.create(user=owners[name], dealer=dealer, role="owner")
    form = {"username": owners["kings"].email, "password": "wrong"}
    client.post("/dealer/login/", form, REMOTE_ADDR="203.0.113.5")
    log_later()
    shown = {}
    for name, owner in owners.items():
        client.force_login(owner)
        shown[name] = client.get("/dealer/audit/").content.decode()
    assert "Failed to sign in" in shown["kings"]
    assert "203.0.113.0/24" in shown["kings"]
    assert "Failed to sign in" not in shown["queens"]


def test_an_unknown_account_is_counted_alike_and_written_nowhere(
    client: Client, clerk: User
) -> None:
    def statements(email: str) -> list[str]:
        with CaptureQueriesContext(connection) as seen:
            sign_in(client, email, "wrong")
        return [query["sql"].split()[0] for query in seen if "failurecount" in query["sql"]]

    assert statements(clerk.email) == statements("nobody@example.com") != []
    assert statements(clerk.email) == statements("somebody@example.com") != []
    assert SignInFailureCount.objects.count() == 2
    assert [actor for actor, _, _ in log_later()] == [clerk.pk]
    assert not SignInFailureCount.objects.exists()
