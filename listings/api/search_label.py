"""A whole search in the words of a British buyer."""

from collections.abc import Iterator
from typing import Any

from listings.api.filter_labels import filter_label, range_label, values_label
from listings.search.criteria import FIELDS, Criteria
from listings.search.fields import RangeField, Wishes


def search_label(criteria: Criteria) -> str:
    """Return everything that is asked for: `Ford Fiesta, up to £10,000, near Leeds`."""
    first, *others = [*_parts(criteria), ""]
    if len(criteria.make) == 1 and len(criteria.model) == 1:
        first = f"{first} {others.pop(0)}"
    said = [
        first,
        *(each if each[1:2].isupper() else each[:1].lower() + each[1:] for each in others),
    ]
    return ", ".join(each for each in said if each)


def _parts(criteria: Criteria) -> Iterator[str]:
    given = criteria.as_parameters()
    for name, field in FIELDS.items():
        if isinstance(field, RangeField):
            yield from _range(name, given)
        elif name in given and not isinstance(field, Wishes):
            value = given[name]
            values = value if isinstance(value, list) else [value]
            yield values_label(name, values, criteria.make)
    if criteria.prefer:
        yield f"best with {' or '.join(criteria.prefer)}"


def _range(name: str, given: dict[str, Any]) -> Iterator[str]:
    low, high = given.get(f"{name}_min"), given.get(f"{name}_max")
    if low is not None and high is not None:
        yield range_label(name, low, high)
    elif low is not None or high is not None:
        end = "max" if low is None else "min"
        yield filter_label(f"{name}_{end}", given[f"{name}_{end}"])
