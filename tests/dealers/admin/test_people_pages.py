"""Users: made by staff, given powers by superusers only."""

import pytest
from django.contrib.auth.models import Group, Permission
from django.test import Client

from dealers.models import User
from tests import make
from tests.listings.admin.forms import posted

pytestmark = pytest.mark.django_db
URL = "/admin/dealers/user/"


@pytest.fixture
def clerk(client: Client) -> Client:
    person = make.user(is_staff=True, email="clerk@example.com")
    person.user_permissions.set(
        Permission.objects.filter(content_type__model__in=["user", "group"])
    )
    client.force_login(person)
    return client


def test_a_user_is_made_and_can_sign_in(admin: Client) -> None:
    values = {
        "email": "New@Example.com",
        "full_name": "New",
        "usable_password": "true",
        "password1": "plum-tart-91",
        "password2": "plum-tart-91",
    }
    assert admin.post(f"{URL}add/", values).status_code == 302
    person = User.objects.get(email__iexact="new@example.com")
    assert person.check_password("plum-tart-91")
    assert (person.is_staff, person.is_superuser) == (False, False)


def test_a_superuser_hands_out_powers(admin: Client) -> None:
    person = make.user()
    url = f"{URL}{person.pk}/change/"
    assert admin.post(url, posted(admin, url) | {"is_staff": "on"}).status_code == 302
    person.refresh_from_db()
    assert person.is_staff


def test_a_clerk_cannot_hand_out_powers(clerk: Client) -> None:
    person = make.user()
    url = f"{URL}{person.pk}/change/"
    values = posted(clerk, url) | {"full_name": "Ann", "is_staff": "on", "is_superuser": "on"}
    assert clerk.post(url, values).status_code == 302
    person.refresh_from_db()
    assert (person.full_name, person.is_staff, person.is_superuser) == ("Ann", False, False)


def test_a_clerk_cannot_raise_themselves(clerk: Client) -> None:
    person = User.objects.get(email="clerk@example.com")
    url = f"{URL}{person.pk}/change/"
    clerk.post(url, posted(clerk, url) | {"is_superuser": "on", "groups": "1"})
    person.refresh_from_db()
    assert person.is_superuser is False


def test_a_clerk_cannot_touch_who_has_powers(clerk: Client) -> None:
    boss = make.staff(password="plum-tart-91")
    url = f"{URL}{boss.pk}"
    new = {"password1": "taken-over-77", "password2": "taken-over-77"}
    assert clerk.post(f"{url}/change/", {"email": "x@example.com"}).status_code == 403
    assert clerk.post(f"{url}/password/", new).status_code == 403
    assert clerk.post(f"{url}/delete/", {"post": "yes"}).status_code == 403
    boss.refresh_from_db()
    assert boss.check_password("plum-tart-91")


def test_a_clerk_cannot_widen_a_group(clerk: Client) -> None:
    group = Group.objects.create(name="Desk")
    assert clerk.post(f"/admin/auth/group/{group.pk}/change/", {"name": "x"}).status_code == 403
    assert clerk.post("/admin/auth/group/add/", {"name": "x"}).status_code == 403


def test_users_are_listed_and_searched_without_their_address_in_the_url(admin: Client) -> None:
    make.user(email="find.me@example.com")
    response = admin.post(f"{URL}search/", {"q": "find.me@example.com"}, follow=True)
    assert "find.me" not in response.redirect_chain[0][0]
    assert len(response.context["cl"].result_list) == 1
