"""The image, built once, and the service that runs from it."""

import shutil
import tempfile
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.container.engine import BuiltImage, NoEngine, built
from tests.dealers import mail_server
from tests.production.deployment import Deployment, deployed


@pytest.fixture(scope="session")
def image() -> Iterator[BuiltImage]:
    folder = Path(tempfile.mkdtemp(prefix="container-"))
    folder.chmod(0o755)
    try:
        with built(folder) as made:
            yield made
    except NoEngine as reason:
        pytest.skip(str(reason))
    finally:
        shutil.rmtree(folder)


@pytest.fixture(scope="session")
def service(image: BuiltImage) -> Iterator[Deployment]:
    with mail_server.running() as mails, deployed(image, mails, "redis") as running:
        yield running
