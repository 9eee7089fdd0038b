"""Cells of feeds, each under the header that it came with."""

from collections.abc import Mapping, Sequence
from datetime import date
from decimal import Decimal, InvalidOperation

from dealers.feeds.cells import StagedCar, read_car
from dealers.feeds.columns import ColumnMapper, ColumnMapping, ColumnSource, suggest
from evaluation.figures import Tally
from evaluation.labelled_sets import Case

TODAY = date(2026, 11, 28)


def score(cases: Sequence[Case]) -> Tally:
    """Score the value of `field`: an `expect` of null must stay empty; `warning` must be told."""
    tally = Tally()
    right = tally.share("value or blank as meant")
    wrong = tally.share("a wrong value, of the values read", is_of_faults=True)
    told = tally.share("told where it is odd")
    quiet = tally.share("quiet where it is not")
    for case in cases:
        car = read_cell(case["header"], case["cell"], case["field"])
        value, expected = car.values.get(case["field"]), case["expect"]
        is_right = value is None if expected is None else _is_same(value, expected)
        said = f"{case['id']} {case['header']}: {case['cell']!r} is {value}, not {expected}"
        right.add(is_one=is_right, case=said)
        if value is not None:
            wrong.add(is_one=not is_right, case=said)
        if case["warning"] is not None:
            has_finding = bool(car.warnings or car.errors)
            share = told if case["warning"] else quiet
            codes = [each.code for each in (*car.errors, *car.warnings)]
            share.add(is_one=has_finding is case["warning"], case=f"{said}: {codes}")
    return tally


def read_cell(header: str, cell: str, field: str) -> StagedCar:
    """Read a cell as its column is mapped: as suggested, or as a person would set that right."""
    suggested = suggest([header], [{header: cell}]).fields
    source = suggested.get(field) or ColumnSource((header,))
    return read_row({field: source}, {header: cell})


def read_row(fields: Mapping[str, ColumnSource], cells: Mapping[str, str]) -> StagedCar:
    texts, _ = ColumnMapper(ColumnMapping(fields)).apply(cells)
    return read_car(texts, today=TODAY)


def _is_same(value: object, expected: object) -> bool:
    """Compare; of converted units, within one."""
    if value is None:
        return False
    if isinstance(expected, int | float) and not isinstance(expected, bool):
        try:
            return abs(Decimal(str(value)) - Decimal(str(expected))) <= _tolerance(expected)
        except InvalidOperation:
            return False
    return str(value) == str(expected)


def _tolerance(expected: float) -> Decimal:
    """Return how far a converted figure may be off: one, of what is larger than years of doors."""
    return Decimal(1) if expected >= 50 and not 1900 <= expected <= 2100 else Decimal("0.05")
