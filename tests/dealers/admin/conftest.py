"""Somebody signed in to the admin."""

import pytest
from django.test import Client

from dealers.models import User
from tests import make


@pytest.fixture
def boss() -> User:
    return make.staff(full_name="Boss")


@pytest.fixture
def admin(client: Client, boss: User) -> Client:
    client.force_login(boss)
    return client
