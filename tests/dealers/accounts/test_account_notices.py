"""People are told by mail what happens to their accounts, and what to do if it was not them."""

import re
from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest
from django.core import mail
from django.core.mail import EmailMultiAlternatives
from django.db.models import F
from django.test import Client, TestCase
from django.utils import timezone
from pytest_django import Settings

from dealers import account_notices, notice_emails, retention
from dealers.account_notices import NoticeKind
from dealers.accounts.second_factor import has_second_factor
from dealers.keys import create_key
from dealers.models import AccountNotice, AuditEvent, KnownPlace, Membership, User
from dealers.permissions import SYSTEM, Actor
from marketplace.mail import MailServerAway
from tests import make
from tests.dealers import mail_server
from tests.dealers.accounts.conftest import NEW_PASSWORD, PASSWORD, enrol, sign_in
from tests.listings.admin.forms import posted

pytestmark = pytest.mark.django_db
ACCOUNT = "/admin/account/"
FIREFOX = "Mozilla/5.0 (Windows NT 10.0; rv:140.0) Gecko/20100101 Firefox/140.0"
FIREFOX_LATER = FIREFOX.replace("140", "141")
CHROME = "Mozilla/5.0 (X11; Linux x86_64) AppleWebKit/537.36 Chrome/140.0 Safari/537.36"
RESET = "http://127.0.0.1:8000/password/reset/"


@pytest.fixture
def admin() -> Client:
    client = Client()
    client.force_login(make.staff(email="boss@example.com"))
    return client


def told_by(act: Callable[[], object]) -> list[tuple[str, str]]:
    """Do something; return to whom which mails went out."""
    mail.outbox.clear()
    with TestCase.captureOnCommitCallbacks(execute=True):
        act()
    return [(message.to[0], str(message.subject)) for message in mail.outbox]


def text_of(message: Any) -> str:
    """Return the mail's text, after seeing that its HTML says the same."""
    assert isinstance(message, EmailMultiAlternatives)
    words = re.sub(r"<[^>]+>", " ", str(message.alternatives[0][0]))
    for line in str(message.body).splitlines():
        said = line.partition(RESET)[0].removesuffix(": ").strip()
        assert said in words, said
    return str(message.body)


def come_in(agent: str = FIREFOX, address: str = "203.0.113.5", password: str = PASSWORD) -> Any:
    return sign_in(Client(), password=password, HTTP_USER_AGENT=agent, REMOTE_ADDR=address)


def test_a_changed_password_is_told_without_it(client: Client, clerk: User) -> None:
    sign_in(client)
    form = {"change-password": PASSWORD, "change-new_password": NEW_PASSWORD}
    to = (clerk.email, "Your password was changed")
    assert told_by(lambda: client.post(f"{ACCOUNT}password/", form)) == [to]
    text = text_of(mail.outbox[0])
    assert "Hello Sam Clerk" in text
    assert f"Set a new password: {RESET}" in text
    assert "One of the staff" not in text
    assert PASSWORD not in text
    assert NEW_PASSWORD not in text
    assert not AccountNotice.objects.exists()


def test_a_refused_change_is_told_to_nobody(client: Client, clerk: User) -> None:
    sign_in(client)
    form = {"change-password": PASSWORD, "change-new_password": "password1234"}
    assert told_by(lambda: client.post(f"{ACCOUNT}password/", form)) == []


def test_a_password_set_by_staff_says_so(admin: Client, clerk: User) -> None:
    new = {"usable_password": "true", "password1": NEW_PASSWORD, "password2": NEW_PASSWORD}
    url = f"/admin/dealers/user/{clerk.pk}/password/"
    to = (clerk.email, "Your password was changed")
    assert told_by(lambda: admin.post(url, new)) == [to]
    assert "One of the staff of the marketplace did it." in text_of(mail.outbox[0])


def test_a_changed_address_is_told_at_the_old_one_too(admin: Client, clerk: User) -> None:
    url = f"/admin/dealers/user/{clerk.pk}/change/"
    values = posted(admin, url) | {"email": "new@example.com"}
    subject = "Your e-mail address was changed"
    told = told_by(lambda: admin.post(url, values))
    assert told == [("clerk@example.com", subject), ("new@example.com", subject)]
    old = text_of(mail.outbox[0])
    assert "tell those who run the marketplace at once" in old
    assert "new@example.com" not in old
    assert RESET not in old


def test_another_change_of_a_person_is_told_to_nobody(admin: Client, clerk: User) -> None:
    url = f"/admin/dealers/user/{clerk.pk}/change/"
    values = posted(admin, url) | {"full_name": "Samuel Clerk"}
    assert told_by(lambda: admin.post(url, values)) == []
    clerk.refresh_from_db()
    assert clerk.full_name == "Samuel Clerk"


def test_the_second_factor_switched_off_and_new_codes_are_told(client: Client, clerk: User) -> None:
    enrol(clerk)
    client.force_login(clerk)
    made = told_by(lambda: client.post(f"{ACCOUNT}codes/"))
    assert made == [(clerk.email, "Your recovery codes were replaced")]
    text = text_of(mail.outbox[0])
    assert not re.search(r"[a-z2-7]{4}(-[a-z2-7]{4}){3}", text)
    off = told_by(lambda: client.post(f"{ACCOUNT}stop/"))
    assert off == [(clerk.email, "Your second factor was switched off")]
    assert not has_second_factor(clerk.pk)


