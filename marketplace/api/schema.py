"""The OpenAPI document: what drf-spectacular cannot see by itself."""

from typing import Any

from django import forms
from drf_spectacular.extensions import OpenApiSerializerExtension
from drf_spectacular.openapi import AutoSchema

Document = dict[str, Any]
PATH_SCHEMAS: dict[str, Document] = {
    "integer": {"type": "integer", "minimum": 1, "maximum": 2**63 - 1},
    "string": {"type": "string", "pattern": "^[-a-zA-Z0-9_]+$", "maxLength": 120},
}

READ_REFUSALS = {
    "400": "BadRequest",
    "406": "NotAcceptable",
    "429": "TooManyRequests",
    "503": "ServiceUnavailable",
}
KEYED_REFUSALS = {"401": "Unauthorized", "403": "Forbidden"}
CURSORS = {"cursor", "after"}
BODY_REFUSALS = {"400": "BadBody"}
WRITE_REFUSALS = {"413": "TooLarge", "415": "UnsupportedMediaType"}
ONCE_REFUSALS = {"409": "InProgress", "422": "KeyReused"}


class ClosedBody(OpenApiSerializerExtension):  # type: ignore[no-untyped-call]  # untyped hook
    """Says of request bodies that they have no members but those declared."""

    target_class = "marketplace.api.bodies.Body"
    match_subclasses = True

    def map_serializer(self, auto_schema: Any, direction: Any) -> Document:
        body: Document = auto_schema._map_serializer(  # noqa: SLF001 - the library's own way
            self.target, direction, bypass_extensions=True
        )
        return {**body, "additionalProperties": False}


class ProblemAutoSchema(AutoSchema):
    """Operations with the parameters their views enforce and the errors they can answer."""

    def get_operation(self, *args: Any, **kwargs: Any) -> Document | None:
        operation: Document | None = super().get_operation(*args, **kwargs)
        scope_of = getattr(self.view, "scope_of", None)
        if operation and scope_of:
            scope = f"Needs a key with the scope `{scope_of(self.method)}`."
            said = operation.get("description")
            operation["description"] = f"{said}\n\n{scope}" if said else scope
        return operation

    def _get_parameters(self) -> list[Document]:
        parameters: list[Document] = super()._get_parameters()
        own = getattr(self.view, "path_schemas", {})
        for parameter in parameters:
            if parameter["in"] == "path":
                schema = own.get(parameter["name"])
                parameter["schema"] = schema or PATH_SCHEMAS[parameter["schema"]["type"]]
        known = getattr(self.view, "known_parameters", None)
        declared = known(self.method) if known else {}
        return [*parameters, *(_parameter(name, field) for name, field in declared.items())]

    def _is_list_view(self, serializer: Any = None) -> bool:
        return False  # a page's serializer describes the page, not one of its results

    def _get_response_bodies(self, direction: Any = "response") -> Document:
        answers: Document = super()._get_response_bodies(direction)
        if headers := getattr(self.view, "answer_headers", {}):
            for answer in answers.values():
                answer.setdefault("headers", {}).update(headers)
        errors = {
            status: {"$ref": f"#/components/responses/{name}"}
            for status, name in self._refusals().items()
        }
        return answers | dict(sorted(errors.items()))

    def _refusals(self) -> dict[str, str]:
        named = dict(READ_REFUSALS)
        known = getattr(self.view, "known_parameters", None)
        if known and not CURSORS.isdisjoint(known(self.method)):
            named["400"] = "BadPage"
        if "{" in self.path:
            named["404"] = "NotFound"
        if self.view.authentication_classes:
            named |= KEYED_REFUSALS
        if self.method != "GET":
            handler = getattr(self.view, getattr(self.view, "action", None) or self.method.lower())
            is_once = hasattr(handler, "answers_once")
            has_body = self.method != "DELETE" and self.get_request_serializer()
            named |= BODY_REFUSALS if has_body else {}
            named |= WRITE_REFUSALS | (ONCE_REFUSALS if is_once else {})
        own = getattr(self.view, "own_refusals", None)
        return named | (own(self.method) if own else {})


def _parameter(name: str, field: forms.Field) -> Document:
    schema = field.schema()  # type: ignore[attr-defined]  # every declared parameter has one
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
