"""Who enters the panel, and for which dealer."""

import pytest
from django.test import Client

from dealers.models import Dealer, Membership, User
from tests import make

pytestmark = pytest.mark.django_db
HOME = "/dealer/"
PASSWORD = "plum-tart-91"


def sign_in(client: Client, email: str) -> str:
    page = client.post("/dealer/login/", {"username": email, "password": PASSWORD}, follow=True)
    return page.content.decode()


def test_a_member_signs_in_and_sees_the_dealer_and_the_role(client: Client, dealer: Dealer) -> None:
    make.member(dealer, "sales", email="sam@example.com", password=PASSWORD)
    page = sign_in(client, "Sam@Example.com")
    assert "Our Cars" in page
    assert "Sales" in page


def test_a_wrong_password_is_answered_in_a_dealers_words(client: Client, dealer: Dealer) -> None:
    make.member(dealer, email="sam@example.com", password=PASSWORD)
    wrong = {"username": "sam@example.com", "password": "pear-tart-91"}
    page = client.post("/dealer/login/", wrong).content.decode()
    assert "This e-mail address and password do not belong together." in page
    assert "staff" not in page
    assert "Forgotten your password?" in page
    assert "username?" not in page


@pytest.mark.parametrize("powers", [{}, {"is_staff": True, "is_superuser": True}])
def test_who_works_for_no_dealer_is_refused(client: Client, powers: dict[str, bool]) -> None:
    make.user(email="sam@example.com", password=PASSWORD, **powers)
    assert "belongs to no dealer" in sign_in(client, "sam@example.com")
    assert client.get(HOME).status_code == 302


def test_staff_of_the_marketplace_have_no_way_round_the_door(client: Client) -> None:
    make.live()
    client.force_login(make.staff())
    assert client.get("/dealer/listings/listing/").status_code == 302


def test_a_person_who_was_removed_is_out_at_once(desk: Client, owner: User) -> None:
    assert desk.get(HOME).status_code == 200
    Membership.objects.filter(user=owner).delete()
    assert desk.get(HOME).status_code == 302


def test_an_inactive_person_is_out(desk: Client, owner: User) -> None:
    User.objects.filter(pk=owner.pk).update(is_active=False)
    assert desk.get(HOME).status_code == 302


def test_who_works_for_two_dealers_chooses_one(desk: Client, owner: User, dealer: Dealer) -> None:
    other = make.dealer("Their Cars")
    Membership.objects.create(user=owner, dealer=other, role="sales")
    ours = make.live(dealer=dealer, derivative="Ours")
    theirs = make.live(dealer=other, derivative="Theirs")
    assert desk.get(HOME)["Location"] == "/dealer/choose/"
    page = desk.get("/dealer/choose/").content.decode()
    assert "Our Cars" in page
    assert "Their Cars" in page

    for chosen, seen, unseen in ((dealer, ours, theirs), (other, theirs, ours)):
        answer = desk.post("/dealer/choose/", {"dealer": chosen.pk})
        assert answer["Location"] == HOME
        stock = desk.get("/dealer/listings/listing/").content.decode()
        assert seen.title in stock
        assert unseen.title not in stock


@pytest.mark.parametrize("typed", ["", "x", "-1", "9" * 40])
def test_nobody_chooses_a_dealer_they_do_not_work_for(
    desk: Client, owner: User, typed: str
) -> None:
    Membership.objects.create(user=owner, dealer=make.dealer(), role="sales")
    foreign = make.dealer("Foreign Cars")
    for value in (typed, foreign.pk):
        assert desk.post("/dealer/choose/", {"dealer": value}).status_code == 200
        assert desk.get(HOME)["Location"] == "/dealer/choose/"


def test_a_role_that_was_lost_with_the_chosen_dealer_is_not_kept(
    desk: Client, owner: User, dealer: Dealer
) -> None:
    other = make.dealer("Their Cars")
    Membership.objects.create(user=owner, dealer=other, role="sales")
    desk.post("/dealer/choose/", {"dealer": other.pk})
    Membership.objects.filter(user=owner, dealer=other).delete()
    assert "Our Cars" in desk.get(HOME).content.decode()


def test_signing_out_ends_it(desk: Client) -> None:
    desk.post("/dealer/logout/")
    assert desk.get(HOME).status_code == 302


def test_every_page_has_a_policy_with_a_nonce_of_its_own(desk: Client) -> None:
    first, second = (desk.get(HOME)["Content-Security-Policy"] for _ in range(2))
    assert "script-src 'self' 'nonce-" in first
    assert "'unsafe-inline'" not in first.split("style-src")[0]
    assert first != second


@pytest.mark.parametrize("path", ["/dealer/search/?s=a", "/dealer/r/1/1/", "/dealer/nowhere/"])
def test_pages_that_know_no_dealer_are_closed(desk: Client, path: str) -> None:
    assert desk.get(path).status_code == 404
