"""Who is removed may know the keys that they made: the page offers to revoke those."""

from datetime import timedelta

import pytest
from django.test import Client
from django.utils import timezone

from dealers.exceptions import KeyNotAccepted
from dealers.keys import create_key, recognise_key, revoke_key
from dealers.models import ApiKey, AuditEvent, Dealer, Membership, User
from dealers.permissions import SYSTEM, Actor
from tests import make

pytestmark = pytest.mark.django_db


@pytest.fixture
def sam(dealer: Dealer) -> User:
    return make.member(dealer, "owner", email="sam@example.com", full_name="Sam Sales")


def key_by(person: User, dealer: Dealer, name: str) -> tuple[ApiKey, str]:
    made = create_key(
        dealer_id=dealer.pk, actor=Actor.person(person.pk), name=name, scopes=["stock:read"]
    )
    return made.key, made.token


def path_of(person: User, dealer: Dealer) -> str:
    member = Membership.objects.for_dealer(dealer.pk).get(user=person)
    return f"/dealer/team/members/{member.pk}/remove/"


def events() -> list[tuple[str, str]]:
    later = AuditEvent.objects.exclude(kind="key_created").order_by("pk")
    return list(later.values_list("kind", "subject"))


def test_the_keys_of_whoever_is_removed_are_listed_and_ticked(
    desk: Client, dealer: Dealer, owner: User, sam: User
) -> None:
    (mine, _), (theirs, _) = key_by(owner, dealer, "Mine"), key_by(sam, dealer, "Website")
    over, _ = key_by(sam, dealer, "Revoked")
    revoke_key(key_id=over.pk, actor=SYSTEM)
    ended, _ = key_by(sam, dealer, "Ended")
    ApiKey.objects.filter(pk=ended.pk).update(expires_at=timezone.now() - timedelta(days=1))
    page = desk.get(path_of(sam, dealer)).content.decode()
    assert f'name="revoke" value="{theirs.pk}" checked' in page
    assert "Website" in page
    assert page.count('name="revoke"') == 1
    assert mine.prefix not in page


def test_ticked_keys_end_with_the_place_in_the_team(
    desk: Client, dealer: Dealer, owner: User, sam: User
) -> None:
    (_, known), (kept, stays) = key_by(sam, dealer, "Website"), key_by(sam, dealer, "DMS")
    first = ApiKey.objects.get(name="Website")
    answer = desk.post(path_of(sam, dealer), {"revoke": [first.pk]}, follow=True)
    page = answer.content.decode()
    assert "Sam Sales is out of the team. Revoked with them: 1 API key." in page
    with pytest.raises(KeyNotAccepted):
        recognise_key(token=known)
    assert recognise_key(token=stays) == kept
    first.refresh_from_db()
    assert first.revoked_by == owner
    assert events() == [("key_revoked", str(first)), ("removed", "sam@example.com")]
    keys = desk.get("/dealer/keys/").content.decode()
    assert "by Sam Sales, who is not in the team" in keys


def test_no_other_key_is_revoked_whatever_is_sent(
    desk: Client, dealer: Dealer, owner: User, sam: User
) -> None:
    mine, _ = key_by(owner, dealer, "Mine")
    other = make.dealer("Their Cars")
    Membership.objects.create(dealer=other, user=sam, role="owner")
    elsewhere, _ = key_by(sam, other, "Theirs")
    sent = {"revoke": [mine.pk, elsewhere.pk, "x", 10**30]}
    page = desk.post(path_of(sam, dealer), sent, follow=True).content.decode()
    assert "Sam Sales is out of the team." in page
    assert "Revoked with them" not in page
    assert ApiKey.objects.usable().count() == 2
    assert events() == [("removed", "sam@example.com")]


def test_who_stays_keeps_their_keys(desk: Client, dealer: Dealer, owner: User) -> None:
    key, token = key_by(owner, dealer, "Mine")
    answer = desk.post(path_of(owner, dealer), {"revoke": [key.pk]}, follow=True)
    assert "A team needs an owner" in answer.content.decode()
    assert recognise_key(token=token) == key
    assert events() == []


def test_an_owner_who_removes_themselves_takes_their_keys_along(
    desk: Client, dealer: Dealer, owner: User, sam: User
) -> None:
    key, token = key_by(owner, dealer, "Mine")
    desk.post(path_of(owner, dealer), {"revoke": [key.pk]})
    with pytest.raises(KeyNotAccepted):
        recognise_key(token=token)
    assert events() == [("key_revoked", str(key)), ("removed", owner.email)]
