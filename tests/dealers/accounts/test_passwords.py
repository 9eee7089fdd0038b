"""Passwords: changed by who knows the old one, set anew by a mailed link."""

import re
from datetime import timedelta
from typing import Any

import pytest
from celery.signals import task_prerun
from django.core import mail
from django.core.cache import cache
from django.core.mail import EmailMultiAlternatives
from django.test import Client, TestCase
from django.utils import timezone
from pytest_django import Settings

from dealers import account_emails
from dealers.models import AuditEvent, SignInThrottle, User
from tests import make
from tests.dealers.accounts.conftest import (
    DOOR,
    NEW_PASSWORD,
    PASSWORD,
    enrol,
    is_signed_in,
    sign_in,
)

pytestmark = pytest.mark.django_db
CHANGE = "/admin/account/password/"
RESET = "/password/reset/"


def mailed_link() -> str:
    (found,) = re.findall(r"http://127.0.0.1:8000(/password/reset/\S+)", str(mail.outbox[-1].body))
    return str(found)


def ask(client: Client, email: str) -> str:
    with TestCase.captureOnCommitCallbacks(execute=True):
        return client.post(RESET, {"email": email}, follow=True).content.decode()


def set_new(client: Client, password: str = NEW_PASSWORD) -> str:
    form = client.get(mailed_link(), follow=True)
    values = {"new_password1": password, "new_password2": password}
    return client.post(form.redirect_chain[-1][0], values, follow=True).content.decode()


def kinds() -> list[str]:
    return list(AuditEvent.objects.order_by("id").values_list("kind", flat=True))


def test_the_old_password_and_a_good_new_one_change_it(client: Client, clerk: User) -> None:
    sign_in(client)
    form = {"change-password": PASSWORD, "change-new_password": NEW_PASSWORD}
    assert client.post(CHANGE, form).status_code == 302
    clerk.refresh_from_db()
    assert clerk.check_password(NEW_PASSWORD)
    assert kinds() == ["signed_in", "password_changed"]


@pytest.mark.parametrize(
    ("old", "new", "message"),
    [
        ("wrong", NEW_PASSWORD, "That is not your password."),
        (PASSWORD, "short", "too short"),
        (PASSWORD, "elevenchars", "at least 12"),
        (PASSWORD, "password1234", "too common"),
        (PASSWORD, "P@ssw0rd 2026!", "too common"),
        (PASSWORD, "clerk@example.com", "too similar"),
    ],
)
def test_a_refused_change_changes_nothing(
    client: Client, clerk: User, old: str, new: str, message: str
) -> None:
    sign_in(client)
    page = client.post(CHANGE, {"change-password": old, "change-new_password": new})
    assert message in page.content.decode()
    clerk.refresh_from_db()
    assert clerk.check_password(PASSWORD)
    assert kinds() == ["signed_in"]


def test_guessing_the_old_password_is_locked_like_signing_in(client: Client, clerk: User) -> None:
    sign_in(client)
    form = {"change-password": "wrong", "change-new_password": NEW_PASSWORD}
    assert [client.post(CHANGE, form).status_code for _ in range(5)] == [200] * 4 + [429]
    assert client.post(CHANGE, form | {"change-password": PASSWORD}).status_code == 429


def test_the_admins_own_page_for_passwords_leads_to_the_account(
    client: Client, clerk: User
) -> None:
    sign_in(client)
    assert client.get("/admin/password_change/")["Location"] == "/admin/account/"


def test_a_mailed_link_sets_a_new_password_once(client: Client, clerk: User) -> None:
    elsewhere = Client()
    sign_in(elsewhere)
    assert "Look into your mail" in ask(client, " Clerk@Example.com ")
    (message,) = mail.outbox
    assert isinstance(message, EmailMultiAlternatives)
    assert message.to == ["clerk@example.com"]
    assert mailed_link() in str(message.alternatives[0][0])
    assert "Your new password is set" in set_new(client)
    clerk.refresh_from_db()
    assert clerk.check_password(NEW_PASSWORD)
    assert not is_signed_in(elsewhere)
    assert not is_signed_in(client)
    assert "used or is too old" in client.get(mailed_link(), follow=True).content.decode()
    assert kinds() == ["signed_in", "password_reset_sent", "password_changed"]


