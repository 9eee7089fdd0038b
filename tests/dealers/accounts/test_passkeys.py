"""Passkeys: made at one's account, a second step, and a sign-in of their own."""

import json
import re
from datetime import timedelta
from typing import Any

import pytest
from allauth.account.utils import user_pk_to_url_str
from allauth.mfa.models import Authenticator
from django.core import mail
from django.test import Client, TestCase
from pytest_django import Settings

from dealers.accounts import second_factor
from dealers.models import AuditEvent, RecoveryCode, Session, User
from tests import make
from tests.authenticator import set_up_code
from tests.dealers.accounts.conftest import (
    current_code,
    enrol,
    is_signed_in,
    sign_in,
)
from tests.dealers.accounts.software_passkey import PRESENT, SoftwarePasskey, encoded

pytestmark = pytest.mark.django_db
ACCOUNT = "/admin/account/"
DOOR = "/admin/login/"
STEP = "/sign-in/code/"
SETUP = "/sign-in/set-up/"
NOT_ACCEPTED = "This passkey was not accepted."


def options_in(page: str) -> dict[str, Any]:
    """Return what a page asks the browser for a passkey with."""
    found = re.search(r'<script id="passkey-options" type="application/json">(.*?)</script>', page)
    assert found is not None
    options: dict[str, Any] = json.loads(found[1])
    return options


def make_passkey(client: Client, passkey: SoftwarePasskey, name: str = "Laptop") -> Any:
    options = options_in(client.post(f"{ACCOUNT}passkey/").text)
    made = {"name": name, "credential": passkey.make(options)}
    return client.post(f"{ACCOUNT}passkey-add/", made)


def sign_in_by(client: Client, passkey: SoftwarePasskey, door: str = DOOR) -> Any:
    options = client.post("/sign-in/passkey/").json()
    return client.post(door, {"credential": passkey.answer(options)})


@pytest.fixture
def passkey(clerk: User) -> SoftwarePasskey:
    client, made = Client(), SoftwarePasskey()
    sign_in(client)
    assert make_passkey(client, made).status_code == 200
    return made


def test_it_is_made_as_the_first_factor_with_recovery_codes(client: Client, clerk: User) -> None:
    other = Client()
    sign_in(other)
    sign_in(client)
    with TestCase.captureOnCommitCallbacks(execute=True):
        shown = make_passkey(client, SoftwarePasskey())
    assert len(re.findall(r"<code>[a-z2-7-]{29}</code>", shown.text)) == 10
    assert RecoveryCode.objects.filter(user=clerk).count() == 10
    assert (is_signed_in(client), is_signed_in(other)) == (True, False)
    assert "Passkey Laptop" in client.get(ACCOUNT).text
    event = AuditEvent.objects.latest("pk")
    assert (event.kind, event.changes) == (
        "second_factor_on",
        {"factor": [None, "Passkey Laptop"]},
    )
    assert mail.outbox[-1].subject == "A second factor was added to your account"


def test_it_takes_the_second_step(client: Client, clerk: User, passkey: SoftwarePasskey) -> None:
    assert sign_in(client)["Location"] == STEP
    options = options_in(client.get(STEP).text)
    assert not is_signed_in(client)
    answer = client.post(STEP, {"credential": passkey.answer(options)})
    assert (answer.status_code, answer["Location"]) == (302, "/admin/")
    assert is_signed_in(client)
    assert Authenticator.objects.get().last_used_at is not None


def test_it_signs_in_alone_and_leads_where_one_was_going(
    client: Client, clerk: User, passkey: SoftwarePasskey
) -> None:
    target = "/admin/listings/listing/"
    answer = sign_in_by(client, passkey, f"{DOOR}?next={target}")
    assert (answer.status_code, answer["Location"]) == (302, target)
    assert is_signed_in(client)
    assert AuditEvent.objects.latest("pk").kind == "signed_in"
    session = Session.objects.filter(user=clerk).latest("created_at")
    assert session.expire_date - session.created_at > timedelta(hours=1)  # not the challenge's
    assert Session.objects.filter(user=None).count() == 0


def test_asking_for_one_shortens_nobodys_session_and_leaves_none_for_long(
    client: Client, clerk: User, passkey: SoftwarePasskey
) -> None:
    client.force_login(clerk)
    client.post("/sign-in/passkey/")
    assert client.session.get_expiry_age() == 14 * 24 * 3600
    stranger = Client()
    assert stranger.post("/sign-in/passkey/").cookies["sessionid"]["max-age"] == 600
    challenge = Session.objects.get(user=None)
    assert challenge.expire_date - challenge.created_at < timedelta(minutes=11)


