"""Whoever signed in a while ago is asked again before what would help a thief to stay."""

from typing import Any

import pytest
from django.contrib.admin import site
from django.test import Client
from django.urls import URLPattern, URLResolver
from pytest_django import Settings

from dealers.accounts import second_factor
from dealers.models import EmailChange, Invitation, Membership, RecoveryCode, Session, User
from dealers.panel.site import PROVED, panel
from dealers.permissions import Permission
from dealers.signin.account.views import PROVED_ACTS
from dealers.signin.site import SafeSite, StaffSite
from tests import make
from tests.dealers.accounts.conftest import (
    PASSWORD,
    age_session,
    current_code,
    enrol,
    forget_wait,
    is_signed_in,
    sign_in,
)
from tests.listings.admin.forms import posted

pytestmark = pytest.mark.django_db
ASKED = "Is it still you?"
ACCOUNT = "/admin/account/"
MARK = {"proof-asked": "1"}
PROOF = {**MARK, "proof-password": PASSWORD}


@pytest.fixture
def late(client: Client, clerk: User) -> Client:
    """A browser in which somebody signed in an hour ago."""
    sign_in(client)
    age_session(clerk)
    return client


def names_of(patterns: list[Any]) -> set[str]:
    """Return the names of all pages of a site."""
    found: set[str] = set()
    for pattern in patterns:
        if isinstance(pattern, URLResolver):
            found |= names_of(pattern.url_patterns)
        elif isinstance(pattern, URLPattern) and pattern.name:
            found.add(pattern.name)
    return found


def proved_in(of: SafeSite) -> set[str]:
    return {name for name in names_of(of.get_urls()) if of.needs_proof(name)}


def test_every_page_of_people_powers_and_teams_in_the_staff_admin_asks() -> None:
    assert isinstance(site, StaffSite)
    asked = proved_in(site)
    for model in ("dealers_user", "dealers_dealer", "auth_group"):
        kinds = ("add", "change", "changelist", "delete", "history")
        assert {f"{model}_{kind}" for kind in kinds} <= asked
    assert {"auth_user_password_change", "dealers_user_factor_off"} <= asked
    rest = names_of(site.get_urls()) - asked
    words = ("user", "group", "key", "member", "permission")
    assert [name for name in rest if any(word in name for word in words)] == []


def test_the_pages_of_the_panel_that_ask_are_those_of_owners() -> None:
    assert {Permission.MANAGE_TEAM, Permission.CREATE_KEYS, Permission.REVOKE_KEYS} == PROVED
    assert proved_in(panel) == {
        *("team-invite", "team-role", "team-remove", "team-resend", "team-withdraw"),
        *("keys-create", "keys-revoke"),
    }


def test_the_acts_at_ones_account_that_ask_are_these() -> None:
    assert {
        *("email", "start", "confirm", "passkey", "passkey-add", "factor", "stop", "codes"),
        *("session", "sessions"),
    } == PROVED_ACTS


@pytest.mark.parametrize("act", sorted(PROVED_ACTS))
def test_none_of_them_goes_without_a_proof(client: Client, clerk: User, act: str) -> None:
    enrol(clerk)
    client.force_login(clerk)
    age_session(clerk)
    factor = second_factor.factors_of(clerk.pk).get()
    codes = set(RecoveryCode.objects.values_list("code_hash", flat=True))
    other = Client()
    other.force_login(clerk)
    fields = {"email": "new@example.com", "factor": factor.pk, "code": current_code(clerk)}
    for given in (fields, fields | MARK, fields | MARK | {"proof-password": "wrong"}):
        assert ASKED in client.post(f"{ACCOUNT}{act}/", given).text
    assert second_factor.factors_of(clerk.pk).get() == factor
    assert set(RecoveryCode.objects.values_list("code_hash", flat=True)) == codes
    assert not EmailChange.objects.exists()
    assert "_new_authenticator" not in client.session
    assert is_signed_in(other)


