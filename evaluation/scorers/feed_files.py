"""Whole files of stock, read by the columns that are suggested for them."""

from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path
from typing import Any

from dealers.feeds.cells import StagedCar, read_car
from dealers.feeds.columns import ColumnMapper, suggest
from dealers.feeds.files import preview, read_rows
from evaluation.figures import Tally
from evaluation.labelled_sets import Case
from evaluation.scorers.feed_cells import TODAY
from evaluation.scorers.feed_status import ON_SALE, state_of
from evaluation.spellings import key
from listings.language.derivative import Catalogue

_KNOWN_BY = {"ref": "stock_ref", "vrm": "vrm", "vin": "vin"}
_BESIDE = frozenset({"ref", "state", "note"})


def score(cases: Sequence[Case], catalogue: Catalogue) -> Tally:
    """Score every member of every car that is expected of a file, and whether each is on sale."""
    tally = Tally()
    found = tally.share("cars found by their reference")
    right = tally.share("fields as meant")
    states = tally.share("state as meant")
    published = tally.share("put on sale on a guess", is_of_faults=True)
    for case in cases:
        cars = {known: car for car in _cars(case["path"], catalogue) for known in _keys(car)}
        for expected in case["cars"]:
            known = key_of(expected)
            car = cars.get(known)
            said = f"{case['path'].name} {known[1]}"
            found.add(is_one=car is not None, case=said)
            if car is None:
                continue
            for name in expected.keys() - _BESIDE:
                value = _value(car, name)
                told = f"{said}: {name} {value}, not {expected[name]}"
                right.add(is_one=_is_same(value, expected[name]), case=told)
            state = state_of(car)
            told = f"{said}: {state}, not {expected['state']}"
            states.add(is_one=state == expected["state"], case=told)
            if expected["state"] != ON_SALE:
                published.add(is_one=state == ON_SALE, case=told)
    return tally


def key_of(expected: Mapping[str, Any]) -> tuple[str, str]:
    """Return the field by which a car is found, the first that its labels have, and its value."""
    return next(
        (field, str(expected[name])) for name, field in _KNOWN_BY.items() if expected.get(name)
    )


def _keys(car: StagedCar) -> Iterator[tuple[str, str]]:
    return ((field, str(car.values.get(field))) for field in _KNOWN_BY.values())


def _cars(path: Path, catalogue: Catalogue) -> Iterator[StagedCar]:
    with path.open("rb") as stream:
        seen = preview(stream)
        mapping = suggest(seen.headers, [row.cells for row in seen.rows]).mapping()
        stream.seek(0)
        mapper = ColumnMapper(mapping)
        for row in read_rows(stream):
            texts, _ = mapper.apply(row.cells)
            yield read_car(texts, today=TODAY, catalogue=catalogue)


def _value(car: StagedCar, name: str) -> object:
    if name == "photos":
        return len(car.photos or ())
    return getattr(car, name) if name in ("make", "model") else car.values.get(name)


def _is_same(value: object, expected: object) -> bool:
    if value is None or expected is None or expected == "":
        return value in (None, "") and expected in (None, "")
    if isinstance(expected, int) and isinstance(value, int):
        return abs(value - expected) <= (1 if expected > 2_100 else 0)
    return key(value) == key(expected)
