"""Obvious passwords are refused by the same rule at every door, and fine ones are taken."""

import pytest
from django.contrib.auth.password_validation import validate_password
from django.core.exceptions import ValidationError
from django.core.management import CommandError, call_command
from django.test import Client

from dealers.models import Membership, User
from tests import make
from tests.dealers.accounts.conftest import PASSWORD, sign_in
from tests.dealers.accounts.judged_passwords import BREACHED, FINE, OBVIOUS

pytestmark = pytest.mark.django_db
LONGEST = "ж0 " * 42 + "é!"  # 128 characters


@pytest.fixture
def sam() -> User:
    person = make.user(email="clerk@example.com", password=PASSWORD, full_name="Sam Clerk")
    Membership.objects.create(user=person, dealer=make.dealer(name="Kings Motors"), role="sales")
    return person


def refusals(password: str, person: User) -> list[str]:
    try:
        validate_password(password, person)
    except ValidationError as refusal:
        return [str(error.code) for error in refusal.error_list]
    return []


@pytest.mark.parametrize("password", OBVIOUS)
def test_what_a_person_calls_obvious_is_refused(sam: User, password: str) -> None:
    assert "password_too_common" in refusals(password, sam)


@pytest.mark.parametrize("password", BREACHED)
def test_what_is_known_from_breaches_is_refused(sam: User, password: str) -> None:
    assert refusals(password, sam) == ["password_too_common"]


@pytest.mark.parametrize("password", [*FINE, LONGEST, "827364918273"])
def test_what_a_person_calls_fine_is_taken(sam: User, password: str) -> None:
    assert refusals(password, sam) == []


def test_a_longer_password_than_can_be_asked_for_again_is_refused(sam: User) -> None:
    for password in (f"{LONGEST}x", "a1" * 500_000):
        assert refusals(password, sam) == ["password_too_long"]


def test_the_name_of_a_dealer_is_obvious_to_its_own_people_alone(sam: User) -> None:
    named = "Zephyrine 2026!"
    assert refusals(named, sam) == []
    dealer = make.dealer(name="Zephyrine Cars Ltd", slug="zephyrine")
    Membership.objects.create(user=sam, dealer=dealer, role="sales")
    assert refusals(named, sam) == ["password_too_common"]


@pytest.mark.parametrize(
    ("password", "taken"),
    [("qwertyuiop12", False), ("Kings-Arms-2026!", True), ("elevenchars", False)],
)
def test_createsuperuser_asks_without_a_person_too(
    monkeypatch: pytest.MonkeyPatch, password: str, taken: bool
) -> None:
    monkeypatch.setenv("DJANGO_SUPERUSER_PASSWORD", password)
    command = ("createsuperuser", "--noinput", "--email", "root@example.org")
    if not taken:
        with pytest.raises(CommandError, match=r"too common|too short"):
            call_command(*command)
        assert not User.objects.exists()
        return
    call_command(*command, verbosity=0)
    assert User.objects.get().check_password(password)


def test_staff_cannot_set_an_obvious_password_for_somebody(client: Client, sam: User) -> None:
    boss = make.staff(email="boss@example.org", password=PASSWORD)
    User.objects.filter(pk=boss.pk).update(is_superuser=True)
    sign_in(client, "boss@example.org")
    new = {"usable_password": "true", "password1": "usedcars2026!", "password2": "usedcars2026!"}
    page = client.post(f"/admin/dealers/user/{sam.pk}/password/", new)
    assert "too common" in page.content.decode()
    sam.refresh_from_db()
    assert sam.check_password(PASSWORD)


def test_the_longest_password_signs_in_as_it_was_typed(client: Client, sam: User) -> None:
    client.force_login(sam)
    form = {"change-password": PASSWORD, "change-new_password": LONGEST}
    assert client.post("/dealer/account/password/", form).status_code == 302
    sam.refresh_from_db()
    assert sam.check_password(LONGEST)
    assert not sam.check_password(LONGEST[:-1])
