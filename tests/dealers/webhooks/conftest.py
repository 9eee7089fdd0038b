"""A system that listens, one who sends, and one who finds what is to be told."""

from collections.abc import Iterator

import pytest
from pytest_django import Settings

from dealers.webhooks.sender import WebhookSender
from tests.dealers.webhooks.follower import Follower
from tests.dealers.webhooks.receiver import Receiver, listening


@pytest.fixture
def receiver(settings: Settings) -> Iterator[Receiver]:
    with listening() as found:
        settings.FETCH_ALLOWED_HOSTS = [found.host]
        yield found


@pytest.fixture
def sender() -> Iterator[WebhookSender]:
    made = WebhookSender(threads=8)
    yield made
    made.close()


@pytest.fixture
def follower() -> Iterator[Follower]:
    found = Follower()
    found.catch_up()
    yield found
    found.lease.release()
