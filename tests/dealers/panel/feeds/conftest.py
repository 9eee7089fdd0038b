"""Somebody signed in whose dealer has a feed."""

import pytest

from dealers.models import Branch, StockFeed
from tests import make
from tests.dealers.feeds.conftest import _catalogue, _messages_that_nobody_reads, _own_files

__all__ = ["_catalogue", "_messages_that_nobody_reads", "_own_files"]


@pytest.fixture
def feed(branch: Branch) -> StockFeed:
    """A feed of "Our Cars" whose columns are confirmed."""
    return make.feed(branch, name="Main stock")
