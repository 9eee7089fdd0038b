"""Checkouts with servers of their own, and nothing left of them."""

import os
import shutil
import tempfile
from collections.abc import Iterator
from pathlib import Path

import pytest

from marketplace import celery as jobs
from marketplace.embedded import paths
from tests.marketplace import checkouts
from tests.marketplace.outbox.brokers import broker_at


@pytest.fixture
def open_checkout() -> Iterator[Path]:
    """A copy of the checkout that every account can reach."""
    folder = Path(tempfile.mkdtemp(prefix="open-"))
    folder.chmod(0o755)
    yield from _checkout(folder)


@pytest.fixture
def closed_checkout() -> Iterator[Path]:
    """A copy of the checkout in a folder closed to every other account, like a home folder."""
    yield from _checkout(Path(tempfile.mkdtemp(prefix="closed-")))


def _checkout(folder: Path) -> Iterator[Path]:
    checkout = checkouts.copy(folder)
    outside = paths.OUTSIDE / f"marketplace-{os.geteuid()}-{paths.digest(checkout)}"
    yield checkout
    checkouts.end_all(checkout)
    checkouts.wait_until(lambda: not checkouts.processes_in(folder))
    checkouts.wait_until(lambda: not checkouts.processes_in(outside))
    shutil.rmtree(folder)
    shutil.rmtree(outside, ignore_errors=True)


@pytest.fixture
def _postgresql_is_the_broker() -> Iterator[None]:
    """This test's own database, which the other tests' messages stay out of."""
    chosen = jobs.broker()
    with broker_at(chosen["broker_url"], **chosen["broker_transport_options"]):
        yield
