"""The reference of the API: the OpenAPI document in the order and the words of a page."""

import json
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from django.conf import settings

from marketplace.api.examples import HOST

Document = dict[str, Any]
FORMATS = {"date-time": "time", "date": "day", "uri": "address", "binary": "file"}
_SCHEMAS = "#/components/schemas/"
_RESPONSES = "#/components/responses/"


@dataclass(frozen=True)
class TypeName:
    """What something is: words before, a schema by name, which may be empty, and words after."""

    before: str
    schema: str = ""
    after: str = ""


@dataclass(frozen=True)
class ReferenceMember:
    """A property or a parameter: its name, its type, where it stands and what it means."""

    name: str
    type: TypeName
    place: str
    is_required: bool
    description: str


@dataclass(frozen=True)
class ReferenceAnswer:
    """A status that an operation answers: what it means, its type, or the errors by code."""

    status: str
    description: str
    type: TypeName | None
    errors: str = ""
    codes: tuple[str, ...] = ()


@dataclass(frozen=True)
class ReferenceOperation:
    """An operation of the API."""

    id: str
    method: str
    path: str
    summary: str
    description: str
    parameters: list[ReferenceMember]
    body: TypeName | None
    answers: list[ReferenceAnswer]
    command: str
    example: str


@dataclass(frozen=True)
class ReferenceSchema:
    """A type of the API: its members, or its values."""

    name: str
    description: str
    members: list[ReferenceMember]
    values: list[str]


@dataclass(frozen=True)
class ReferenceProblem:
    """An error answer: its name, its status and its codes with what they mean."""

    name: str
    status: str
    description: str


@dataclass(frozen=True)
class Reference:
    """The whole: operations by tag, types and errors by name, and how a key is sent."""

    tags: dict[str, list[ReferenceOperation]]
    schemas: list[ReferenceSchema]
    errors: list[ReferenceProblem]
    authentication: str


def reference_of(document: Document) -> Reference:
    """Return what a page shows of an OpenAPI document."""
    responses = document["components"]["responses"]
    tags: dict[str, list[ReferenceOperation]] = {}
    statuses: dict[str, str] = {}
    for path, operations in document["paths"].items():
        for method, written in operations.items():
            operation = _operation(method, path, written, responses)
            tags.setdefault(written["tags"][0], []).append(operation)
            statuses |= {each.errors: each.status for each in operation.answers if each.errors}
    return Reference(
        tags=dict(sorted(tags.items())),
        schemas=[_schema(*each) for each in sorted(document["components"]["schemas"].items())],
        errors=[
            ReferenceProblem(name, statuses[name], responses[name]["description"])
            for name in sorted(responses, key=lambda name: (statuses[name], name))
        ],
        authentication=document["components"]["securitySchemes"]["apiKey"]["description"],
    )


def _operation(
    method: str, path: str, written: Document, responses: Document
) -> ReferenceOperation:
    bodies = list((written.get("requestBody") or {}).get("content", {}).values())
    answers = [
        _answer(status, answer, responses)
        for status, answer in sorted(written["responses"].items())
    ]
    contents = [
        content
        for status, answer in written["responses"].items()
        if status.startswith("2")
        for content in answer.get("content", {}).values()
    ]
    example = next((each["example"] for each in contents if "example" in each), "")
    return ReferenceOperation(
        id=written["operationId"],
        method=method.upper(),
        path=path,
        summary=written["summary"],
        description=written.get("description", ""),
        parameters=[_parameter(each) for each in written.get("parameters", [])],
        body=type_of(bodies[0]["schema"]) if bodies else None,
        answers=answers,
        command="".join(_here(each["source"]) for each in written.get("x-codeSamples", [])),
        example=_here(
            example
            if isinstance(example, str)
            else json.dumps(example, indent=2, ensure_ascii=False)
        ),
    )


def _here(text: str) -> str:
    return text.replace(HOST, settings.PUBLIC_URL)


def _parameter(written: Document) -> ReferenceMember:
    is_required = written.get("required", False)
    described, kind = written.get("description", ""), type_of(written["schema"])
    return ReferenceMember(written["name"], kind, written["in"], is_required, described)


def _answer(status: str, written: Document, responses: Document) -> ReferenceAnswer:
    if "$ref" in written:
        name = written["$ref"].removeprefix(_RESPONSES)
        (content,) = responses[name]["content"].values()
        codes = content["schema"]["allOf"][1]["properties"]["code"]["enum"]
        return ReferenceAnswer(status, "", None, name, tuple(codes))
    contents = list(written.get("content", {}).values())
    kind = type_of(contents[0]["schema"]) if contents else None
    return ReferenceAnswer(status, written.get("description", ""), kind)


def _schema(name: str, written: Document) -> ReferenceSchema:
    required = written.get("required", [])
    members = [
        ReferenceMember(key, type_of(each), "", key in required, each.get("description", ""))
        for key, each in (written.get("properties") or {}).items()
    ]
    values = [str(each) for each in written.get("enum", [])]
    return ReferenceSchema(name, written.get("description", ""), members, values)


def type_of(schema: Document) -> TypeName:
    """Return what a schema is in words, with the one schema that it names."""
    named = next(_names(schema), "")
    after = " or null" if schema.get("nullable") else ""
    if schema.get("type") == "array":
        inner = type_of(schema["items"])
        return TypeName(f"list of {inner.before}", inner.schema, inner.after + after)
    if named and schema.get("type") != "object":
        return TypeName("", named, after)
    extra = schema.get("additionalProperties")
    if isinstance(extra, dict) and extra:
        inner = type_of(extra)
        return TypeName(f"object by name of {inner.before}", inner.schema, inner.after + after)
    if "oneOf" in schema:
        words = " or ".join(dict.fromkeys(type_of(each).before for each in schema["oneOf"]))
        return TypeName(words + after)
    kind = str(schema.get("type", "anything"))
    called = FORMATS.get(str(schema.get("format")), kind)
    if "enum" in schema:
        called = "one of " + ", ".join(str(each) for each in schema["enum"])
    return TypeName(f"{called}{_limits(schema)}{after}")


def _limits(schema: Document) -> str:
    low, high = schema.get("minimum"), schema.get("maximum")
    if schema.get("type") == "string":
        longest = schema.get("maxLength")
        return f" of at most {longest:,} characters" if longest else ""
    if low is not None and high is not None:
        return f" from {low:,}" if high >= 2**31 else f" from {low:,} to {high:,}"
    return ""


def _names(schema: Document) -> Iterator[str]:
    """Yield the schemas that a schema is, or may be, but for null and the empty text."""
    if "$ref" in schema:
        yield schema["$ref"].removeprefix(_SCHEMAS)
    for several in ("allOf", "oneOf"):
        for each in schema.get(several, []):
            yield from (name for name in _names(each) if name not in ("NullEnum", "BlankEnum"))
