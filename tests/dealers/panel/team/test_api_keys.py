"""API keys in the panel: made by owners, shown once, revoked."""

import re
from datetime import timedelta

import pytest
from django.test import Client
from django.utils import timezone

from dealers.exceptions import KeyNotAccepted
from dealers.keys import create_key, recognise_key
from dealers.models import ApiKey, AuditEvent, Dealer, User
from dealers.permissions import SYSTEM, Actor
from tests import make

pytestmark = pytest.mark.django_db
URL = "/dealer/keys/"
FORM = {"name": "Stock software", "scopes": ["stock:read", "stock:write"], "ends": "90"}


def token_in(page: str) -> str:
    (token,) = re.findall(r"umk_[0-9a-f]{10}_[A-Za-z0-9_-]{43}", page)
    return str(token)


def test_a_key_is_made_shown_once_and_works(desk: Client, dealer: Dealer, owner: User) -> None:
    answer = desk.post(f"{URL}create/", FORM)
    assert "no-store" in answer["Cache-Control"]
    token = token_in(answer.content.decode())
    key = recognise_key(token=token)
    assert (key.dealer, key.name, key.created_by) == (dealer, "Stock software", owner)
    assert key.scopes == ["stock:read", "stock:write"]
    assert key.expires_at is not None
    assert 89 < (key.expires_at - timezone.now()) / timedelta(days=1) < 90
    later = desk.get(URL).content.decode()
    assert token not in later
    assert f"umk_{key.prefix}_…" in later
    event = AuditEvent.objects.get()
    assert (event.kind, event.actor, event.dealer) == ("key_created", owner, dealer)
    assert (event.subject, event.changes) == (
        f"Stock software ({key.prefix})",
        {
            "scopes": [None, "stock:read, stock:write"],
            "ends_on": [None, f"{key.expires_at:%Y-%m-%d}"],
        },
    )


@pytest.mark.parametrize("values", [{"name": ""}, {"scopes": []}, {"scopes": ["everything"]}])
def test_a_refused_key_is_not_made(desk: Client, values: dict[str, object]) -> None:
    page = desk.post(f"{URL}create/", FORM | values).content.decode()
    assert "umk_" not in page
    assert not ApiKey.objects.exists()


def test_a_key_is_revoked_after_a_question(desk: Client, dealer: Dealer, owner: User) -> None:
    made = create_key(dealer_id=dealer.pk, actor=SYSTEM, name="Old", scopes=["stock:read"])
    path = f"{URL}{made.key.pk}/revoke/"
    assert "never works again" in desk.get(path).content.decode()
    recognise_key(token=made.token)
    assert "is revoked" in desk.post(path, follow=True).content.decode()
    with pytest.raises(KeyNotAccepted):
        recognise_key(token=made.token)
    assert "revoked already" in desk.post(path, follow=True).content.decode()
    kinds = list(AuditEvent.objects.order_by("id").values_list("kind", flat=True))
    assert kinds == ["key_created", "key_revoked"]


def test_a_key_of_another_dealer_is_no_key(desk: Client) -> None:
    other = make.dealer("Their Cars")
    made = create_key(dealer_id=other.pk, actor=SYSTEM, name="Theirs", scopes=["stock:read"])
    pages = [
        ask(f"{URL}{pk}/revoke/", follow=True).content.decode()
        for pk in (made.key.pk, 10**9)
        for ask in (desk.get, desk.post)
    ]
    assert all("There is no such key." in page and "Theirs" not in page for page in pages)
    assert "Theirs" not in desk.get(URL).content.decode()
    recognise_key(token=made.token)


@pytest.mark.parametrize("role", ["manager", "sales"])
def test_only_owners_open_the_keys(client: Client, dealer: Dealer, role: str) -> None:
    client.force_login(make.member(dealer, role))
    assert client.get(URL).status_code == 403
    assert client.post(f"{URL}create/", FORM).status_code == 403
    assert not ApiKey.objects.exists()


def test_a_page_costs_as_many_queries_with_many_keys(
    desk: Client, dealer: Dealer, owner: User, django_assert_max_num_queries: object
) -> None:
    for number in range(20):
        create_key(
            dealer_id=dealer.pk,
            actor=Actor.person(owner.pk),
            name=f"K{number}",
            scopes=["stock:read"],
        )
    with django_assert_max_num_queries(5):  # type: ignore[operator]
        assert desk.get(URL).status_code == 200
