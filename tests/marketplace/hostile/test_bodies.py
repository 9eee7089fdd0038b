"""No body is answered 5xx: what is no JSON, and JSON with any value in any field."""

import json
from typing import Any

import pytest

from tests.marketplace.hostile.conftest import Sender
from tests.marketplace.hostile.document import bodies, spoilt
from tests.marketplace.hostile.values import some

pytestmark = [pytest.mark.django_db, pytest.mark.timeout(1200), pytest.mark.slow]
BODIES = {
    "nothing": b"",
    "not json": b"{",
    "nul": b"\0",
    "not utf-8": b'{"a": "\xff"}',
    "deep": b"[" * 100_000,
    "deeper": b'{"a":' * 50_000,
    "a list": b"[]",
    "null": b"null",
    "twice": b'{"op": "create", "op": "delete", "op": null}',
    "huge number": b'{"id": 1' + b"0" * 400 + b"}",
    "infinite": b'{"id": 1e309}',
    "half a pair": b'{"stock_ref": "\\ud800"}',
}
TYPES = (
    "application/json",
    "text/plain",
    "application/x-www-form-urlencoded",
    "multipart/form-data",
    "multipart/form-data; boundary=\xff",
    "application/json; charset=nothing",
    "",
    "/",
    "\0",
)
EVENTS: dict[str, Any] = {
    "type": "object",
    "properties": {
        "events": {
            "type": "array",
            "items": {
                "type": "object",
                "properties": {"kind": {"enum": ["bounce"]}, "email": {"enum": ["a@example.com"]}},
            },
        }
    },
}
"""What a mail provider tells, as the API's document would have it."""


def test_nothing_in_a_body_is_too_awkward(sender: Sender) -> None:
    for endpoint in sender.endpoints():
        address, is_api = endpoint.address(sender.rows), endpoint.route.startswith("api/")
        for method in ("POST", "PUT", "PATCH") if is_api else ("POST",):
            for body in some(
                BODIES.values(),
                one_in=4 if endpoint.site else 2 if is_api else 1,
                of=method + endpoint.route,
            ):
                sender.send(endpoint, method, address, data=body, content_type="application/json")
        for kind in some(TYPES, one_in=1 if is_api else 3, of=endpoint.route):
            sender.send(endpoint, "POST", address, data=b"a=%00", content_type=kind)
    assert not sender.failures, sender.told()


@pytest.mark.parametrize("sender", ["public", "api"], indirect=True)
def test_nothing_in_a_field_of_json_is_too_awkward(sender: Sender) -> None:
    for endpoint in sender.endpoints():
        schemas = [("POST", EVENTS)] if endpoint.route == "mail/events/" else bodies(endpoint)
        for method, schema in schemas:
            address = endpoint.address(sender.rows)
            for body in some(
                spoilt(schema), one_in=4 if sender.part == "api" else 1, of=method + endpoint.route
            ):
                data = json.dumps(body)
                sender.send(endpoint, method, address, data=data, content_type="application/json")
    assert not sender.failures, sender.told()
