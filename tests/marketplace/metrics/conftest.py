"""Somebody who asks for the metrics."""

import pytest
from django.test import override_settings

from tests.marketplace.metrics.scrape import TOKEN, Scrape


@pytest.fixture
def scrape() -> Scrape:
    with override_settings(METRICS_TOKEN=TOKEN):
        return Scrape()
