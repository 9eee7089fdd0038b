"""Somebody signed in to the panel."""

import pytest
from django.test import Client

from dealers.models import Branch, Dealer, User
from tests import make


@pytest.fixture
def dealer() -> Dealer:
    return make.dealer("Our Cars")


@pytest.fixture
def branch(dealer: Dealer) -> Branch:
    return make.branch(dealer, name="Our Yard")


@pytest.fixture
def owner(dealer: Dealer) -> User:
    return make.member(dealer, full_name="Olive Owner")


@pytest.fixture
def desk(client: Client, owner: User) -> Client:
    """The owner of "Our Cars", signed in."""
    client.force_login(owner)
    return client
