"""One changes one's own e-mail address by a link that is mailed to the new one."""

import re
from datetime import timedelta

import pytest
from django.core import mail
from django.db.models import F
from django.test import Client, TestCase
from pytest_django import Settings

from dealers import links, retention
from dealers.models import AuditEvent, EmailChange, User
from tests import make
from tests.dealers.accounts.conftest import is_signed_in, sign_in

pytestmark = pytest.mark.django_db
ACCOUNT = "/admin/account/"
OLD, NEW = "clerk@example.com", "sam@example.org"


def ask(client: Client, email: str = NEW) -> str:
    """Ask for a change at the account's page; return the path of the mailed link."""
    with TestCase.captureOnCommitCallbacks(execute=True):
        assert client.post(f"{ACCOUNT}email/", {"email": email})["Location"] == ACCOUNT
    assert mail.outbox[-1].to == [email]
    return link_in("/email/")


def link_in(route: str) -> str:
    found = re.search(rf"http://127.0.0.1:8000({route}\S+)", str(mail.outbox[-1].body))
    assert found is not None
    return found[1]


def address_of(user: User) -> str:
    return User.objects.get(pk=user.pk).email


@pytest.fixture
def link(client: Client, clerk: User) -> str:
    sign_in(client)
    return ask(client)


def test_nothing_changes_until_the_link_is_opened_and_confirmed(
    client: Client, clerk: User, link: str
) -> None:
    anybody = Client()
    assert NEW in anybody.get(link).text
    assert address_of(clerk) == OLD
    with TestCase.captureOnCommitCallbacks(execute=True):
        assert f"You sign in as {NEW}" in anybody.post(link).text
    assert address_of(clerk) == NEW
    assert [message.to for message in mail.outbox[-2:]] == [[OLD], [NEW]]
    event = AuditEvent.objects.latest("pk")
    assert (event.kind, event.actor, event.subject) == ("user_changed", clerk, "E-mail address")
    assert is_signed_in(client)
    assert not is_signed_in(anybody)
    assert sign_in(Client(), NEW)["Location"] == "/admin/"
    assert sign_in(Client(), OLD).status_code == 200


def test_a_link_is_good_once(clerk: User, link: str) -> None:
    Client().post(link)
    User.objects.update(email="third@example.com")
    for again in (Client().get, Client().post):
        assert again(link).status_code == 410
    assert address_of(clerk) == "third@example.com"


def test_a_newer_link_makes_the_one_before_void(client: Client, clerk: User, link: str) -> None:
    newer = ask(client, "second@example.org")
    assert Client().post(link).status_code == 410
    assert Client().post(newer).status_code == 200
    assert address_of(clerk) == "second@example.org"


def test_an_address_that_somebody_has_is_told_to_its_owner_alone(
    client: Client, clerk: User
) -> None:
    make.user(email=NEW.upper())
    sign_in(client)
    refused = Client().post(ask(client))
    assert (refused.status_code, "has an account already" in refused.text) == (410, True)
    assert address_of(clerk) == OLD


@pytest.mark.parametrize("fault", ["closed", "too old", "forged", "of another purpose"])
def test_a_link_that_does_not_hold_changes_nothing(
    clerk: User, link: str, fault: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    if fault == "closed":
        User.objects.update(is_active=False)
    elif fault == "too old":
        monkeypatch.setattr(links, "EMAIL_CHANGE_AGE_MAX", timedelta(seconds=-1))
    elif fault == "forged":
        link = link.replace("/email/", "/email/x")
    else:
        other = links.weekly_mail_url(EmailChange.objects.get().pk).rstrip("/")
        link = f"/email/{other.rpartition('/')[2]}/"
    for use in (Client().get, Client().post):
        assert use(link).status_code == 410
    assert address_of(clerk) == OLD


def test_a_link_to_a_new_password_is_void_with_the_old_address(clerk: User, link: str) -> None:
    with TestCase.captureOnCommitCallbacks(execute=True):
        Client().post("/password/reset/", {"email": OLD})
    reset = link_in("/password/reset/")
    assert "new_password1" in Client().get(reset, follow=True).text
    Client().post(link)
    assert "new_password1" not in Client().get(reset, follow=True).text


def test_one_cannot_have_mails_sent_on_and_on(
    client: Client, clerk: User, settings: Settings
) -> None:
    settings.PASSWORD_RESETS_PER_ACCOUNT = 2
    sign_in(client)
    for _ in range(2):
        ask(client)
    refused = client.post(f"{ACCOUNT}email/", {"email": "third@example.org"})
    assert "asked for several already" in refused.text
    assert EmailChange.objects.get().email == NEW


def test_what_is_not_confirmed_is_forgotten_after_a_day(clerk: User, link: str) -> None:
    retention.apply("email_changes")
    assert EmailChange.objects.count() == 1
    EmailChange.objects.update(asked_at=F("asked_at") - timedelta(hours=25))
    retention.apply("email_changes")
    assert not EmailChange.objects.exists()
