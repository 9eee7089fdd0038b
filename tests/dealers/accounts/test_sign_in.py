"""Signing in: counted, locked after repeated failures, and silent about which accounts exist."""

import logging
from datetime import timedelta

import pytest
from django.test import Client
from pytest_django import Settings

from dealers.models import AuditEvent, Session, SignInThrottle, User
from tests import make
from tests.dealers.accounts.conftest import DOOR, PASSWORD, is_signed_in, pass_time, sign_in

pytestmark = pytest.mark.django_db


def fail(client: Client, times: int, email: str = "clerk@example.com", **extra: str) -> list[int]:
    return [sign_in(client, email, "wrong", **extra).status_code for _ in range(times)]


def counted() -> dict[str, int]:
    """Return the most failures that any row of each kind has."""
    rows = SignInThrottle.objects.filter(failures__gt=0).order_by("failures")
    return dict(rows.values_list("scope", "failures"))


def test_the_right_password_opens_a_session(client: Client, clerk: User) -> None:
    answer = sign_in(client, HTTP_USER_AGENT="Firefox/1", REMOTE_ADDR="203.0.113.77")
    assert (answer.status_code, answer["Location"]) == (302, "/admin/")
    assert is_signed_in(client)
    session = Session.objects.get()
    assert (session.user, session.user_agent) == (clerk, "Firefox/1")
    assert session.network == "203.0.113.0/24"
    event = AuditEvent.objects.get()
    assert (event.kind, event.actor, event.address) == ("signed_in", clerk, "203.0.113.0/24")


def test_signing_in_leads_to_the_page_that_was_asked_for(client: Client, clerk: User) -> None:
    target = "/admin/listings/listing/"
    assert client.get(target)["Location"] == f"{DOOR}?next={target}"
    form = {"username": clerk.email, "password": PASSWORD}
    assert client.post(f"{DOOR}?next={target}", form)["Location"] == target
    assert client.post(f"{DOOR}?next=https://evil.example/", form)["Location"] == "/admin/"


def test_the_fifth_failure_locks_the_account_at_this_address(client: Client, clerk: User) -> None:
    assert fail(client, 5) == [200, 200, 200, 200, 429]
    answer = sign_in(client)
    assert (answer.status_code, answer["Retry-After"]) == (429, "900")
    assert "Wait 15 minutes" in answer.content.decode()
    assert not is_signed_in(client)
    event = AuditEvent.objects.get()
    assert (event.kind, event.actor) == ("locked_out", clerk)
    assert sign_in(client, REMOTE_ADDR="198.51.100.9").status_code == 302


def test_an_unknown_account_is_locked_just_the_same(client: Client, clerk: User) -> None:
    known = [sign_in(client, password="wrong") for _ in range(6)]
    unknown = [sign_in(client, "nobody@example.com", "wrong") for _ in range(6)]
    assert [page.status_code for page in known] == [page.status_code for page in unknown]
    assert known[5].content == unknown[5].content
    texts = [page.content.decode() for page in (known[0], unknown[0])]
    assert all("Please enter the correct" in text for text in texts)


def test_letters_and_spaces_do_not_make_another_account(client: Client, clerk: User) -> None:
    names = ["clerk@example.com", "CLERK@example.com", " clerk@example.com", "Clerk@Example.com "]
    assert [fail(client, 1, name) for name in names] == [[200]] * 4
    assert fail(client, 1, "clerk@EXAMPLE.com") == [429]


def test_another_account_at_the_address_is_not_locked(client: Client, clerk: User) -> None:
    fail(client, 6, "colleague@example.com")
    assert sign_in(client).status_code == 302


def test_one_address_fails_only_so_often_for_all_accounts(
    client: Client, clerk: User, settings: Settings
) -> None:
    settings.SIGN_IN_FAILURES_PER_ADDRESS = 8
    assert [fail(client, 1, f"p{n}@example.com")[0] for n in range(8)] == [200] * 7 + [429]
    assert sign_in(client).status_code == 429
    assert sign_in(client, REMOTE_ADDR="198.51.100.9").status_code == 302


def test_success_forgets_the_account_but_not_the_address(client: Client, clerk: User) -> None:
    fail(client, 3)
    fail(client, 2, "other@example.com")
    sign_in(client)
    assert counted() == {"account": 3, "account_at_address": 2, "address": 5, "network": 5}
    assert fail(client, 4) == [200] * 4


def test_the_lock_ends_by_itself_and_is_not_drawn_out(client: Client, clerk: User) -> None:
    fail(client, 8)
    assert set(counted().values()) == {5}
    pass_time(timedelta(minutes=16))
    assert sign_in(client).status_code == 302


def test_what_proxies_add_is_believed_and_nothing_else(
    client: Client, clerk: User, settings: Settings
) -> None:
    settings.TRUSTED_PROXIES = 1
    fail(client, 5, HTTP_X_FORWARDED_FOR="192.0.2.1, 203.0.113.5")
    forged = {"HTTP_X_FORWARDED_FOR": "192.0.2.2, 203.0.113.5"}
    assert sign_in(client, **forged).status_code == 429
    settings.TRUSTED_PROXIES = 0
    fail(client, 5, "x@example.com", HTTP_X_FORWARDED_FOR="192.0.2.2")
    assert sign_in(client, "x@example.com").status_code == 429
    assert sign_in(client, "x@example.com", REMOTE_ADDR="192.0.2.2").status_code == 200


def test_neighbours_in_an_ipv6_network_count_as_one(client: Client, clerk: User) -> None:
    for n in range(5):
        fail(client, 1, REMOTE_ADDR=f"2001:db8:0:7::{n + 1}")
    assert sign_in(client, REMOTE_ADDR="2001:db8:0:7::99").status_code == 429
    assert sign_in(client, REMOTE_ADDR="2001:db8:0:8::1").status_code == 302


def test_who_is_no_staff_is_told_what_a_wrong_password_is_told(client: Client) -> None:
    make.user(email="dealer@example.com", password=PASSWORD)
    right = sign_in(client, "dealer@example.com")
    wrong = sign_in(client, "nobody@example.com")
    words = "Please enter the correct e-mail address and password for a staff account"
    assert [words in page.content.decode() for page in (right, wrong)] == [True, True]
    assert not AuditEvent.objects.exists()


def test_logs_name_neither_account_nor_address_nor_password(
    client: Client, clerk: User, caplog: pytest.LogCaptureFixture
) -> None:
    with caplog.at_level(logging.DEBUG):
        fail(client, 6)
        sign_in(client, REMOTE_ADDR="203.0.113.5")
    for secret in ("clerk@", "127.0.0.1", "203.0.113.5", "wrong", PASSWORD):
        assert secret not in caplog.text
    kept = str([vars(row) for row in SignInThrottle.objects.all()])
    assert not any(secret in kept for secret in ("clerk", "127.0.0.1", "wrong", PASSWORD))


def test_the_cookie_is_for_browsers_and_tls_only(
    client: Client, clerk: User, settings: Settings
) -> None:
    settings.SESSION_COOKIE_SECURE = True  # as outside DEBUG
    cookie = sign_in(client).cookies["sessionid"]
    assert (cookie["httponly"], cookie["secure"], cookie["samesite"]) == (True, True, "Lax")
    assert client.get(DOOR)["X-Frame-Options"] == "DENY"
