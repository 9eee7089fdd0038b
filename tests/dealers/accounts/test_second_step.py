"""The second factor: set up by a code, asked on a page of its own, each code good once."""

import re
import time
from typing import Any

import pytest
from allauth.account.models import EmailAddress
from allauth.mfa.models import Authenticator
from django.contrib.admin import site
from django.test import Client
from django.urls import URLPattern, URLResolver, get_resolver
from pytest_django import Settings

from dealers.accounts import second_factor
from dealers.accounts.exceptions import CodeRefused, CodeTooSoon, SecondFactorMissing
from dealers.models import AuditEvent, RecoveryCode, Session, User
from dealers.permissions import Actor
from tests import make
from tests.authenticator import authenticator_of, set_up_code
from tests.dealers.accounts.conftest import (
    NEW_PASSWORD,
    current_code,
    enrol,
    forget,
    forget_wait,
    is_signed_in,
    sign_in,
)

pytestmark = pytest.mark.django_db
STEP = "/sign-in/code/"
ACCOUNT = "/admin/account/"


@pytest.fixture
def codes(clerk: User) -> list[str]:
    return enrol(clerk)


@pytest.fixture
def halfway(client: Client, clerk: User, codes: list[str]) -> Client:
    """A browser that gave the right password and owes the code."""
    answer = sign_in(client)
    assert (answer.status_code, answer["Location"]) == (302, STEP)
    return client


def kinds() -> list[str]:
    return list(AuditEvent.objects.order_by("id").values_list("kind", flat=True))


def addresses(patterns: list[Any], prefix: str = "") -> list[str]:
    """Return an address for every pattern, with a 1 wherever it takes a value."""
    found = []
    for pattern in patterns:
        if isinstance(pattern, URLResolver):
            found += addresses(pattern.url_patterns, prefix + str(pattern.pattern))
        elif isinstance(pattern, URLPattern):
            route = prefix + str(pattern.pattern)
            plain = re.sub(r"\(\?P<\w+>[^)]*\)|<[^>]+>", "1", route)
            found.append("/" + plain.replace("^", "").replace("$", "").replace("\\Z", ""))
    return found


def test_the_code_opens_the_session(halfway: Client, clerk: User) -> None:
    assert not is_signed_in(halfway)
    assert "authenticator" in halfway.get(STEP).content.decode()
    answer = halfway.post(STEP, {"code": current_code(clerk)})
    assert (answer.status_code, answer["Location"]) == (302, "/admin/")
    assert is_signed_in(halfway)
    assert kinds() == ["second_factor_on", "signed_in"]
    assert Session.objects.filter(user=clerk).count() == 1


@pytest.mark.slow
def test_no_page_of_any_site_opens_in_between(halfway: Client) -> None:
    resolvers = [
        pattern
        for pattern in get_resolver().url_patterns
        if isinstance(pattern, URLResolver) and pattern.app_name == "admin"
    ]
    walked = addresses(resolvers)
    asked = [address for address in walked if not address.endswith(("/login/", "/logout/"))]
    assert len(asked) > 60
    for address in asked:
        for ask in (halfway.get, halfway.post):
            answer = ask(address)
            assert (address, answer.status_code) in ((address, 302), (address, 404), (address, 405))
            if answer.status_code == 302:
                assert "/login/?next=" in answer["Location"], address
    assert halfway.get(STEP).status_code == 200


def test_none_of_allauths_pages_is_routed() -> None:
    def modules(patterns: list[Any]) -> set[str]:
        found = set()
        for pattern in patterns:
            if isinstance(pattern, URLResolver):
                found |= modules(pattern.url_patterns)
            else:
                found.add(pattern.callback.__module__)
        return found

    walked = modules(get_resolver().url_patterns)
    assert "dealers.signin.views" in walked
    assert [name for name in walked if name.startswith("allauth")] == []


def test_a_code_is_good_once(client: Client, clerk: User, codes: list[str]) -> None:
    code = current_code(clerk)
    second_factor.pass_second_step(user_id=clerk.pk, code=code)
    with pytest.raises(CodeRefused):
        second_factor.pass_second_step(user_id=clerk.pk, code=code)


