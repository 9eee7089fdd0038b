"""What narrows the stock table, in words that name no advert."""

from collections.abc import Iterator
from typing import Any


def filters_in_words(changelist: Any) -> str:
    """Return such as "status Live, price from 5000"; what was searched for is not repeated."""
    words = [said for spec in changelist.filter_specs for said in _said(spec)]
    if changelist.query:
        words.append("found by a search")
    return ", ".join(words) or "the whole stock"


def _said(spec: Any) -> Iterator[str]:
    labels = {str(value): str(label) for value, label in _choices(spec)}
    for parameter, value in spec.used_parameters.items():
        typed = value if isinstance(value, list) else [value]
        chosen = [labels.get(str(each), str(each)) for each in typed if each not in ("", None)]
        end = next((end for end in ("from", "to") if parameter.endswith(f"_{end}")), "")
        if chosen:
            yield " ".join(filter(None, (str(spec.title), end, " or ".join(chosen))))


def _choices(spec: Any) -> Any:
    if (listed := getattr(spec, "lookup_choices", None)) is not None:
        return listed
    return spec.field.flatchoices