def test_an_unknown_address_is_answered_alike_and_sent_nothing(client: Client, clerk: User) -> None:
    make.user(email="closed@example.com", password=PASSWORD, is_active=False)
    make.user(email="never@example.com")
    pages = {
        ask(client, email)
        for email in ("nobody@example.com", "closed@example.com", "never@example.com")
    }
    assert len(mail.outbox) == 0
    assert pages == {ask(client, "clerk@example.com")}
    assert len(mail.outbox) == 1


def test_the_link_of_a_weak_password_stays_good(client: Client, clerk: User) -> None:
    ask(client, clerk.email)
    assert "too common" in set_new(client, "passwordpassword")
    assert "Your new password is set" in set_new(client)


def test_only_a_few_links_go_out_within_an_hour(client: Client, clerk: User) -> None:
    for _ in range(account_emails.RESETS_MAX + 2):
        ask(client, clerk.email)
    assert len(mail.outbox) == account_emails.RESETS_MAX == 3


def test_a_flood_for_one_account_queues_little_and_tells_nothing_of_it(
    client: Client, clerk: User, settings: Settings
) -> None:
    cache.clear()
    settings.PASSWORD_RESETS_PER_ACCOUNT = 4
    queued: list[str] = []

    def count(sender: Any = None, **_: object) -> None:
        queued.append(sender.name)

    task_prerun.connect(count)
    try:
        pages = {ask(client, name) for name in ["clerk@example.com", " CLERK@example.com "] * 15}
        unknown = {ask(client, "nobody@example.com") for _ in range(30)}
    finally:
        task_prerun.disconnect(count)
    assert pages == unknown
    assert len(pages) == 1
    assert 8 <= len(queued) <= 16  # twice as many where an hour ends between
    assert len(mail.outbox) == account_emails.RESETS_MAX
    cache.clear()


def test_a_new_password_opens_the_lock(client: Client, clerk: User) -> None:
    for _ in range(5):
        sign_in(client, password="wrong")
    assert sign_in(client).status_code == 429
    ask(client, clerk.email)
    set_new(client)
    assert not SignInThrottle.objects.filter(user=clerk).exists()
    assert sign_in(client, password=NEW_PASSWORD).status_code == 302


def test_a_new_password_does_not_stand_in_for_the_second_factor(
    client: Client, clerk: User
) -> None:
    enrol(clerk)
    ask(client, clerk.email)
    set_new(client)
    assert sign_in(client, password=NEW_PASSWORD)["Location"] == "/sign-in/code/"
    assert not is_signed_in(client)


def test_the_sign_in_page_links_to_it(client: Client) -> None:
    assert f'href="{RESET}"' in client.get(DOOR).content.decode()


@pytest.mark.parametrize(
    ("hours_ago", "is_sent"),
    [
        ([2, 6, 10, 14], False),
        ([2, 6, 10, 25], True),
        ([2, 6, 10], True),
        ([5, 8, 11, 14], True),  # or somebody else could keep the person from any good link
    ],
)
def test_a_days_links_are_limited_while_one_is_good(
    client: Client, clerk: User, settings: Settings, hours_ago: list[int], is_sent: bool
) -> None:
    settings.PASSWORD_RESETS_PER_DAY = 4
    for hours in hours_ago:
        AuditEvent.objects.create(
            kind="password_reset_sent",
            actor_id=clerk.pk,
            happened_at=timezone.now() - timedelta(hours=hours),
        )
    ask(client, clerk.email)
    assert len(mail.outbox) == is_sent
