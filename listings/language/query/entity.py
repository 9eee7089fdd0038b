"""What one stretch of a text was read as, before the stretches are put together."""

from dataclasses import dataclass

from listings.language.query.parsed_query import Value
from listings.language.query.vocabulary import NamedModel


@dataclass(frozen=True, kw_only=True)
class Entity:
    """The tokens from `first` up to `last` say something of one field.

    `low` and `high` are the ends of a range, both included. `is_alternative` is set where the same
    field named again means either ("2015 2016"); other ranges must all hold. `is_unmarked` is set
    for an amount that does not say what it counts, `is_bare` for one that is read as thousands of
    pounds though nothing says so, `is_floor` for one that is not a ceiling, and `is_kind` for a
    kind of cars ("sports car"), which a value named beside it outdoes.
    """

    first: int
    last: int
    field: str | None
    values: tuple[Value, ...] = ()
    low: int | None = None
    high: int | None = None
    is_alternative: bool = False
    is_unmarked: bool = False
    is_bare: bool = False
    is_floor: bool = False
    is_excluded: bool = False
    is_kind: bool = False
    models: tuple[NamedModel, ...] = ()
    note: str = ""

    @property
    def is_range(self) -> bool:
        return self.low is not None or self.high is not None
