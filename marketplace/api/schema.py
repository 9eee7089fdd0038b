"""The OpenAPI document: what drf-spectacular cannot see by itself."""

from typing import Any

from django import forms
from drf_spectacular.openapi import AutoSchema

from marketplace.api.problem import CONTENT_TYPE, problem

Document = dict[str, Any]
PATH_SCHEMAS: dict[str, Document] = {
    "integer": {"type": "integer", "minimum": 1, "maximum": 2**63 - 1},
    "string": {"type": "string", "pattern": "^[-a-zA-Z0-9_]+$", "maxLength": 120},
}

PROBLEM: Document = {
    "type": "object",
    "description": "An error, as RFC 9457 writes it.",
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
RETRY_AFTER: Document = {
    "Retry-After": {
        "description": "Seconds to wait before asking again.",
        "schema": {"type": "integer", "minimum": 1},
    }
}


def _answer(description: str, example: Document, headers: Document | None = None) -> Document:
    content = {
        CONTENT_TYPE: {"schema": {"$ref": "#/components/schemas/Problem"}, "example": example}
    }
    return {"description": description, "content": content, "headers": headers or {}}


ANSWERS: Document = {
    "BadRequest": _answer(
        "A parameter is unknown, or its value cannot be accepted.",
        problem(
            400,
            "invalid",
            "Not accepted: fuel.",
            fields={"fuel": ["'steam' is not one of petrol, diesel."]},
        ),
    ),
    "NotFound": _answer(
        "There is nothing here, or nothing that may be seen.",
        problem(404, "not_found", "There is nothing here."),
    ),
    "NotAcceptable": _answer(
        "The format asked for is not offered.",
        problem(406, "not_acceptable", "Could not satisfy the request Accept header."),
    ),
    "Gone": _answer(
        "What changed since the cursor is no longer known: go on from `start_over`.",
        problem(
            410,
            "cursor_expired",
            "What changed since this cursor is no longer known.",
            extra={"start_over": "https://cars.example.com/api/v1/changes/"},
        ),
    ),
    "TooManyRequests": _answer(
        "Too many requests from one address in one minute.",
        problem(429, "throttled", "Request was throttled. Expected available in 12 seconds."),
        RETRY_AFTER,
    ),
    "ServiceUnavailable": _answer(
        "The database cannot be reached.",
        problem(503, "database_away", "The database cannot be reached. Try again shortly."),
        RETRY_AFTER,
    ),
}


def add_problem(result: Document, **_: object) -> Document:
    """Put the error answers, which every operation refers to, among the components."""
    components = result.setdefault("components", {})
    components.setdefault("schemas", {})["Problem"] = PROBLEM
    components["responses"] = ANSWERS
    return result


class ProblemAutoSchema(AutoSchema):
    """Operations with the parameters their views enforce and the errors they can answer."""

    def _get_parameters(self) -> list[Document]:
        parameters: list[Document] = super()._get_parameters()
        for parameter in parameters:
            if parameter["in"] == "path":
                parameter["schema"] = PATH_SCHEMAS[parameter["schema"]["type"]]
        declared = getattr(self.view, "parameters", {})
        return [*parameters, *(_parameter(name, field) for name, field in declared.items())]

    def _get_response_bodies(self, direction: Any = "response") -> Document:
        answers: Document = super()._get_response_bodies(direction)
        named = {
            "400": "BadRequest",
            "406": "NotAcceptable",
            "429": "TooManyRequests",
            "503": "ServiceUnavailable",
        }
        if "{" in self.path:
            named["404"] = "NotFound"
        named |= getattr(self.view, "refusals", {})
        errors = {
            status: {"$ref": f"#/components/responses/{name}"} for status, name in named.items()
        }
        return answers | dict(sorted(errors.items()))


def _parameter(name: str, field: forms.Field) -> Document:
    schema = field.schema()  # type: ignore[attr-defined]  # every declared parameter is One or Several
    parameter = {
        "in": "query",
        "name": name,
        "description": getattr(field, "description", ""),
        **({"required": True} if field.required else {"allowEmptyValue": True}),
        "schema": schema,
    }
    if schema["type"] == "array":
        parameter |= {"style": "form", "explode": True}
    if schema.get("default") is None and getattr(field, "default", None) is not None:
        schema["default"] = field.default  # type: ignore[attr-defined]  # as above
    return parameter
