"""A folder for the photos of each test."""

from pathlib import Path

import pytest
from pytest_django import Settings


@pytest.fixture
def media(settings: Settings, tmp_path: Path) -> Path:
    folder = tmp_path / "media"
    settings.MEDIA_ROOT = str(folder)
    return folder