def test_a_recovery_code_is_good_once(halfway: Client, clerk: User, codes: list[str]) -> None:
    assert halfway.post(STEP, {"code": f" {codes[3].upper()} "}).status_code == 302
    assert is_signed_in(halfway)
    event = AuditEvent.objects.get(kind="recovery_code_used")
    assert (event.actor, event.changes) == (clerk, {"codes left": [10, 9]})
    other = Client()
    sign_in(other)
    assert "not right" in other.post(STEP, {"code": codes[3]}).content.decode()
    assert not is_signed_in(other)


def test_recovery_codes_are_kept_as_hashes(clerk: User, codes: list[str]) -> None:
    assert len(set(codes)) == 10
    assert all(re.fullmatch(r"([a-z2-7]{4}-){5}[a-z2-7]{4}", code) for code in codes)
    kept = "".join(RecoveryCode.objects.values_list("code_hash", flat=True)).lower()
    assert not [code for code in codes if code.replace("-", "") in kept]


def test_the_recovery_codes_of_others_do_not_count(halfway: Client) -> None:
    theirs = enrol(make.user())
    assert halfway.post(STEP, {"code": theirs[0]}).status_code == 200
    assert not is_signed_in(halfway)
    assert RecoveryCode.objects.count() == 20


def test_after_a_wrong_code_the_right_one_has_to_wait(halfway: Client, clerk: User) -> None:
    right = current_code(clerk)
    wrong = f"{(int(right) + 1) % 1_000_000:06d}"
    factor_of = {"user_id": clerk.pk}
    for _ in range(4):
        forget_wait(clerk)
        with pytest.raises(CodeRefused):
            second_factor.pass_second_step(**factor_of, code="not-a-code")
    assert authenticator_of(clerk).data["failures"] == 4
    forget(clerk, "failures", 12)
    forget(clerk, "failed_at", int(time.time()))
    with pytest.raises(CodeTooSoon) as refusal:
        second_factor.pass_second_step(**factor_of, code=right)
    seconds = refusal.value.extra["seconds"]
    assert isinstance(seconds, int)
    assert 1_000 < seconds <= 2_048
    forget_wait(clerk)
    assert halfway.post(STEP, {"code": wrong}).status_code == 200
    forget_wait(clerk)
    assert halfway.post(STEP, {"code": right}).status_code == 302


def test_wrong_codes_lock_the_account_as_wrong_passwords_do(halfway: Client, clerk: User) -> None:
    statuses = []
    for _ in range(6):
        forget_wait(clerk)
        statuses.append(halfway.post(STEP, {"code": "nothing"}).status_code)
    assert statuses == [200, 200, 200, 200, 429, 429]
    assert halfway.post(STEP, {"code": current_code(clerk)}).status_code == 429
    assert sign_in(Client()).status_code == 429
    assert not is_signed_in(halfway)


def test_the_right_password_alone_resets_no_count(clerk: User, codes: list[str]) -> None:
    client = Client()
    for _ in range(4):
        sign_in(client, password="wrong")
    sign_in(client)
    assert client.post(STEP, {"code": "nothing"}).status_code == 429


def test_the_second_step_has_to_come_soon(halfway: Client, clerk: User, settings: Settings) -> None:
    settings.ACCOUNT_LOGIN_TIMEOUT = -1
    answer = halfway.post(STEP, {"code": current_code(clerk)})
    assert (answer.status_code, answer["Location"]) == (302, "/admin/login/")
    assert not is_signed_in(halfway)


@pytest.mark.parametrize("change", ["password", "closed"])
def test_a_changed_account_ends_the_second_step(halfway: Client, clerk: User, change: str) -> None:
    if change == "password":
        clerk.set_password(NEW_PASSWORD)
    clerk.is_active = change != "closed"
    clerk.save()
    answer = halfway.post(STEP, {"code": current_code(clerk)})
    assert answer["Location"] == "/admin/login/"
    assert not is_signed_in(halfway)


def test_the_step_is_nobodys_page_without_a_password(client: Client, codes: list[str]) -> None:
    for path in (STEP, "/sign-in/set-up/"):
        for ask in (client.get, client.post):
            assert ask(path)["Location"] == "/dealer/login/"


