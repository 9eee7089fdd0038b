"""A parameter as a buyer may have written it: what was meant by it, or else why it cannot be used.

The API refuses such values. A page shows cars all the same and says what it made of them.
"""

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any, NamedTuple

from django import forms
from django.core.exceptions import ValidationError

from listings.api.filter_labels import filter_label, noun, place_name
from listings.api.parameters import PlaceParameter
from listings.search.places import TEXT_MAX
from listings.search.places.named_places import nearest_name
from marketplace.api.hints import value_meant
from marketplace.api.parameters import (
    BooleanParameter,
    ChoiceParameter,
    IntegerParameter,
    ListParameter,
    Parameter,
    shown,
)

_UNITS = re.compile(r"[£,\s]|(?:miles|mile|mi|pounds|gbp|cc|bhp)\b")
_NUMBER = re.compile(r"([0-9]{1,9})(?:\.([0-9]{1,2}))?(k?)")
_FLAGS = {"1": True, "yes": True, "on": True, "0": False, "no": False, "off": False}


class Offer(NamedTuple):
    """Something to choose instead: its name, and the parameters that it changes."""

    label: str
    changes: Mapping[str, Any]


@dataclass(frozen=True)
class Correction:
    """What was wrong with a parameter, in words, and what can be chosen instead.

    Where `is_mended` is set, what was meant is searched for; else the parameter is left out, and
    the form keeps `typed`.
    """

    name: str
    text: str
    typed: str = ""
    offers: tuple[Offer, ...] = ()
    is_mended: bool = False


def read_value(name: str, field: forms.Field, texts: Sequence[str]) -> tuple[Any, list[Correction]]:
    """Return the value of a parameter, None where it has none, and what to say of it.

    What is only spelled in another way (`£10k`) is taken without a word.
    """
    if isinstance(field, ListParameter):
        return _several(name, field, texts)
    given = texts[-1]  # of two that contradict each other the later one was chosen
    if not isinstance(field, Parameter):
        return None, []
    try:
        return field.read(given), []
    except ValidationError:
        return _unreadable(name, field, given)


def _unreadable(name: str, field: Parameter, typed: str) -> tuple[Any, list[Correction]]:
    if isinstance(field, IntegerParameter):
        return _number(name, field, typed)
    if isinstance(field, PlaceParameter):
        return _place(name, typed)
    if isinstance(field, BooleanParameter) and typed.lower() in _FLAGS:
        return _FLAGS[typed.lower()], []
    return None, [unknown(name, typed)]


def _several(name: str, field: ListParameter, texts: Sequence[str]) -> tuple[Any, list[Correction]]:
    """Keep the values that can be read, and what was meant by the others."""
    parts = list(dict.fromkeys(part for text in texts for part in text.split(",") if part))
    kept: list[Any] = []
    told: list[Correction] = []
    for part in parts[: field.count_max]:
        try:
            kept.append(field.item.read(part))
        except ValidationError:
            meant = _meant(field.item, part)
            kept += [] if meant is None else [meant]
            told.append(unknown(name, part, meant))
    if len(parts) > field.count_max:
        told.append(Correction(name, f"At most {field.count_max} can be chosen at a time."))
    return list(dict.fromkeys(kept)) or None, told


def _meant(item: Parameter, text: str) -> Any:
    if isinstance(item, ChoiceParameter):
        return value_meant(text, item.values)
    return None


def unknown(name: str, typed: str, meant: Any = None, *, makes: Sequence[str] = ()) -> Correction:
    """Return the correction of a value that is none; `meant` is what is searched for instead."""
    text = _unknown(name, typed)
    if meant is None:
        return Correction(name, f"{text} It is left out.", typed)
    label = filter_label(name, meant, makes=makes)
    return Correction(name, f"{text} Did you mean {label}? That is used.", typed, is_mended=True)


def _unknown(name: str, typed: str) -> str:
    called = "order" if name == "ordering" else noun(name)
    return f"We do not know the {called} {quoted(typed)}."


def quoted(typed: str) -> str:
    return f"“{shown(typed, quote='')}”"


def _number(name: str, field: IntegerParameter, typed: str) -> tuple[int | None, list[Correction]]:
    """Read `£10,000`, `10k` and `9.5k`, as people write numbers."""
    plain = _UNITS.sub("", typed[:TEXT_MAX].lower())
    if found := _NUMBER.fullmatch(plain):
        whole, part, thousands = found.groups()
        value = float(f"{whole}.{part or 0}") * (1_000 if thousands else 1)
        if field.low <= value <= field.high:
            return int(value), []
    ends = (field.low, field.high)
    low, high = (str(each) if name.startswith("year") else f"{each:,}" for each in ends)
    asked = f"The {noun(name)} must be a number from {low} to {high}"
    text = f"{asked}, not {quoted(typed)}. It is left out."
    return None, [Correction(name, text, typed)]


def _place(name: str, typed: str) -> tuple[str | None, list[Correction]]:
    text = f"We do not know the place {quoted(typed)}."
    meant = nearest_name(typed) if len(typed) <= TEXT_MAX else None
    if meant is None:
        text += " Give a postcode, a town or a county. The distance is left out."
        return None, [Correction(name, text, typed)]
    text += f" Did you mean {place_name(meant.name)}? These are the cars near it."
    anywhere = Offer("Cars anywhere", {"near": None, "within_miles": None, "ordering": None})
    return meant.name, [Correction(name, text, typed, (anywhere,), is_mended=True)]
