"""A team whose mails are sent at once."""

from collections.abc import Iterator

import pytest
from celery import current_app

from dealers.models import Dealer, User
from tests import make


@pytest.fixture(autouse=True)
def _tasks_run_here() -> Iterator[None]:
    current_app.conf.task_always_eager = True
    yield
    current_app.conf.task_always_eager = False


@pytest.fixture
def kings() -> Dealer:
    return make.dealer("Kings")


@pytest.fixture
def owner(kings: Dealer) -> User:
    return make.member(kings, full_name="Olga Owner", email="olga@example.com")
