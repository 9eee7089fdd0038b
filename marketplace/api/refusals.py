"""The error answers of the OpenAPI document: which codes each has, and what they mean."""

import tomllib
from functools import cache
from pathlib import Path
from typing import Any

from marketplace.api.problem import CONTENT_TYPE, problem

Document = dict[str, Any]

PROBLEM: Document = {
    "type": "object",
    "description": "An error, as RFC 9457 writes it. `code` says which it is; an answer may have "
    "further members, such as the `id` of what is in the way.",
    "required": ["type", "title", "status", "code", "detail"],
    "properties": {
        "type": {"type": "string", "description": "Always `about:blank`: `code` says which."},
        "title": {"type": "string", "description": "The HTTP status in words."},
        "status": {"type": "integer", "description": "The HTTP status."},
        "code": {"type": "string", "description": "Which error it is. Codes are stable."},
        "detail": {"type": "string", "description": "What happened, for people."},
        "fields": {
            "type": "object",
            "description": "Messages for each parameter or field at fault.",
            "additionalProperties": {"type": "array", "items": {"type": "string"}},
        },
    },
}
HEADERS: Document = {
    "retry": {
        "Retry-After": {
            "description": "Seconds to wait before asking again.",
            "schema": {"type": "integer", "minimum": 1},
        }
    },
    "challenge": {
        "WWW-Authenticate": {
            "description": "Always `Bearer`.",
            "schema": {"type": "string"},
        }
    },
}


def add_problem(result: Document, **_: object) -> Document:
    """Put the error answers, which every operation refers to, among the components."""
    components = result.setdefault("components", {})
    components.setdefault("schemas", {})["Problem"] = PROBLEM
    used = _named(result["paths"])
    components["responses"] = {name: _answer(name) for name in refusals() if name in used}
    return result


@cache
def refusals() -> Document:
    """Return what `refusals.toml` says, by the name of the answer."""
    return tomllib.loads((Path(__file__).parent / "refusals.toml").read_text())


def codes_of(name: str) -> dict[str, str]:
    """Return the codes of an answer and what they mean, those it takes over first."""
    written = refusals()[name]
    taken_over = codes_of(written["also"]) if "also" in written else {}
    return {**taken_over, **written["codes"]}


def _answer(name: str) -> Document:
    written, codes = refusals()[name], codes_of(name)
    meanings = "\n".join(f"* `{code}` - {meaning}" for code, meaning in codes.items())
    of_this = {"type": "object", "properties": {"code": {"type": "string", "enum": list(codes)}}}
    example = problem(
        written["status"],
        written.get("code") or next(iter(codes)),
        written["detail"],
        extra=written.get("members"),
    )
    schema = {"allOf": [{"$ref": "#/components/schemas/Problem"}, of_this]}
    return {
        "description": f"{written['description']}\n\n{meanings}",
        "content": {CONTENT_TYPE: {"schema": schema, "example": example}},
        "headers": HEADERS.get(written.get("headers", ""), {}),
    }


def _named(paths: Document) -> set[str]:
    """Return the names of the answers that operations refer to."""
    answers = [
        answer.get("$ref", "")
        for operations in paths.values()
        for operation in operations.values()
        for answer in operation["responses"].values()
    ]
    return {reference.rpartition("/")[2] for reference in answers}