def test_what_was_sent_goes_on_after_the_password(late: Client, clerk: User) -> None:
    Membership.objects.create(user=clerk, dealer=make.dealer(), role="owner")
    sent = {"email": "new@example.com", "role": "sales"}
    page = late.post("/dealer/team/invite/", sent)
    assert ASKED in page.text
    assert "no-store" in page["Cache-Control"]
    assert '<input type="hidden" name="email" value="new@example.com">' in page.text
    assert not Invitation.objects.exists()
    key = late.session.session_key
    answer = late.post("/dealer/team/invite/", sent | PROOF)
    assert (answer.status_code, answer["Location"]) == (302, "/dealer/team/")
    assert Invitation.objects.get().email == "new@example.com"
    assert late.session.session_key != key
    assert Session.objects.filter(user=clerk).count() == 1
    late.post("/dealer/team/invite/", sent | {"email": "second@example.com"})
    assert Invitation.objects.count() == 2


def test_wrong_passwords_count_towards_the_lock(late: Client, clerk: User) -> None:
    statuses = [
        late.post(f"{ACCOUNT}start/", MARK | {"proof-password": "wrong"}).status_code
        for _ in range(5)
    ]
    assert statuses == [200, 200, 200, 200, 429]
    assert sign_in(Client()).status_code == 429


def test_a_code_is_a_proof_once(client: Client, clerk: User) -> None:
    codes = enrol(clerk)
    client.force_login(clerk)
    age_session(clerk)
    assert "not right" in client.post(f"{ACCOUNT}stop/", MARK | {"proof-code": "no"}).text
    forget_wait(clerk)
    code = current_code(clerk)
    shown = client.post(f"{ACCOUNT}passkey/", MARK | {"proof-code": code})
    assert "Make the passkey" in shown.text
    age_session(clerk)
    assert "not right" in client.post(f"{ACCOUNT}stop/", MARK | {"proof-code": code}).text
    forget_wait(clerk)
    assert second_factor.has_second_factor(clerk.pk)
    client.post(f"{ACCOUNT}stop/", MARK | {"proof-code": codes[0]})
    assert not second_factor.has_second_factor(clerk.pk)


def test_staff_are_asked_before_they_hand_out_powers_or_change_an_address(
    late: Client, clerk: User
) -> None:
    person = make.user(email="ann@example.com")
    url = f"/admin/dealers/user/{person.pk}/change/"
    sent = posted(late, url) | {"is_superuser": "on", "email": "thief@example.com"}
    assert ASKED in late.post(url, sent).text
    person.refresh_from_db()
    assert (person.is_superuser, person.email) == (False, "ann@example.com")
    assert late.post(url, sent | PROOF).status_code == 302
    person.refresh_from_db()
    assert (person.is_superuser, person.email) == (True, "thief@example.com")


def test_a_password_that_was_being_set_is_entered_anew(late: Client) -> None:
    url = f"/admin/dealers/user/{make.user().pk}/password/"
    sent = {"password1": "green-kettle-47", "password2": "green-kettle-47", "other": "kept"}
    page = late.post(url, sent)
    assert ASKED in page.text
    assert "green-kettle-47" not in page.text
    assert 'name="other" value="kept"' in page.text


def test_what_is_read_and_what_helps_no_thief_asks_nothing(late: Client, clerk: User) -> None:
    assert late.get(ACCOUNT).status_code == 200
    assert late.post(f"{ACCOUNT}name/", {"full_name": "Samuel"})["Location"] == ACCOUNT
    assert is_signed_in(late)


def test_a_session_that_began_lately_is_asked_where_the_setting_says_so(
    client: Client, clerk: User, settings: Settings
) -> None:
    sign_in(client)
    assert "<svg" in client.post(f"{ACCOUNT}start/").text
    settings.REAUTHENTICATION_MINUTES = 0
    assert ASKED in client.post(f"{ACCOUNT}start/").text
