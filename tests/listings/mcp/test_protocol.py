"""Messages by hand: what each revision asks of a server beyond what its own client looks at."""

import json
import time
from typing import Any

import pytest
from django.core.cache import cache
from django.db import connection
from django.test import Client
from pytest_django import Settings

from marketplace.rate_limits import count_request
from tests import make
from tests.listings.mcp.chat_client import called, post

pytestmark = pytest.mark.django_db
PING = {"jsonrpc": "2.0", "id": 1, "method": "ping"}
META = {
    "io.modelcontextprotocol/protocolVersion": "2026-07-28",
    "io.modelcontextprotocol/clientCapabilities": {},
}
MODERN = {"MCP-Protocol-Version": "2026-07-28"}


def initialize(version: str) -> dict[str, Any]:
    params = {
        "protocolVersion": version,
        "capabilities": {},
        "clientInfo": {"name": "a client", "version": "1"},
    }
    return {"jsonrpc": "2.0", "id": "first", "method": "initialize", "params": params}


@pytest.mark.parametrize(
    ("wanted", "agreed"),
    [
        ("2025-03-26", "2025-03-26"),
        ("2025-06-18", "2025-06-18"),
        ("2025-11-25", "2025-11-25"),
        ("1999-01-01", "2025-11-25"),
    ],
)
def test_a_handshake_agrees_on_a_revision(client: Client, wanted: str, agreed: str) -> None:
    answer = client.post("/mcp", json.dumps(initialize(wanted)), content_type="application/json")
    assert answer.status_code == 200
    assert answer.json()["id"] == "first"
    assert answer.json()["result"]["protocolVersion"] == agreed
    assert "Mcp-Session-Id" not in answer.headers


def test_a_ping_is_answered_with_nothing(client: Client) -> None:
    assert post(client, PING).json() == {"jsonrpc": "2.0", "id": 1, "result": {}}


def test_a_notification_is_taken_and_not_answered(client: Client) -> None:
    answer = post(client, {"jsonrpc": "2.0", "method": "notifications/initialized"})
    assert (answer.status_code, answer.content) == (202, b"")


@pytest.mark.parametrize("method", ["get", "delete", "put", "patch", "options", "head"])
def test_only_post_is_taken(client: Client, method: str) -> None:
    answer = getattr(client, method)("/mcp")
    assert answer.status_code == 405
    assert answer["Allow"] == "POST"


@pytest.mark.parametrize(
    ("body", "code"),
    [
        ("{", -32700),
        ('{"jsonrpc": NaN}', -32700),
        ("[" * 5_000, -32700),
        ([PING, PING], -32600),
        ([], -32600),
        ("1", -32600),
        ({"jsonrpc": "2.0", "id": None, "method": "ping"}, -32600),
        ({"jsonrpc": "2.0", "id": 1.5, "method": "ping"}, -32600),
        ({"jsonrpc": "2.0", "id": 1, "result": {}}, -32600),
        ({"jsonrpc": "1.0", "id": 1, "method": "ping"}, -32600),
    ],
)
def test_what_is_no_message_is_refused(client: Client, body: Any, code: int) -> None:
    answer = post(client, body)
    assert answer.status_code == 400
    assert answer.json()["id"] is None
    assert answer.json()["error"]["code"] == code


@pytest.mark.parametrize("method", ["prompts/list", "resources/list", "nothing", "server/discover"])
def test_other_methods_are_refused_within_the_session(client: Client, method: str) -> None:
    answer = post(client, {"jsonrpc": "2.0", "id": 7, "method": method})
    assert answer.status_code == 200  # 404 would end the session
    assert (answer.json()["id"], answer.json()["error"]["code"]) == (7, -32601)


def test_a_tool_that_is_not_there_is_an_error_that_names_those_that_are(client: Client) -> None:
    params = {"name": "buy_car", "arguments": {}}
    answer = post(client, {"jsonrpc": "2.0", "id": 7, "method": "tools/call", "params": params})
    assert answer.json()["error"]["code"] == -32602
    assert "search_cars" in answer.json()["error"]["message"]


def test_a_revision_that_is_not_spoken_is_refused_with_those_that_are(client: Client) -> None:
    answer = post(client, PING, **{"MCP-Protocol-Version": "2031-01-01"})
    assert answer.status_code == 400
    assert answer.json()["error"]["code"] == -32022
    assert "2025-06-18" in answer.json()["error"]["data"]["supported"]


def test_without_a_header_the_first_revision_is_spoken(client: Client) -> None:
    assert client.post("/mcp", json.dumps(PING), content_type="application/json").json()["id"] == 1


