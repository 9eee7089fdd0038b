"""Arguments of a tool: described by the API's own parameters, and read by them."""

import unicodedata
from collections.abc import Mapping
from typing import Any

from django import forms
from django.http import QueryDict

from marketplace.api.parameters import ListParameter, refuse, refuse_unknown
from marketplace.errors import Invalid

VALUES_MAX = 60
LENGTH_MAX = 1_000
NOT_PLAIN = "Give a text, a whole number, true or false, or a list of them."
NOT_TYPED = "Control characters are not taken."


def input_schema(table: Mapping[str, forms.Field]) -> dict[str, Any]:
    """Return the JSON Schema of a tool's arguments, made from the parameters that read them."""
    properties = {
        name: {**_schema(field), "description": str(vars(field)["description"])}
        for name, field in table.items()
    }
    return {
        "type": "object",
        "properties": properties,
        "required": [name for name, field in table.items() if field.required],
        "additionalProperties": False,
    }


def query_of(arguments: Mapping[str, Any], table: Mapping[str, forms.Field]) -> QueryDict:
    """Return arguments as the API's query string has them; null counts as absent.

    Raises `Invalid` for one that is not in `table`, saying what was meant, and for one that no
    parameter could read.
    """
    query = QueryDict(mutable=True)
    faults: dict[str, list[str]] = {}
    for name, value in arguments.items():
        texts = [_text(each) for each in (value if isinstance(value, list) else [value])]
        if None in texts or len(texts) > VALUES_MAX:
            faults[name] = [NOT_PLAIN]
        elif any(unicodedata.category(letter) == "Cc" for text in texts for letter in text or ""):
            faults[name] = [NOT_TYPED]
        elif any(texts):
            query.setlist(name, [text for text in texts if text])
    refuse_unknown(_names(arguments), table)
    refuse(faults)
    return query


def _schema(field: Any) -> dict[str, Any]:
    schema: dict[str, Any] = field.schema()
    default = getattr(field, "default", None)
    if isinstance(field, ListParameter):
        schema = {**schema, "items": field.item.schema()}
    return schema if default is None else {**schema, "default": default}


def _text(value: Any) -> str | None:
    """Return a value as a query string has it; None where it is nothing that one can have."""
    if value is None:
        return ""
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, float) and value.is_integer():
        value = int(value)
    if isinstance(value, int):
        return str(value)
    return value if isinstance(value, str) and len(value) <= LENGTH_MAX else None


def _names(arguments: Mapping[str, Any]) -> QueryDict:
    query = QueryDict(mutable=True)
    for name in arguments:
        query.setlist(name, [])
    return query


def refuse_both(query: QueryDict, names: tuple[str, ...], message: str) -> None:
    """Raise `Invalid` unless exactly one of these arguments is given."""
    if sum(name in query for name in names) != 1:
        raise Invalid(message, fields={names[0]: [message]})
