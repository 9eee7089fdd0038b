"""Reading the values of a row as dealers' systems write them.

Pure: no database, no settings, no clock; today is an argument.
"""

from dealers.feeds.cells.cell import RowFinding
from dealers.feeds.cells.staged_car import (
    EMPTY,
    FIELDS,
    KEY_FIELDS,
    REQUIRED,
    StagedCar,
    read_car,
)

__all__ = ["EMPTY", "FIELDS", "KEY_FIELDS", "REQUIRED", "RowFinding", "StagedCar", "read_car"]
