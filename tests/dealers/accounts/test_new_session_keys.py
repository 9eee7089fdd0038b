"""A key that somebody planted, or had before, opens nothing once somebody has signed in."""

import pytest
from django.test import Client

from dealers.models import User
from dealers.session_store import SessionStore
from tests.dealers.accounts.conftest import is_signed_in, sign_in

pytestmark = pytest.mark.django_db


def key_of(client: Client) -> str:
    return client.cookies["sessionid"].value


def holder_of(key: str) -> Client:
    client = Client()
    client.cookies["sessionid"] = key
    return client


def test_a_key_that_was_planted_is_not_the_one_that_is_signed_in(clerk: User) -> None:
    planted = SessionStore()
    planted["theirs"] = True
    planted.create()
    assert planted.session_key is not None
    client = holder_of(planted.session_key)

    sign_in(client)

    assert is_signed_in(client)
    assert key_of(client) != planted.session_key
    assert not is_signed_in(holder_of(planted.session_key))


def test_a_key_that_nobody_gave_out_is_not_taken(clerk: User) -> None:
    made_up = "a" * 32
    client = holder_of(made_up)

    sign_in(client)

    assert is_signed_in(client)
    assert key_of(client) != made_up
    assert not is_signed_in(holder_of(made_up))


def test_signing_in_again_ends_the_key_of_before(clerk: User) -> None:
    client = Client()
    sign_in(client)
    before = key_of(client)
    client.post("/admin/logout/")

    sign_in(client)

    assert is_signed_in(client)
    assert key_of(client) != before
    assert not is_signed_in(holder_of(before))
