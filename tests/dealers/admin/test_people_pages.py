"""Users: made by staff, given powers by superusers only."""

import pytest
from allauth.mfa.models import Authenticator
from django.contrib.auth.models import Group, Permission
from django.test import Client

from dealers.accounts.second_factor import has_second_factor
from dealers.models import AuditEvent, Session, User
from tests import make
from tests.dealers.accounts.conftest import enrol
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


def test_a_password_set_by_staff_signs_the_person_out_and_is_logged(
    admin: Client, boss: User
) -> None:
    person, visitor = make.user(email="ann@example.com"), Client()
    visitor.force_login(person)
    new = {"usable_password": "true", "password1": "taken-over-77", "password2": "taken-over-77"}
    assert admin.post(f"{URL}{person.pk}/password/", new).status_code == 302
    person.refresh_from_db()
    assert person.check_password("taken-over-77")
    assert not Session.objects.filter(user=person).exists()
    event = AuditEvent.objects.get(kind="password_set_by_staff")
    assert (event.actor, event.subject) == (boss, "ann@example.com")
    assert admin.get(URL).status_code == 200


def test_changes_of_a_person_are_logged_by_the_names_of_fields(admin: Client, boss: User) -> None:
    person, dealer = make.user(email="ann@example.com"), make.dealer()
    url = f"{URL}{person.pk}/change/"
    values = posted(admin, url) | {
        "full_name": "Ann",
        "memberships-TOTAL_FORMS": "1",
        "memberships-0-dealer": dealer.pk,
        "memberships-0-role": "sales",
    }
    assert admin.post(url, values).status_code == 302
    joined, changed = AuditEvent.objects.order_by("id")
    assert (joined.kind, joined.actor, joined.dealer) == ("joined", boss, dealer)
    assert (changed.kind, changed.actor, changed.dealer) == ("user_changed", boss, None)
    assert "Changed Full name." in changed.reason
    assert changed.changes is None


def test_staff_switch_off_the_second_factor_of_who_lost_it(admin: Client, boss: User) -> None:
    person = make.user(email="ann@example.com")
    url = f"{URL}{person.pk}/second-factor/off/"
    assert "Switch the second factor off" not in admin.get(f"{URL}{person.pk}/change/").text
    enrol(person)
    assert "Switch the second factor off" in admin.get(f"{URL}{person.pk}/change/").text
    assert admin.get(url).status_code == 405
    assert "by password alone" in admin.post(url, follow=True).text
    assert not has_second_factor(person.pk)
    event = AuditEvent.objects.latest("pk")
    assert (event.kind, event.actor, event.subject) == (
        "second_factor_off",
        boss,
        "ann@example.com",
    )
    assert "There is no second factor." in admin.post(url, follow=True).text


def test_nobody_switches_off_their_own_or_that_of_who_has_powers(
    client: Client, clerk: Client, admin: Client, boss: User
) -> None:
    Authenticator.objects.create(user=boss, type="totp", data={})
    url = f"{URL}{boss.pk}/second-factor/off/"
    assert admin.post(url).status_code == 403
    assert clerk.post(url).status_code == 403
    assert has_second_factor(boss.pk)