def test_no_log_names_a_passkey_or_what_it_answered(
    client: Client, clerk: User, passkey: SoftwarePasskey, caplog: pytest.LogCaptureFixture
) -> None:
    options = client.post("/sign-in/passkey/").json()
    answer = passkey.answer(options)
    client.post(DOOR, {"credential": answer})
    assert is_signed_in(client)
    secrets = (passkey.number.hex(), encoded(passkey.number), options["publicKey"]["challenge"])
    assert "request_finished" in caplog.text
    assert [each for each in secrets if each in caplog.text] == []


def test_an_answer_is_good_once(client: Client, clerk: User, passkey: SoftwarePasskey) -> None:
    options = client.post("/sign-in/passkey/").json()
    answer = {"credential": passkey.answer(options)}
    assert client.post(DOOR, answer)["Location"] == "/admin/"
    client.post("/admin/logout/")
    client.post("/sign-in/passkey/")
    refused = client.post(DOOR, answer, follow=True)
    assert NOT_ACCEPTED in refused.text
    assert not is_signed_in(client)


def test_a_challenge_of_another_browser_does_not_count(
    client: Client, clerk: User, passkey: SoftwarePasskey
) -> None:
    options = Client().post("/sign-in/passkey/").json()
    client.post("/sign-in/passkey/")
    refused = client.post(DOOR, {"credential": passkey.answer(options)}, follow=True)
    assert NOT_ACCEPTED in refused.text
    assert not is_signed_in(client)


@pytest.mark.parametrize(
    "fault", ["another key", "another site", "nobody verified", "another's handle", "plain HTTP"]
)
def test_what_does_not_hold_is_refused(
    client: Client, clerk: User, passkey: SoftwarePasskey, fault: str
) -> None:
    options, origin = client.post("/sign-in/passkey/").json(), "https://testserver"
    if fault == "another key":
        passkey.key = SoftwarePasskey().key
    elif fault == "another site":
        passkey.host, origin = "evil.example", "https://evil.example"
    elif fault == "nobody verified":
        passkey.flags = PRESENT
    elif fault == "plain HTTP":
        origin = "http://testserver"
    else:
        passkey.handle = encoded(user_pk_to_url_str(make.staff()).encode())
    refused = client.post(DOOR, {"credential": passkey.answer(options, origin)}, follow=True)
    assert NOT_ACCEPTED in refused.text
    assert not is_signed_in(client)
    assert Authenticator.objects.get().last_used_at is None


@pytest.mark.parametrize(
    "junk",
    [
        *("", "{", "[]", "7", "null", '{"id": 1}', '{"response": []}'),
        '{"response": {"userHandle": 5}}',
        '{"response":{"userHandle":"eHh4eHh4eHh4eHh4eHh4eHh4eHh4"}}',
        '{"id":"AA","rawId":"AA","type":"public-key","response":{"clientDataJSON":"AA"}}',
        "x" * 30_000,
    ],
)
def test_junk_is_refused_everywhere(
    client: Client, clerk: User, passkey: SoftwarePasskey, junk: str
) -> None:
    client.post("/sign-in/passkey/")
    assert NOT_ACCEPTED in client.post(DOOR, {"credential": junk}, follow=True).text
    sign_in(client)
    client.get(STEP)
    assert NOT_ACCEPTED in client.post(STEP, {"credential": junk}).text
    assert not is_signed_in(client)
    client.force_login(clerk)
    client.post(f"{ACCOUNT}passkey/")
    added = client.post(f"{ACCOUNT}passkey-add/", {"name": "Bad", "credential": junk})
    assert added.status_code == 200
    assert Authenticator.objects.count() == 1


def test_a_device_that_verified_nobody_cannot_be_made_a_passkey(
    client: Client, clerk: User
) -> None:
    sign_in(client)
    answer = make_passkey(client, SoftwarePasskey(flags=PRESENT))
    assert NOT_ACCEPTED in answer.text
    assert not Authenticator.objects.exists()


def test_it_is_nobody_elses_second_step(client: Client, clerk: User) -> None:
    other = make.staff(email="other@example.com", password="plum-tart-91")
    theirs, helper = SoftwarePasskey(), Client()
    sign_in(helper, other.email)
    make_passkey(helper, theirs)
    own, client_of_clerk = SoftwarePasskey(), Client()
    sign_in(client_of_clerk)
    make_passkey(client_of_clerk, own)
    sign_in(client)
    options = options_in(client.get(STEP).text)
    refused = client.post(STEP, {"credential": theirs.answer(options)})
    assert NOT_ACCEPTED in refused.text
    assert not is_signed_in(client)


