"""A folder for the photos of each test, and a site to fetch them from."""

from collections.abc import Iterator
from pathlib import Path

import pytest
from pytest_django import Settings

from tests.websites import Website, running


@pytest.fixture(autouse=True)
def media(settings: Settings, tmp_path: Path) -> Path:
    folder = tmp_path / "media"
    settings.MEDIA_ROOT = str(folder)
    return folder


@pytest.fixture
def site(settings: Settings) -> Iterator[Website]:
    with running() as website:
        settings.FETCH_ALLOWED_HOSTS = [website.host]
        yield website
