"""Cookies that no other host of the domain can set, where there is TLS."""

from http.cookies import SimpleCookie

import pytest
from django.test import Client
from pytest_django import Settings

from tests import make
from tests.marketplace.test_settings import LAPTOP, SAFE, read

pytestmark = pytest.mark.django_db
__all__ = ["read"]
NAMES = ("sessionid", "csrftoken", "messages")
SHOWN = (
    "print(settings.SESSION_COOKIE_NAME, settings.CSRF_COOKIE_NAME, settings.MESSAGES_COOKIE_NAME,"
    " settings.SESSION_COOKIE_SECURE, settings.CSRF_COOKIE_SECURE)"
)
PASSWORD = "plum-tart-91"


@pytest.fixture
def _as_on_a_server(settings: Settings) -> None:
    for kind, name in zip(("SESSION", "CSRF", "MESSAGES"), NAMES, strict=True):
        setattr(settings, f"{kind}_COOKIE_NAME", f"__Host-{name}")
    settings.SESSION_COOKIE_SECURE = settings.CSRF_COOKIE_SECURE = True


def test_a_server_has_the_prefix_and_a_laptop_without_tls_has_not(read: object) -> None:
    assert callable(read)
    assert read(SHOWN, **SAFE) == " ".join(f"__Host-{name}" for name in NAMES) + " True True"
    assert read(SHOWN, **LAPTOP) == " ".join(NAMES) + " False False"


@pytest.mark.usefixtures("_as_on_a_server")
def test_each_cookie_is_one_that_a_browser_takes_under_its_name(client: Client) -> None:
    make.staff(email="clerk@example.com", password=PASSWORD)
    client.get("/admin/login/", secure=True)
    form = {"username": "clerk@example.com", "password": PASSWORD}
    client.post("/admin/login/", form, secure=True)
    client.post("/admin/account/name/", {"full_name": "Sam"}, secure=True)
    assert sorted(client.cookies) == sorted(f"__Host-{name}" for name in NAMES)
    for cookie in client.cookies.values():
        assert (cookie["secure"], cookie["path"], cookie["domain"]) == (True, "/", "")
        assert (cookie["httponly"], cookie["samesite"]) == (True, "Lax")


@pytest.mark.usefixtures("_as_on_a_server")
def test_a_cookie_of_the_old_name_opens_nothing(client: Client) -> None:
    client.force_login(make.staff())
    assert client.get("/admin/account/", secure=True).status_code == 200
    old = SimpleCookie()
    old["sessionid"] = client.cookies["__Host-sessionid"].value
    client.cookies = old
    assert client.get("/admin/account/", secure=True).status_code == 302


@pytest.mark.usefixtures("_as_on_a_server")
def test_a_message_is_shown_once(client: Client) -> None:
    client.force_login(make.staff())
    client.post("/admin/account/name/", {"full_name": "Sam"}, secure=True)
    said = "Your name is changed."
    shown = [said in client.get("/admin/account/", secure=True).content.decode() for _ in range(2)]
    assert shown == [True, False]
