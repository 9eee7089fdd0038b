"""Checkouts with servers of their own, and nothing left of them."""

import os
import shutil
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

from marketplace import celery as jobs
from marketplace.embedded import paths
from tests.marketplace import checkouts
from tests.marketplace.outbox.brokers import broker_at


@pytest.fixture
def open_checkout() -> Iterator[Path]:
    """A copy of the checkout that every account can reach."""
    with own_checkout("open-", mode=0o755) as checkout:
        yield checkout


@pytest.fixture
def closed_checkout() -> Iterator[Path]:
    """A copy of the checkout in a folder closed to every other account, like a home folder."""
    with own_checkout("closed-") as checkout:
        yield checkout


@contextmanager
def own_checkout(prefix: str, *, mode: int = 0o700) -> Iterator[Path]:
    """Yield a copy of the checkout, and leave neither its files nor a process of it."""
    folder = Path(tempfile.mkdtemp(prefix=prefix))
    folder.chmod(mode)
    checkout = checkouts.copy(folder)
    outside = paths.OUTSIDE / f"marketplace-{os.geteuid()}-{paths.digest(checkout)}"
    try:
        yield checkout
    finally:
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
