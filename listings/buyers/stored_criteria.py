"""A search as it is stored: every parameter with a list of what it asks, however few."""

from collections.abc import Mapping
from typing import Any

from listings.search.criteria import FIELDS, Criteria
from listings.search.fields import AllOf, Choice, Numbers, Slugs, Wishes, Words

Stored = Mapping[str, list[Any]]
_SEVERAL = {
    name
    for name, field in FIELDS.items()
    if isinstance(field, AllOf | Choice | Numbers | Slugs | Wishes | Words)
}


def stored(criteria: Criteria) -> dict[str, list[Any]]:
    """Return what a row keeps; empty for a search that asks for nothing."""
    flat = criteria.as_parameters()
    return {name: each if isinstance(each, list) else [each] for name, each in flat.items()}


def criteria_of(row: Stored) -> Criteria:
    """Return the search that a row keeps."""
    flat = {name: each if name in _SEVERAL else each[0] for name, each in row.items()}
    return Criteria.from_parameters(flat)
