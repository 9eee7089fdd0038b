"""Fixtures of these tests."""

from tests.marketplace.conftest import open_checkout

__all__ = ["open_checkout"]