def test_it_is_switched_on_by_a_code_and_ends_other_sessions(client: Client, clerk: User) -> None:
    other = Client()
    sign_in(client)
    sign_in(other)
    page = client.post(f"{ACCOUNT}start/").content.decode()
    assert "<svg" in page
    assert second_factor.has_second_factor(clerk.pk) is False
    again = client.post(f"{ACCOUNT}confirm/", {"code": "abc"})
    assert "not right" in again.content.decode()
    shown = client.post(f"{ACCOUNT}confirm/", {"code": set_up_code(page)})
    assert len(re.findall(r"<code>[a-z2-7-]{29}</code>", shown.content.decode())) == 10
    assert "no-store" in shown["Cache-Control"]
    assert (is_signed_in(client), is_signed_in(other)) == (True, False)
    assert kinds()[-1] == "second_factor_on"


def test_the_first_code_is_used_up_by_setting_it_up(client: Client, clerk: User) -> None:
    sign_in(client)
    code = set_up_code(client.post(f"{ACCOUNT}start/").text)
    client.post(f"{ACCOUNT}confirm/", {"code": code})
    with pytest.raises(CodeRefused):
        second_factor.pass_second_step(user_id=clerk.pk, code=code)


def test_a_secret_counts_in_the_session_that_began_with_it_alone(
    client: Client, clerk: User
) -> None:
    sign_in(client)
    code = set_up_code(client.post(f"{ACCOUNT}start/").text)
    other = Client()
    sign_in(other)
    answer = other.post(f"{ACCOUNT}confirm/", {"code": code})
    assert (answer.status_code, answer["Location"]) == (302, ACCOUNT)
    assert not second_factor.has_second_factor(clerk.pk)


def test_its_secret_is_never_shown_again_and_nowhere_in_the_clear(
    client: Client, clerk: User
) -> None:
    sign_in(client)
    page = client.post(f"{ACCOUNT}start/").text
    secret = page.split('by hand: <code class="break-words">')[1].split("<")[0].replace(" ", "")
    assert secret not in str(client.session.items())
    client.post(f"{ACCOUNT}confirm/", {"code": set_up_code(page)})
    for answer in (
        client.get(ACCOUNT),
        client.post(f"{ACCOUNT}confirm/", {"code": "123456"}, follow=True),
    ):
        assert secret not in answer.text.replace(" ", "")
    assert secret not in str(authenticator_of(clerk).data)
    assert {Authenticator, EmailAddress}.isdisjoint(site._registry)


def test_it_is_switched_off_and_told(client: Client, clerk: User, codes: list[str]) -> None:
    client.force_login(clerk)
    client.post(f"{ACCOUNT}stop/")
    assert not second_factor.has_second_factor(clerk.pk)
    assert RecoveryCode.objects.count() == 0
    assert kinds()[-1] == "second_factor_off"
    with pytest.raises(SecondFactorMissing):
        second_factor.stop_second_factor(user_id=clerk.pk, actor=Actor.person(clerk.pk))


def test_new_recovery_codes_replace_the_old(client: Client, clerk: User, codes: list[str]) -> None:
    client.force_login(clerk)
    page = client.post(f"{ACCOUNT}codes/").text
    fresh = re.findall(r"<code>([a-z2-7-]{29})</code>", page)
    assert len(fresh) == 10
    assert not set(fresh) & set(codes)
    with pytest.raises(CodeRefused):
        second_factor.pass_second_step(user_id=clerk.pk, code=codes[0])
    forget_wait(clerk)
    second_factor.pass_second_step(user_id=clerk.pk, code=fresh[0])


def test_staff_who_need_one_set_it_up_before_they_get_in(
    client: Client, clerk: User, settings: Settings
) -> None:
    settings.STAFF_SECOND_FACTOR_REQUIRED = True
    assert sign_in(client)["Location"] == "/sign-in/set-up/"
    assert not is_signed_in(client)
    page = client.get("/sign-in/set-up/").text
    assert "<svg" in page
    assert "not right" in client.post("/sign-in/set-up/", {"code": "x"}).content.decode()
    shown = client.post("/sign-in/set-up/", {"code": set_up_code(page)})
    assert shown.content.decode().count("<li><code>") == 10
    assert is_signed_in(client)
    assert sign_in(Client())["Location"] == STEP


def test_a_session_from_before_it_was_needed_opens_nothing(
    client: Client, clerk: User, settings: Settings
) -> None:
    sign_in(client)
    assert is_signed_in(client)
    settings.STAFF_SECOND_FACTOR_REQUIRED = True
    assert client.get("/admin/")["Location"] == "/admin/login/?next=/admin/"
