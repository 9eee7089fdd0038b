"""What every contender is asked: random searches, as a URL has them and as whole numbers."""

import random
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any, Protocol

import numpy as np

from listings.search.criteria import FIELDS, Criteria
from listings.search.facets import FACETS
from listings.search.fields import Choice, Range, Slugs
from listings.search.memory.columns import Column, Columns
from listings.search.references import resolve

NINE = ("make", "fuel", "transmission", "body_type", "doors", "colour", "year", "price", "mileage")
KINDS = ("broad", "narrow")
SIZE = 20
QUESTIONS = 200
KEPT = ("id", *NINE, "model")
BANDED = tuple(name for name in NINE if FACETS[name].bands)

Parameters = dict[str, Any]


@dataclass(frozen=True)
class Ask:
    """A search. The conditions name columns; choices are their place in the choices, from 1."""

    kind: str
    parameters: Parameters
    equal: Mapping[str, tuple[int, ...]]
    between: Mapping[str, Range]

    @property
    def criteria(self) -> Criteria:
        return Criteria.from_parameters(self.parameters)

    def facet_groups(self) -> dict[frozenset[str], list[str]]:
        """Return the facets by the conditions that do not apply to them."""
        groups: dict[frozenset[str], list[str]] = {}
        for name in NINE:
            ignored = frozenset(FACETS[name].ignores) & {*self.equal, *self.between}
            groups.setdefault(ignored, []).append(name)
        return groups


@dataclass(frozen=True)
class Answer:
    """`facets` is empty where a contender's mean something else and cannot be compared."""

    count: int
    ids: tuple[int, ...]
    facets: Mapping[str, Mapping[int, int]] = field(default_factory=dict)


class Contender(Protocol):
    name: str
    asked: int  # how many questions of each kind it is given time for

    def answer(self, ask: Ask) -> Any: ...

    def read(self, raw: Any) -> Answer:
        """Turn what `answer` returned into what is compared; this costs no time."""
        ...


def asks(kind: str, count: int = QUESTIONS) -> list[Ask]:
    return [_ask(kind, parameters) for parameters in searches(kind, count)]


def searches(kind: str, count: int) -> list[Parameters]:
    """Return random searches of a kind, the same each time."""
    chance = random.Random(f"{kind} searches")  # noqa: S311 - not for secrets
    make = {"broad": _broad, "narrow": _narrow}[kind]
    return [make(chance) for _ in range(count)]


def _broad(chance: random.Random) -> Parameters:
    """Some 10 to 50 % of all adverts."""
    return {
        "price_max": chance.randrange(8_000, 40_000, 250),
        "mileage_max": chance.randrange(40_000, 150_000, 2_500),
        "year_min": chance.randrange(2010, 2020),
        "transmission": [chance.choice(("manual", "automatic"))],
    }


def _narrow(chance: random.Random) -> Parameters:
    """A few models of one make: at 1,000,000 adverts, hundreds of them."""
    low = chance.randrange(1_000, 8_000, 250)
    return {
        "make": [f"make-{1 + int(60 * chance.random() ** 2)}"],
        "model": [f"model-{number}" for number in sorted(chance.sample(range(1, 11), 2))],
        "fuel": sorted(chance.sample(("petrol", "diesel", "hybrid", "electric"), 2)),
        "price_min": low,
        "price_max": low + chance.randrange(5_000, 20_000, 250),
        "year_min": chance.randrange(2012, 2022),
    }


def _ask(kind: str, parameters: Parameters) -> Ask:
    criteria = Criteria.from_parameters(parameters)
    references = resolve(criteria)
    equal: dict[str, tuple[int, ...]] = {}
    between: dict[str, Range] = {}
    for name, definition in FIELDS.items():
        value = getattr(criteria, name)
        if not value or value == Range():
            continue
        if isinstance(value, Range):
            between[name] = value
        elif isinstance(definition, Slugs):
            equal[name] = getattr(references, name)
        elif isinstance(definition, Choice):
            equal[name] = tuple(definition.choices.values.index(each) + 1 for each in value)
    return Ask(kind, parameters, equal, between)


def counted_columns(columns: Columns) -> dict[str, Column]:
    """Return the columns that contenders keep, cheapest first, with bands ready to be counted."""
    order = np.lexsort((columns["id"], columns["price"]))
    kept = {name: columns[name][order] for name in KEPT}
    for name in BANDED:
        bands = np.asarray(FACETS[name].bands, dtype=np.int32)
        kept[f"{name}_band"] = bands[np.searchsorted(bands, kept[name], side="right") - 1]
    return kept


def counted(name: str) -> str:
    """Return the column that a facet counts."""
    return f"{name}_band" if name in BANDED else name
