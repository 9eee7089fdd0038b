"""Registers that know one car."""

from collections.abc import Iterator

import pytest

from tests import vehicle_registers
from tests.vehicle_registers import FOCUS, FORD, Registers


@pytest.fixture
def registers() -> Iterator[Registers]:
    with vehicle_registers.running() as running:
        running.know("L2WPS", dvla=FORD, dvsa=FOCUS)
        yield running
