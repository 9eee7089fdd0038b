"""What the properties of the OpenAPI document mean, where their serializers do not say."""

import re
import tomllib
from collections.abc import Iterator
from functools import cache
from pathlib import Path
from typing import Any

Document = dict[str, Any]
CLEARED = ("PatchedEnquiryProgress", "PatchedStockFields", "StockFields")
_UNKNOWN = "Null: not stated."
_NULL_SAID = re.compile(r"\bnull\b|^Empty:|\. Empty:", re.IGNORECASE)
_LABEL = re.compile(r"\n?^\* `([^`]*)` - (.*)$", re.MULTILINE)


def describe_properties(result: Document, **_: object) -> Document:
    """Give each property a description that says what its null means; what is written stays."""
    schemas: Document = result["components"]["schemas"]
    bodies = _bodies(result)
    for name, schema in schemas.items():
        if "enum" in schema:
            _leave_out_labels_that_say_nothing(schema)
        for key, owner in properties_of(schema):
            described = owner[key] = _beside_reference(owner[key])
            _leave_out_labels_that_say_nothing(described)
            text = described.get("description") or _written(name, key)
            if text and described.get("nullable") and not _NULL_SAID.search(text):
                text = _with_null(text, _null(name, key, described, is_body=name in bodies))
            if text:
                described["description"] = text
    return result


def properties_of(schema: Document) -> Iterator[tuple[str, Document]]:
    """Yield each property at any depth: its name, and the mapping that holds it."""
    properties: Document = schema.get("properties") or {}
    for key in properties:
        yield key, properties
        yield from properties_of(properties[key])
    inner = [schema.get("items"), schema.get("additionalProperties")]
    for several in ("allOf", "oneOf", "anyOf"):
        inner += schema.get(several, [])
    for each in inner:
        if isinstance(each, dict):
            yield from properties_of(each)


@cache
def _glossary() -> Document:
    return tomllib.loads((Path(__file__).parent / "glossary.toml").read_text())


def _written(schema: str, key: str) -> str:
    glossary = _glossary()
    own: Document = glossary["schemas"].get(schema, {})
    return str(own.get(key) or glossary["properties"].get(key, ""))


def _null(schema: str, key: str, described: Document, *, is_body: bool) -> str:
    if schema in CLEARED:
        return "Null clears it."
    if is_body:
        return "Null counts as left out."
    if known := _glossary()["null"].get(key):
        return str(known)
    return "Null: it has not happened." if described.get("format") == "date-time" else _UNKNOWN


def _with_null(text: str, null: str) -> str:
    """Put the sentence before the list of values, which stands last."""
    said, break_, values = text.partition("\n\n*")
    said = said if said.endswith(".") else f"{said}."
    return f"{said} {null}{break_}{values}"


def _beside_reference(described: Document) -> Document:
    """Return the schema so that a description can stand in it: beside `$ref` nothing counts."""
    return {"allOf": [described]} if "$ref" in described else described


def _leave_out_labels_that_say_nothing(schema: Document) -> None:
    labels = _LABEL.findall(schema.get("description", ""))
    if labels and all(value == label for value, label in labels):
        rest = _LABEL.sub("", schema["description"]).strip()
        schema.pop("description")
        if rest:
            schema["description"] = rest


def _bodies(document: Document) -> set[str]:
    """Return the names of the schemas that requests alone refer to."""
    asked, answered = set[str](), set[str]()
    for operations in document["paths"].values():
        for operation in operations.values():
            asked |= _named(operation.get("requestBody", {}), document)
            answered |= _named(operation["responses"], document)
    return asked - answered


def _named(part: Document, document: Document) -> set[str]:
    names, waiting = set[str](), [part]
    while waiting:
        for name in re.findall(r"#/components/schemas/(\w+)", str(waiting.pop())):
            if name not in names and name in document["components"]["schemas"]:
                names.add(name)
                waiting.append(document["components"]["schemas"][name])
    return names
