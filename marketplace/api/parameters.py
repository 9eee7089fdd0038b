"""Query parameters, read strictly: what is not understood is refused by name, never ignored.

Each kind of parameter is a form field that both reads a value and describes itself for the
OpenAPI document, so that the document cannot promise anything else than what is enforced. A
parameter without a value (`price_min=`, as an empty form field is sent) counts as absent.
"""

import re
from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime
from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.http import QueryDict
from django.utils.dateparse import parse_datetime
from django.utils.text import slugify

from marketplace.api.hints import did_you_mean, names_meant, value_meant
from marketplace.errors import Invalid

WHOLE_NUMBER = re.compile(r"-?[0-9]{1,12}")
TEXT_PATTERN = r"^[^\x00-\x1f\x7f-\x9f]+$"
REQUIRED = "This parameter is required."
SHOWN_MAX = 60
HINTS_MAX = 10  # looking for what was meant costs: whoever sends many names is not mistyping
Schema = dict[str, Any]


class ParameterWidget(forms.HiddenInput):
    """Every non-empty value a parameter was given."""

    def value_from_datadict(self, data: Any, files: object, name: str) -> list[str]:
        return given(data, name)


class Described(forms.Field):
    """What every parameter tells of itself; `also` is what else people call it."""

    widget = ParameterWidget

    def __init__(self, *, description: str = "", also: Sequence[str] = (), **kwargs: Any) -> None:
        super().__init__(**{"required": False, **kwargs})
        self.description = description
        self.also = tuple(also)


class Parameter(Described):
    """A parameter that is given once."""

    def __init__(self, *, default: Any = None, **kwargs: Any) -> None:
        super().__init__(**kwargs)
        self.default = default

    def clean(self, value: Sequence[str]) -> Any:
        if not value:
            if self.required:
                raise ValidationError(REQUIRED)
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
        if text.lower() not in ("true", "false"):
            raise ValidationError(f"Must be true or false, not {shown(text)}.")
        return text.lower() == "true"

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
    """One of some values, which are lower-case; it is taken in any letter case."""

    def __init__(self, *, values: Sequence[str], **kwargs: Any) -> None:
        super().__init__(**kwargs)
        self.values = tuple(values)

    def read(self, text: str) -> str:
        if (value := text.lower()) not in self.values:
            raise ValidationError(not_one_of(text, self.values))
        return value

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


class SlugParameter(PatternParameter):
    """The slug of a row, which is lower-case; it is taken in any letter case."""

    def __init__(self, *, length_max: int, **kwargs: Any) -> None:
        super().__init__(pattern=r"^[-A-Za-z0-9_]+$", length_max=length_max, **kwargs)

    def read(self, text: str) -> str:
        try:
            return super().read(text).lower()
        except ValidationError:
            like = slugify(text)[: self.length_max]
            such = f"no slug, such as {like}" if like else "not well formed"
            raise ValidationError(f"{shown(text)} is {such}.") from None


class ListParameter(Described):
    """A parameter that may be given again, or once with commas; `item` reads each value."""

    def __init__(self, *, item: Parameter, count_max: int, **kwargs: Any) -> None:
        super().__init__(**kwargs)
        self.item, self.count_max = item, count_max

    def clean(self, value: Sequence[str]) -> list[Any]:
        if self.required and not value:
            raise ValidationError(REQUIRED)
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
            values[name] = field.clean(given(query, name) if name in query else ())
        except ValidationError as error:
            errors[name] = error.messages
    return values, errors


def read_whole_number(text: str, low: int, high: int) -> int:
    if not WHOLE_NUMBER.fullmatch(text):
        raise ValidationError(f"Must be a whole number, not {shown(text)}.")
    if not low <= int(text) <= high:
        raise ValidationError(f"Must be from {low} to {high}, not {shown(text)}.")
    return int(text)


def not_one_of(text: str, values: Sequence[str]) -> str:
    """Return what to say of a value that is none of `values`, with the nearest that is."""
    hint = did_you_mean([value_meant(text, values)])
    return f"{shown(text)} is not one of {', '.join(values)}.{hint}"


def read_token(text: str, pattern: str, length_max: int) -> str:
    if len(text) > length_max or not re.fullmatch(pattern.strip("^$"), text):
        raise ValidationError(f"{shown(text)} is not well formed.")
    return text


def refuse_unknown(query: QueryDict, known: Mapping[str, forms.Field]) -> None:
    """Raise `Invalid` that names every parameter not in `known`, with what was meant by it."""
    if unknown := [name for name in query if name not in known]:
        called = {name: getattr(field, "also", ()) for name, field in known.items()}
        refused = unknown_names(unknown, called, "parameter")
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


def unknown_names(
    names: Iterable[str], known: Mapping[str, Sequence[str]], kind: str
) -> dict[str, list[str]]:
    """Return what to say of each name that is not known, and of the first what was meant by it.

    `known` are the names that are, with what else each is called.
    """
    return {
        shown(name, quote=""): [
            f"There is no such {kind}.{_hint(name, known) if number < HINTS_MAX else ''}"
        ]
        for number, name in enumerate(names)
    }


def _hint(name: str, known: Mapping[str, Sequence[str]]) -> str:
    return (
        did_you_mean(names_meant(name, known)) or f" Known: {', '.join(sorted(known)) or 'none'}."
    )