@pytest.mark.parametrize(
    ("params", "headers", "code", "status"),
    [
        ({"_meta": META}, {"Mcp-Method": "tools/list"}, None, 200),
        ({"_meta": META}, {}, -32020, 400),
        ({"_meta": META}, {"Mcp-Method": "tools/call"}, -32020, 400),
        ({}, {"Mcp-Method": "tools/list"}, -32602, 400),
        ({"_meta": {}}, {"Mcp-Method": "tools/list"}, -32602, 400),
    ],
)
def test_a_message_without_a_handshake_says_what_it_is_in_headers_too(
    client: Client, params: Any, headers: dict[str, str], code: int | None, status: int
) -> None:
    message = {"jsonrpc": "2.0", "id": 1, "method": "tools/list", "params": params}
    answer = post(client, message, **MODERN, **headers)
    assert answer.status_code == status
    assert answer.json().get("error", {}).get("code") == code


def test_the_name_of_a_tool_stands_in_a_header_too_encoded_where_it_must_be(client: Client) -> None:
    params = {"_meta": META, "name": "market", "arguments": {"make": "ford"}}
    message = {"jsonrpc": "2.0", "id": 1, "method": "tools/call", "params": params}
    make.make("Ford")
    asked = {**MODERN, "Mcp-Method": "tools/call"}
    assert post(client, message, **asked).json()["error"]["code"] == -32020
    for name in ("market", "=?base64?bWFya2V0?="):
        answer = post(client, message, **asked, **{"Mcp-Name": name})
        assert answer.json()["result"]["structuredContent"]["make"] == "ford"
        assert answer.json()["result"]["resultType"] == "complete"


@pytest.mark.parametrize(
    ("origin", "status"),
    [
        ("https://evil.example.com", 403),
        ("null", 403),
        ("http://testserver", 200),
        ("http://127.0.0.1:8000", 200),
    ],
)
def test_pages_of_other_origins_are_refused(client: Client, origin: str, status: int) -> None:
    answer = post(client, PING, Origin=origin)
    assert answer.status_code == status
    assert "Access-Control-Allow-Origin" not in answer.headers


def test_other_types_are_refused(client: Client) -> None:
    body = json.dumps(PING)
    assert client.post("/mcp", body, content_type="text/plain").status_code == 415
    assert post(client, PING, Accept="text/event-stream").status_code == 406
    assert post(client, PING, Accept="application/json, text/event-stream").status_code == 200


def test_a_body_has_a_bound(client: Client) -> None:
    answer = post(client, {**PING, "params": {"x": "x" * 32_000}})
    assert answer.status_code == 413
    assert answer.json()["error"]["code"] == -32600


def test_nothing_is_kept_by_a_cache(client: Client) -> None:
    for answer in (post(client, PING), client.get("/mcp"), post(client, "{")):
        assert answer["Cache-Control"] == "no-store"
        assert not answer.cookies


def test_a_call_takes_no_place_of_those_who_write(client: Client) -> None:
    is_for_writes: set[bool] = set()

    def noted(execute: Any, sql: Any, params: Any, many: Any, context: Any) -> Any:
        is_for_writes.add(context["connection"].is_for_writes)
        return execute(sql, params, many, context)

    car = make.live()
    with connection.execute_wrapper(noted):
        called(client, "get_car", {"id": car.pk})
    assert is_for_writes == {False}


def test_it_can_be_switched_off(client: Client, settings: Settings) -> None:
    assert "/mcp" in client.get("/llms.txt").content.decode()
    settings.MCP_ENABLED = False
    assert post(client, PING).status_code == 404
    assert "/mcp" not in client.get("/llms.txt").content.decode()


def test_a_network_that_asks_too_often_is_told_when_to_go_on(
    client: Client, settings: Settings
) -> None:
    settings.API_REQUESTS_PER_MINUTE = 1
    answers = [post(client, PING) for _ in range(3)]  # two at most, where a minute ends between
    refused = next(answer for answer in answers if answer.status_code == 429)
    seconds = int(refused["Retry-After"])
    assert 1 <= seconds <= 60
    error = refused.json()["error"]
    assert error["data"] == {"retry_after_seconds": seconds}
    assert f"ask again in {seconds} seconds" in error["message"]


def test_a_tool_counts_once_and_with_the_requests_of_the_api(
    client: Client, settings: Settings
) -> None:
    settings.API_REQUESTS_PER_MINUTE = 1_000
    for _ in range(2):  # a minute may end between, and only once
        began = time.time() // 60
        client.get("/api/v1/makes/")
        called(client, "search_cars", {})
        use = count_request("address", "127.0.0.1")
        if time.time() // 60 == began:
            break
        cache.clear()
    assert use
    assert use.used == 3
