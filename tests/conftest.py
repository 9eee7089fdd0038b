"""What every test shares."""

import pytest
from pytest_django import Settings


@pytest.fixture(autouse=True)
def _unlimited_requests(settings: Settings) -> None:
    settings.API_REQUESTS_PER_MINUTE = 0
