"""Query parameters, read strictly: what is not understood is refused by name, never ignored.

Each kind of parameter is a form field that both reads a value and describes itself for the
OpenAPI document, so that the document cannot promise anything else than what is enforced. A
parameter without a value (`price_min=`, as an empty form field is sent) counts as absent.
"""

import re
from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime
from difflib import get_close_matches
from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.http import QueryDict
from django.utils.dateparse import parse_datetime

from marketplace.errors import Invalid

WHOLE_NUMBER = re.compile(r"-?[0-9]{1,12}")
SHOWN_MAX = 60
Schema = dict[str, Any]


class ParameterWidget(forms.HiddenInput):
    """Every non-empty value a parameter was given."""

    def value_from_datadict(self, data: Any, files: object, name: str) -> list[str]:
        return given(data, name)


class Parameter(forms.Field):
    """A parameter that is given once."""

    widget = ParameterWidget

    def __init__(self, *, description: str = "", default: Any = None, **kwargs: Any) -> None:
        super().__init__(**{"required": False, **kwargs})
        self.description = description
        self.default = default

    def clean(self, value: Sequence[str]) -> Any:
        if not value:
            if self.required:
                raise ValidationError("This parameter is required.")
            return self.default
        if len(value) > 1:
            raise ValidationError("Give this parameter once.")
        return self.read(value[0])

    def read(self, text: str) -> Any:
        raise NotImplementedError

    def schema(self) -> Schema:
        raise NotImplementedError


class IntegerParameter(Parameter):
    def __init__(self, *, low: int, high: int, **kwargs: Any) -> None:
        super().__init__(**kwargs)
        self.low, self.high = low, high

    def read(self, text: str) -> int:
        return read_whole_number(text, self.low, self.high)

    def schema(self) -> Schema:
        return {"type": "integer", "minimum": self.low, "maximum": self.high}


class BooleanParameter(Parameter):
    def read(self, text: str) -> bool:
        if text not in ("true", "false"):
            raise ValidationError(f"Must be true or false, not {shown(text)}.")
        return text == "true"

    def schema(self) -> Schema:
        return {"type": "boolean"}


class DateTimeParameter(Parameter):
    """A moment with its offset from UTC."""

    def read(self, text: str) -> datetime:
        try:
            moment = parse_datetime(text)
        except ValueError:
            moment = None
        if moment is None or moment.tzinfo is None:
            raise ValidationError("Must be a moment, such as 2026-11-23T09:00:00Z.")
        return moment

    def schema(self) -> Schema:
        return {"type": "string", "format": "date-time"}


class ChoiceParameter(Parameter):
    def __init__(self, *, values: Sequence[str], **kwargs: Any) -> None:
        super().__init__(**kwargs)
        self.values = tuple(values)

    def read(self, text: str) -> str:
        return read_one_of(text, self.values)

    def schema(self) -> Schema:
        return {"type": "string", "enum": list(self.values)}


class PatternParameter(Parameter):
    """A short text of known shape, such as a cursor."""

    def __init__(self, *, pattern: str, length_max: int, **kwargs: Any) -> None:
        super().__init__(**kwargs)
        self.pattern, self.length_max = pattern, length_max

    def read(self, text: str) -> str:
        return read_token(text, self.pattern, self.length_max)

    def schema(self) -> Schema:
        return {"type": "string", "pattern": self.pattern, "maxLength": self.length_max}


class ListParameter(forms.Field):
    """A parameter that may be given again, or once with commas; `item` reads each value."""

    widget = ParameterWidget

    def __init__(self, *, item: Parameter, count_max: int, **kwargs: Any) -> None:
        self.description: str = kwargs.pop("description", "")
        super().__init__(**{"required": False, **kwargs})
        self.item, self.count_max = item, count_max

    def clean(self, value: Sequence[str]) -> list[Any]:
        parts = [part for text in value for part in text.split(",") if part]
        if value and not parts:
            raise ValidationError("There is no value between the commas.")
        if len(parts) > self.count_max:
            raise ValidationError(f"At most {self.count_max} values.")
        return list(dict.fromkeys(self.item.read(part) for part in parts))

    def schema(self) -> Schema:
        return {"type": "array", "items": self.item.schema(), "maxItems": self.count_max}


def given(query: Any, name: str) -> list[str]:
    """Return every value a parameter was given; an empty one counts as absent."""
    return [value for value in query.getlist(name) if value]


def read_table(
    query: QueryDict, table: Mapping[str, forms.Field]
) -> tuple[dict[str, Any], dict[str, list[str]]]:
    """Return the values of the parameters that are well formed, and what is wrong with others."""
    values: dict[str, Any] = {}
    errors: dict[str, list[str]] = {}
    for name, field in table.items():
        try:
            values[name] = field.clean(given(query, name))
        except ValidationError as error:
            errors[name] = error.messages
    return values, errors


def read_whole_number(text: str, low: int, high: int) -> int:
    if not WHOLE_NUMBER.fullmatch(text):
        raise ValidationError(f"Must be a whole number, not {shown(text)}.")
    if not low <= int(text) <= high:
        raise ValidationError(f"Must be from {low} to {high}, not {shown(text)}.")
    return int(text)


def read_one_of(text: str, values: Sequence[str]) -> str:
    if text not in values:
        raise ValidationError(f"{shown(text)} is not one of {', '.join(values)}.")
    return text


def read_token(text: str, pattern: str, length_max: int) -> str:
    if len(text) > length_max or not re.fullmatch(pattern.strip("^$"), text):
        raise ValidationError(f"{shown(text)} is not well formed.")
    return text


def refuse_unknown(query: QueryDict, known: Iterable[str]) -> None:
    """Raise `Invalid` that names every parameter not in `known`, with the nearest that is."""
    names = sorted(known)
    refused = {
        shown(name, quote=""): [unknown_name(name, names, "parameter")]
        for name in query
        if name not in names
    }
    if refused:
        raise Invalid(f"Unknown parameter: {', '.join(list(refused)[:5])}.", fields=refused)


def refuse(errors: Mapping[str, Sequence[str]]) -> None:
    """Raise `Invalid` for the parameters at fault, if there are any."""
    if errors:
        fields = {name: list(messages) for name, messages in errors.items()}
        raise Invalid(f"Not accepted: {', '.join(sorted(fields))}.", fields=fields)


def shown(text: str, quote: str = "'") -> str:
    """Return text that is safe to repeat in a message: printable, and cut when long."""
    printable = "".join(letter if letter.isprintable() else "�" for letter in text)
    cut = printable if len(printable) <= SHOWN_MAX else f"{printable[:SHOWN_MAX]}…"
    return f"{quote}{cut}{quote}"


def unknown_name(name: str, names: Sequence[str], kind: str) -> str:
    """Return what to say of a name that is none of `names`, with the nearest that is."""
    near = get_close_matches(name[:SHOWN_MAX], names, n=1)
    hint = f"Did you mean {near[0]}?" if near else f"Known: {', '.join(names) or 'none'}."
    return f"There is no such {kind}. {hint}"
