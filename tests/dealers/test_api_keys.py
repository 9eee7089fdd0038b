"""Keys of dealers' systems: who makes and ends them, and what is kept of them."""

from datetime import timedelta
from io import StringIO

import pytest
from django.core.management import CommandError, call_command
from django.db import IntegrityError
from django.test import Client
from django.utils import timezone
from pytest_django import DjangoAssertNumQueries

from dealers.exceptions import InvalidKey, KeyNotAccepted, KeyRevoked, OwnersOnly
from dealers.keys import create_key, recognise_key, revoke_key
from dealers.models import ApiKey, Membership
from dealers.permissions import SYSTEM, Actor
from tests import make

pytestmark = pytest.mark.django_db


def test_an_owner_makes_a_key_that_is_recognised() -> None:
    dealer = make.dealer()
    owner = make.member(dealer)
    made = create_key(
        dealer_id=dealer.pk,
        actor=Actor.person(owner.pk),
        name=" DMS ",
        scopes=["stock:write", "stock:read"],
    )
    row = ApiKey.objects.get()
    assert (row.name, row.scopes, row.created_by) == ("DMS", ["stock:read", "stock:write"], owner)
    assert made.token.startswith(f"umk_{row.prefix}_")
    assert recognise_key(token=made.token) == row


def test_nothing_kept_of_a_key_gives_it_away() -> None:
    token = make.key(make.dealer())
    secret = token.rsplit("_", 1)[-1]
    assert len(token) == 58
    kept = str(ApiKey.objects.values().get())
    assert secret not in kept
    assert token not in repr(
        create_key(dealer_id=make.dealer().pk, actor=SYSTEM, name="x", scopes=["stock:read"])
    )


@pytest.mark.parametrize("role", [Membership.Role.MANAGER, Membership.Role.SALES])
def test_only_an_owner_makes_or_ends_keys(role: str) -> None:
    dealer = make.dealer()
    make.key(dealer)
    for person in (make.member(dealer, role), make.member(make.dealer()), make.user()):
        with pytest.raises(OwnersOnly):
            create_key(
                dealer_id=dealer.pk, actor=Actor.person(person.pk), name="x", scopes=["stock:read"]
            )
        with pytest.raises(OwnersOnly):
            revoke_key(key_id=ApiKey.objects.get().pk, actor=Actor.person(person.pk))
    assert ApiKey.objects.usable().count() == 1


def test_an_owner_who_has_left_makes_no_key() -> None:
    dealer = make.dealer()
    gone = make.member(dealer, is_active=False)
    with pytest.raises(OwnersOnly):
        create_key(
            dealer_id=dealer.pk, actor=Actor.person(gone.pk), name="x", scopes=["stock:read"]
        )
    assert not ApiKey.objects.exists()


def test_a_key_needs_a_name_and_known_scopes_and_an_end_to_come() -> None:
    with pytest.raises(InvalidKey) as refusal:
        create_key(
            dealer_id=make.dealer().pk,
            actor=SYSTEM,
            name=" ",
            scopes=["stock:everything"],
            expires_at=timezone.now(),
        )
    assert set(refusal.value.fields) == {"name", "scopes", "expires_at"}
    with pytest.raises(InvalidKey):
        create_key(dealer_id=make.dealer().pk, actor=SYSTEM, name="x", scopes=[])
    assert not ApiKey.objects.exists()


def test_a_revoked_key_is_not_accepted_and_not_revoked_again() -> None:
    dealer = make.dealer()
    owner, token = make.member(dealer), make.key(dealer)
    key = revoke_key(key_id=ApiKey.objects.get().pk, actor=Actor.person(owner.pk))
    assert key.revoked_by == owner
    with pytest.raises(KeyNotAccepted):
        recognise_key(token=token)
    with pytest.raises(KeyRevoked):
        revoke_key(key_id=key.pk, actor=Actor.person(owner.pk))


def test_a_key_past_its_end_is_not_accepted() -> None:
    token = make.key(make.dealer(), expires_at=timezone.now() + timedelta(hours=1))
    assert recognise_key(token=token)
    ApiKey.objects.update(expires_at=timezone.now() - timedelta(seconds=1))
    with pytest.raises(KeyNotAccepted):
        recognise_key(token=token)


@pytest.mark.parametrize("change", [lambda t: t[:-1] + "!", lambda t: t[:15] + "A" * 43, str.upper])
def test_a_key_that_is_not_quite_right_is_not_accepted(change: object) -> None:
    token = make.key(make.dealer())
    assert callable(change)
    with pytest.raises(KeyNotAccepted):
        recognise_key(token=change(token))


def test_use_is_noted_at_most_once_a_minute(
    django_assert_num_queries: DjangoAssertNumQueries,
) -> None:
    token = make.key(make.dealer())
    with django_assert_num_queries(2):
        recognise_key(token=token)
    first = ApiKey.objects.get().last_used_at
    assert first is not None
    with django_assert_num_queries(1):
        recognise_key(token=token)
    ApiKey.objects.update(last_used_at=first - timedelta(minutes=2))
    recognise_key(token=token)
    again = ApiKey.objects.get().last_used_at
    assert again is not None
    assert again >= first


def test_the_database_keeps_no_plain_secret() -> None:
    make.key(make.dealer())
    with pytest.raises(IntegrityError, match="api_key_keeps_only_a_digest"):
        ApiKey.objects.update(digest="plain")


def test_the_command_prints_a_key_once() -> None:
    dealer, out = make.dealer("Northern Cars"), StringIO()
    call_command("create_api_key", "northern-cars", "DMS", scope=["stock:read"], stdout=out)
    key = recognise_key(token=out.getvalue().strip())
    assert (key.dealer, key.name, key.scopes) == (dealer, "DMS", ["stock:read"])


def test_the_command_names_what_is_wrong() -> None:
    with pytest.raises(CommandError, match="There is no dealer nobody"):
        call_command("create_api_key", "nobody", "DMS", scope=["stock:read"])


def test_staff_see_and_revoke_keys_without_their_digests(client: Client) -> None:
    boss = make.staff()
    client.force_login(boss)
    dealer = make.dealer("Northern Cars")
    token = make.key(dealer, name="DMS")
    key = ApiKey.objects.get()
    client.post(f"/admin/dealers/dealer/{dealer.pk}/panel/")
    page = client.get("/dealer/keys/").content.decode()
    assert key.prefix in page
    for text in (key.digest, token.rsplit("_", 1)[-1]):
        assert text not in page
    answer = client.post(f"/dealer/keys/{key.pk}/revoke/", follow=True)
    assert "is revoked." in answer.content.decode()
    key.refresh_from_db()
    assert key.revoked_by == boss
