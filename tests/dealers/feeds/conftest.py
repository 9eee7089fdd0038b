"""What the tests of feeds share."""

from collections.abc import Iterator
from pathlib import Path

import pytest
from celery import current_app
from django.core.files.storage import FileSystemStorage

from dealers.models import FeedRun
from tests import make


@pytest.fixture(autouse=True)
def _own_files(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    """The field took its storage from the settings when it was defined."""
    storage = FileSystemStorage(location=tmp_path)
    monkeypatch.setattr(FeedRun._meta.get_field("file"), "storage", storage)


@pytest.fixture(autouse=True)
def _messages_that_nobody_reads() -> Iterator[None]:
    """Runs are got on with by the tests themselves, not by a worker."""
    before = current_app.conf.broker_url
    current_app.conf.update(broker_url="memory://")
    yield
    current_app.conf.update(broker_url=before)


@pytest.fixture(autouse=True)
def _catalogue(request: pytest.FixtureRequest) -> None:
    """The make and model that the rows of these tests name."""
    if request.node.get_closest_marker("django_db"):
        request.getfixturevalue("db")
        make.model()
