"""A site that may be fetched from although it is on this machine."""

from collections.abc import Iterator

import pytest
from pytest_django import Settings

from tests.websites import Website, running


@pytest.fixture
def site(settings: Settings) -> Iterator[Website]:
    with running() as website:
        settings.FETCH_ALLOWED_HOSTS = [website.host]
        yield website
