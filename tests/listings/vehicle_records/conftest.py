"""Registers that answer as their documents say."""

from collections.abc import Iterator

import pytest

from tests import vehicle_registers
from tests.vehicle_registers import Registers


@pytest.fixture
def registers() -> Iterator[Registers]:
    with vehicle_registers.running() as running:
        yield running
