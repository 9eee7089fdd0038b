"""Reading the values of a row as dealers' systems write them.

Pure: no database, no settings, no clock; today is an argument.
"""

from dealers.feeds.cells.car import EMPTY, FIELDS, REQUIRED, CarRead, read_car
from dealers.feeds.cells.cell import RowFinding

__all__ = ["EMPTY", "FIELDS", "REQUIRED", "CarRead", "RowFinding", "read_car"]
