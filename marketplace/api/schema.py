"""The OpenAPI document: what drf-spectacular cannot see by itself."""

from typing import Any

from django import forms
from drf_spectacular.extensions import OpenApiSerializerExtension
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
CHALLENGE: Document = {
    "WWW-Authenticate": {"description": "Always `Bearer`.", "schema": {"type": "string"}}
}
READ_REFUSALS = {
    "400": "BadRequest",
    "406": "NotAcceptable",
    "429": "TooManyRequests",
    "503": "ServiceUnavailable",
}
KEYED_REFUSALS = {"401": "Unauthorized", "403": "Forbidden"}
WRITE_REFUSALS = {"413": "TooLarge", "415": "UnsupportedMediaType"}
ONCE_REFUSALS = {"409": "InProgress", "422": "KeyReused"}


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
    "Unauthorized": _answer(
        "No key was sent, or none that is in use.",
        problem(401, "key_not_accepted", "This is not a key in use."),
        CHALLENGE,
    ),
    "Forbidden": _answer(
        "The key lacks the scope for this. Or its dealer is suspended (`dealer_suspended`): it "
        "reads, and writes nothing.",
        problem(403, "scope_missing", "This key lacks the scope stock:write."),
    ),
    "NotFound": _answer(
        "There is nothing here, or nothing that may be seen.",
        problem(404, "not_found", "There is nothing here."),
    ),
    "VehicleNotFound": _answer(
        "No register knows a car with this mark. Or none is switched on (`vehicle_look_ups_off`).",
        problem(404, "vehicle_not_found", "No car with this registration mark is known."),
    ),
    "NotAcceptable": _answer(
        "The format asked for is not offered.",
        problem(406, "not_acceptable", "Could not satisfy the request Accept header."),
    ),
    "Duplicate": _answer(
        "The car is there already: `id` says where. Or the advert may not become this, or a "
        "request with this `Idempotency-Key` is being answered.",
        problem(
            409,
            "duplicate_stock_ref",
            "Another advert of yours has this stock reference.",
            extra={"id": 12},
        ),
    ),
    "NotReceived": _answer(
        "The feed is paused, or a newer file has been applied. Or too many files wait, or take "
        "too much (`quota_reached`): `quota` and `limit` say which. Or a request with this "
        "`Idempotency-Key` is being answered.",
        problem(409, "out_of_order", "A newer file of this feed has been applied already."),
    ),
    "NotHeld": _answer(
        "The run is not held, or its file cannot be read. Or a request with this "
        "`Idempotency-Key` is being answered.",
        problem(409, "run_not_held", "The run is done, not held."),
    ),
    "ErasedRecord": _answer(
        "The buyer erased the enquiry: nothing is noted on it. Or a request with this "
        "`Idempotency-Key` is being answered.",
        problem(409, "enquiry_erased", "The buyer erased this enquiry."),
    ),
    "NotReservable": _answer(
        "The dealer takes no reservations, or the car is reserved or asked for already.",
        problem(409, "not_reservable", "Somebody else has asked to reserve this car."),
    ),
    "NotAllowed": _answer(
        "The advert's status does not allow this: `allowed_actions` says what it does. Or a "
        "request with this `Idempotency-Key` is being answered.",
        problem(
            409,
            "action_not_allowed",
            "Cannot renew: the advert is draft.",
            extra={"listing_status": "draft", "allowed_actions": ["publish"]},
        ),
    ),
    "PhotoNotAllowed": _answer(
        "The dealer has as many photos, or as many that wait, as one may (`quota_reached`): "
        "`quota` and `limit` say which. Or the advert's status does not allow this. Or a request "
        "with this `Idempotency-Key` is being answered.",
        problem(
            409,
            "quota_reached",
            "A dealer has at most 500,000 photos.",
            extra={"quota": "photos", "limit": 500_000},
        ),
    ),
    "QuotaReached": _answer(
        "The dealer has as many as one may: `quota` and `limit` say which.",
        problem(
            409,
            "quota_reached",
            "A dealer has at most 10 webhooks: end one first.",
            extra={"quota": "webhooks", "limit": 10},
        ),
    ),
    "InProgress": _answer(
        "A request with this `Idempotency-Key` is being answered.",
        problem(
            409,
            "request_in_progress",
            "A request with this Idempotency-Key is being answered. Try again soon.",
        ),
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
    "PreconditionFailed": _answer(
        "The advert is not the version that `If-Match` names; `etag` is the one it is.",
        problem(
            412,
            "precondition_failed",
            "This has changed since you read it.",
            extra={"etag": '"1f4.25"'},
        ),
    ),
    "TooLarge": _answer(
        "The body is larger than is read here.",
        problem(413, "too_large", "A body has at most 2,097,152 bytes here."),
    ),
    "UnsupportedMediaType": _answer(
        "The body is of another type than is read here.",
        problem(
            415,
            "unsupported_media_type",
            'Unsupported media type "text/plain" in request.',
        ),
    ),
    "KeyReused": _answer(
        "The `Idempotency-Key` belongs to another request.",
        problem(
            422,
            "idempotency_key_reused",
            "This Idempotency-Key belongs to another request.",
        ),
    ),
    "TooManyRequests": _answer(
        "Too many requests from one address, or by one key, in one minute.",
        problem(429, "throttled", "Request was throttled. Expected available in 12 seconds."),
        RETRY_AFTER,
    ),
    "ServiceUnavailable": _answer(
        "The database cannot be reached (`database_away`), is busy (`database_busy`, "
        "`connections_exhausted`), takes too long (`query_too_slow`), takes no changes "
        "(`database_read_only`) or could not do this (`database_failed`). Or too many photos are "
        "being read (`photos_busy`), or files cannot be kept (`storage_away`).",
        problem(503, "database_away", "The database cannot be reached. Try again shortly."),
        RETRY_AFTER,
    ),
    "RegistersAway": _answer(
        "No register of vehicles answers. Or the database does not, as for every operation.",
        problem(
            503,
            "vehicle_registers_away",
            "DVLA and DVSA do not answer at the moment: go on without them.",
        ),
        RETRY_AFTER,
    ),
    "InsufficientStorage": _answer(
        "There is no room for a file; nothing of it was kept.",
        problem(
            507,
            "storage_full",
            "There is no room for files at the moment. Nothing was kept: try later.",
        ),
        RETRY_AFTER,
    ),
}


def add_problem(result: Document, **_: object) -> Document:
    """Put the error answers, which every operation refers to, among the components."""
    components = result.setdefault("components", {})
    components.setdefault("schemas", {})["Problem"] = PROBLEM
    components["responses"] = ANSWERS
    return result


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
        if "{" in self.path:
            named["404"] = "NotFound"
        if self.view.authentication_classes:
            named |= KEYED_REFUSALS
        if self.method != "GET":
            handler = getattr(self.view, getattr(self.view, "action", None) or self.method.lower())
            is_once = hasattr(handler, "answers_once")
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
