"""Somebody signed in whose dealer may have little."""

from tests.dealers.feeds.conftest import _catalogue, _messages_that_nobody_reads, _own_files
from tests.dealers.panel.conftest import branch, dealer, desk, owner

__all__ = [
    "_catalogue",
    "_messages_that_nobody_reads",
    "_own_files",
    "branch",
    "dealer",
    "desk",
    "owner",
]