def test_a_closed_account_is_not_opened_by_it(
    client: Client, clerk: User, passkey: SoftwarePasskey
) -> None:
    User.objects.update(is_active=False)
    assert sign_in_by(client, passkey)["Location"] == DOOR
    assert NOT_ACCEPTED in client.get(DOOR).text
    assert not is_signed_in(client)
    assert Authenticator.objects.get().last_used_at is None


def test_whoever_works_nowhere_is_not_let_into_the_panel(
    client: Client, clerk: User, passkey: SoftwarePasskey
) -> None:
    answer = sign_in_by(client, passkey, "/dealer/login/")
    assert answer["Location"] == "/dealer/login/"
    assert "belongs to no dealer" in client.get("/dealer/login/").text
    assert AuditEvent.objects.filter(kind="signed_in").count() == 1  # when it was made


def test_staff_who_need_a_factor_may_make_one_before_they_get_in(
    client: Client, clerk: User, settings: Settings
) -> None:
    settings.STAFF_SECOND_FACTOR_REQUIRED = True
    assert sign_in(client)["Location"] == SETUP
    passkey = SoftwarePasskey()
    made = passkey.make(options_in(client.get(SETUP).text))
    shown = client.post(SETUP, {"credential": made})
    assert shown.text.count("<li><code>") == 10
    assert is_signed_in(client)
    assert sign_in_by(Client(), passkey)["Location"] == "/admin/"


def test_several_are_listed_and_removed_one_by_one(
    client: Client, clerk: User, passkey: SoftwarePasskey
) -> None:
    client.force_login(clerk)
    key = SoftwarePasskey()
    with TestCase.captureOnCommitCallbacks(execute=True):
        assert make_passkey(client, key, "Security key").status_code == 302
    assert [each.data["name"] for each in second_factor.factors_of(clerk.pk)] == [
        "Laptop",
        "Security key",
    ]
    assert RecoveryCode.objects.filter(user=clerk).count() == 10
    first = second_factor.factors_of(clerk.pk)[0]
    with TestCase.captureOnCommitCallbacks(execute=True):
        client.post(f"{ACCOUNT}factor/", {"factor": first.pk})
    assert [message.subject for message in mail.outbox[-2:]] == [
        "A second factor was added to your account",
        "A second factor was removed from your account",
    ]
    assert AuditEvent.objects.latest("pk").kind == "factor_removed"
    assert sign_in_by(Client(), passkey)["Location"] == DOOR
    assert sign_in_by(Client(), key)["Location"] == "/admin/"
    last = second_factor.factors_of(clerk.pk).get()
    client.post(f"{ACCOUNT}factor/", {"factor": last.pk})
    assert not second_factor.has_second_factor(clerk.pk)
    assert not RecoveryCode.objects.exists()
    assert AuditEvent.objects.latest("pk").kind == "second_factor_off"


def test_one_that_is_known_is_not_added_twice(
    client: Client, clerk: User, passkey: SoftwarePasskey
) -> None:
    client.force_login(clerk)
    assert "on your list already" in make_passkey(client, passkey).text
    assert Authenticator.objects.count() == 1


def test_the_factors_of_others_cannot_be_removed(
    client: Client, clerk: User, passkey: SoftwarePasskey
) -> None:
    client.force_login(make.staff())
    theirs = second_factor.factors_of(clerk.pk).get()
    refused = client.post(f"{ACCOUNT}factor/", {"factor": theirs.pk}, follow=True)
    assert "There is no such factor." in refused.text
    assert second_factor.has_second_factor(clerk.pk)


def test_an_authenticator_beside_a_passkey_leaves_codes_and_sessions(
    client: Client, clerk: User, passkey: SoftwarePasskey
) -> None:
    other = Client()
    for each in (client, other):
        each.force_login(clerk)
    before = set(RecoveryCode.objects.values_list("code_hash", flat=True))
    code = set_up_code(client.post(f"{ACCOUNT}start/").text)
    assert client.post(f"{ACCOUNT}confirm/", {"code": code})["Location"] == ACCOUNT
    assert set(RecoveryCode.objects.values_list("code_hash", flat=True)) == before
    assert is_signed_in(other)
    assert [second_factor.name_of(each) for each in second_factor.factors_of(clerk.pk)] == [
        "Passkey Laptop",
        "Authenticator app",
    ]


def test_codes_still_work_beside_a_passkey(client: Client, clerk: User) -> None:
    codes = enrol(clerk)
    helper = Client()
    helper.force_login(clerk)
    make_passkey(helper, SoftwarePasskey())
    for code in (current_code(clerk), codes[0]):
        client = Client()
        sign_in(client)
        assert client.post(STEP, {"code": code})["Location"] == "/admin/"
