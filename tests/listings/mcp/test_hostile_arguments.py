"""Whatever an agent sends is answered or refused, never a failure; and no log has a word of it."""

import json
from concurrent.futures import ThreadPoolExecutor
from typing import Any

import jsonschema  # type: ignore[import-untyped]  # it has no types
import pytest
from django.db import connections
from django.test import Client
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from pytest_django.live_server_helper import LiveServer

from listings.mcp.search_tool import PARAMETERS
from listings.mcp.tools import tools_now
from marketplace.logs import json_formatter
from tests import make
from tests.listings.mcp.chat_client import call, called, post
from tests.listings.mcp.test_tools import NAMES

CALLS = 100
MARK = "Zebedee"
TYPED = st.one_of(
    st.none(),
    st.booleans(),
    st.integers(-(2**63), 2**63),
    st.floats(allow_nan=False, allow_infinity=False),
    st.text(max_size=60),
    st.sampled_from(["", "ford", "LS1 4AP", "1,2,3", "%00", "\x00", "a" * 5_000, "-price", "١٢"]),
)
VALUES = st.one_of(
    TYPED,
    st.lists(TYPED, max_size=70),
    st.dictionaries(st.text(max_size=5), TYPED, max_size=2),
    st.lists(st.lists(TYPED, max_size=2), max_size=2),
)
ARGUMENTS = st.dictionaries(
    st.one_of(st.sampled_from([*PARAMETERS, "id", "car", "year"]), st.text(max_size=20)),
    VALUES,
    max_size=5,
)


@pytest.mark.django_db
@settings(suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(tool=st.sampled_from(NAMES), arguments=ARGUMENTS, is_valuing=st.booleans())
def test_any_arguments_are_answered_or_refused(
    client: Client, settings: Any, tool: str, arguments: dict[str, Any], is_valuing: bool
) -> None:
    settings.PUBLIC_VALUATIONS = is_valuing
    params = {"name": tool, "arguments": arguments}
    answer = post(client, {"jsonrpc": "2.0", "id": 1, "method": "tools/call", "params": params})
    assert answer.status_code in (200, 400, 413)
    if answer.status_code == 200:
        result = answer.json()["result"]
        assert result["content"][0]["text"]
        assert result["isError"] or result["structuredContent"]


def valid(schema: dict[str, Any]) -> st.SearchStrategy[Any]:
    """Return values that a parameter's own schema allows, of such as name something."""
    if "enum" in schema:
        return st.sampled_from(schema["enum"])
    if "oneOf" in schema:
        return st.one_of(*map(valid, schema["oneOf"]))
    if schema["type"] == "array":
        return st.lists(valid(schema["items"]), max_size=2)
    if schema["type"] == "integer":
        return st.integers(schema["minimum"], schema["maximum"])
    if schema["type"] == "boolean":
        return st.booleans()
    return st.sampled_from(["land-rover", "range-rover", "Leeds", "diesel under 40k", "bose"])


@pytest.mark.slow
@pytest.mark.django_db
@pytest.mark.parametrize("tool", NAMES)
def test_what_a_schema_allows_is_answered_by_the_other(client: Client, tool: str) -> None:
    first = make.live(branch=make.branch(latitude=53.8, longitude=-1.5))
    make.copies(first, 12)
    described = tools_now()[tool].described()
    own = described.input_schema["properties"]
    answer_schema = described.output_schema
    assert answer_schema is not None
    ids = st.integers(first.pk, first.pk + 13)
    known = {
        "id": ids if own.get("id", {}).get("type") == "integer" else st.lists(ids, max_size=6),
        "cursor": st.none(),
    }
    asked = {name: known.get(name, valid(schema)) for name, schema in own.items()}
    some = st.lists(st.sampled_from(sorted(asked)), max_size=3, unique=True).flatmap(
        lambda names: st.fixed_dictionaries({name: asked[name] for name in names})
    )
    answered = []

    @given(arguments=some)
    def check(arguments: dict[str, Any]) -> None:
        result = called(client, tool, arguments)
        if not result["isError"]:
            jsonschema.validate(result["structuredContent"], answer_schema)
            answered.append(arguments)

    check()
    assert answered


@pytest.mark.django_db
@given(
    body=st.one_of(
        st.binary(min_size=1, max_size=200),
        st.recursive(TYPED, lambda inner: st.lists(inner, max_size=3), max_leaves=5).map(
            json.dumps
        ),
        st.dictionaries(
            st.sampled_from(["jsonrpc", "id", "method", "params"]),
            st.one_of(TYPED, st.sampled_from(["2.0", "tools/call", "initialize", {}, []])),
        ).map(json.dumps),
    ),
    revision=st.sampled_from(["2025-03-26", "2025-11-25", "2026-07-28", "x", ""]),
)
@settings(suppress_health_check=[HealthCheck.function_scoped_fixture])
def test_any_body_is_answered_or_refused(client: Client, body: Any, revision: str) -> None:
    answer = post(client, body, **{"MCP-Protocol-Version": revision})
    assert answer.status_code in (200, 202, 400, 404)
    if answer.status_code != 202:
        assert answer.json()["jsonrpc"] == "2.0"


@pytest.mark.django_db
def test_no_log_has_what_a_buyer_typed(client: Client, caplog: pytest.LogCaptureFixture) -> None:
    make.live()
    typed: list[dict[str, Any]] = [
        {"q": f"{MARK} diesel"},
        {"make": [MARK]},
        {MARK: "x"},
        {"near": MARK},
        {"cursor": MARK},
    ]
    for arguments in typed:
        called(client, "search_cars", arguments)
    called(client, "save_search", {"q": f"{MARK} diesel"})
    post(client, f'{{"{MARK}": ')
    post(client, {"jsonrpc": "2.0", "id": MARK, "method": MARK, "params": {MARK: MARK}})
    client.post(f"/mcp?{MARK}", f'"{MARK}"', content_type="application/json")
    line = json_formatter()
    written = "\n".join(line.format(record) for record in caplog.records)
    assert written.count("mcp") >= len(typed)
    assert MARK.lower() not in written.lower()


@pytest.mark.slow
@pytest.mark.django_db(transaction=True)
def test_a_hundred_calls_at_once_are_all_answered(live_server: LiveServer) -> None:
    row = make.live()
    make.copies(row, 20)

    def ask(number: int) -> int:
        try:
            found = call(live_server, "search_cars", limit=1 + number % 10)
            return len(found.structured_content["cars"])
        finally:
            connections.close_all()

    with ThreadPoolExecutor(CALLS) as callers:
        shown = list(callers.map(ask, range(CALLS)))
    assert shown == [1 + number % 10 for number in range(CALLS)]