def test_staff_who_switch_it_off_are_named_as_staff(admin: Client, clerk: User) -> None:
    enrol(clerk)
    url = f"/admin/dealers/user/{clerk.pk}/second-factor/off/"
    assert len(told_by(lambda: admin.post(url))) == 1
    assert "One of the staff" in text_of(mail.outbox[0])


def test_a_key_is_told_to_who_made_it_without_its_secret() -> None:
    dealer, owner = make.dealer(), make.user(email="owner@example.com")
    Membership.objects.create(user=owner, dealer=dealer, role="owner")
    tokens = []

    def make_key(actor: Actor) -> None:
        made = create_key(
            dealer_id=dealer.pk, actor=actor, name="Stock system", scopes=["stock:read"]
        )
        tokens.append(made.token)

    told = told_by(lambda: make_key(Actor.person(owner.pk)))
    assert told == [("owner@example.com", "An API key was made in your name")]
    text = text_of(mail.outbox[0])
    assert "What: Stock system" in text
    assert tokens[0].rpartition("_")[2] not in text
    assert told_by(lambda: make_key(SYSTEM)) == []


def test_the_first_sign_in_is_no_news_and_a_new_network_or_browser_is(clerk: User) -> None:
    subject = (clerk.email, "A sign-in from a new place")
    assert told_by(come_in) == []
    assert told_by(come_in) == []
    assert told_by(lambda: come_in(address="203.0.113.99")) == []  # the same network
    assert told_by(lambda: come_in(FIREFOX_LATER)) == []
    assert told_by(lambda: come_in(address="198.51.100.7")) == [subject]
    text = text_of(mail.outbox[0])
    assert "Network: 198.51.100.0/24" in text
    assert "198.51.100.7" not in text
    assert "Browser: Firefox on Windows" in text
    assert told_by(lambda: come_in(address="198.51.100.7")) == []
    assert told_by(lambda: come_in(CHROME)) == [subject]


def test_a_place_is_new_again_after_ninety_days(clerk: User) -> None:
    come_in()
    come_in(CHROME)
    for days, news in ((89, 0), (91, 1)):
        seen = F("seen_at") - timedelta(days=days)
        KnownPlace.objects.filter(kind="browser").update(seen_at=seen)
        assert len(told_by(lambda: come_in(CHROME))) == news


def test_a_wrong_password_and_half_a_sign_in_are_no_sign_in(client: Client, clerk: User) -> None:
    come_in()
    enrol(clerk)
    assert told_by(lambda: come_in(CHROME, password="wrong")) == []
    assert told_by(lambda: come_in(CHROME)) == []  # the code is not given yet
    assert KnownPlace.objects.count() == 2


@pytest.mark.parametrize(("days", "news"), [(89, 0), (None, 1)])
def test_before_places_were_kept_the_audit_log_knows_networks(
    clerk: User, days: int | None, news: int
) -> None:
    User.objects.update(last_login=timezone.now())
    if days is not None:
        AuditEvent.objects.create(
            kind="signed_in",
            actor=clerk,
            address="203.0.113.0/24",
            happened_at=timezone.now() - timedelta(days=days),
        )
    assert len(told_by(come_in)) == news


def test_places_are_kept_as_digests_and_not_for_ever(clerk: User, settings: Settings) -> None:
    come_in()
    kept = str([vars(place) for place in KnownPlace.objects.all()])
    for told in ("203.0.113", "Firefox", "Windows"):
        assert told not in kept
    other = make.staff(email="other@example.com", password=PASSWORD)
    sign_in(Client(), other.email, HTTP_USER_AGENT=FIREFOX, REMOTE_ADDR="203.0.113.5")
    assert KnownPlace.objects.values("digest").distinct().count() == 4
    KnownPlace.objects.filter(user=clerk).update(seen_at=timezone.now() - timedelta(days=91))
    assert retention.apply("known_places") == 2
    assert set(KnownPlace.objects.values_list("user", flat=True)) == {other.pk}


def test_a_place_is_known_after_a_change_of_the_key(clerk: User, settings: Settings) -> None:
    settings.DIGEST_KEY = "first" * 8
    come_in()
    settings.DIGEST_KEY, settings.DIGEST_KEY_FALLBACKS = "second" * 8, ["first" * 8]
    assert told_by(come_in) == []


def test_a_mail_server_that_is_away_loses_no_notice(clerk: User, settings: Settings) -> None:
    account_notices.notify(clerk, NoticeKind.FACTOR_OFF, actor=Actor.person(clerk.pk))
    notice = AccountNotice.objects.get()
    with mail_server.running() as server:
        settings.EMAIL_BACKEND = "django.core.mail.backends.smtp.EmailBackend"
        settings.EMAIL_HOST, settings.EMAIL_PORT = "127.0.0.1", server.port
        server.answers = [b"450 later\r\n"]
        with pytest.raises(MailServerAway):
            notice_emails.send_account_notice(notice_id=notice.pk)
        assert AccountNotice.objects.get() == notice
        assert notice_emails.send_account_notice(notice_id=notice.pk)
        assert not notice_emails.send_account_notice(notice_id=notice.pk)
        assert len(server.mails) == 1
