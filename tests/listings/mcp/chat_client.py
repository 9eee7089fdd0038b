"""The official SDK's own client, which asks a live server over HTTP, and a message by hand."""

import asyncio
import json
from collections.abc import Awaitable, Callable
from typing import Any, TypeVar

from django.test import Client as HttpClient
from mcp import Client
from mcp_types import CallToolResult
from pytest_django.live_server_helper import LiveServer

Answer = TypeVar("Answer")
SECONDS_MAX = 300  # for a busy machine
MODES = ("legacy", "auto")
"""With the handshake of the older revisions, and without it."""


def converse(
    server: LiveServer, talk: Callable[[Client], Awaitable[Answer]], mode: Any = "auto"
) -> Answer:
    """Connect, talk, and leave; the client checks every answer against the tool's schema."""

    async def conversation() -> Answer:
        async with Client(
            f"{server.url}/mcp", mode=mode, read_timeout_seconds=SECONDS_MAX
        ) as client:
            return await talk(client)

    return asyncio.run(conversation())


def call(server: LiveServer, tool: str, mode: Any = "auto", **arguments: Any) -> CallToolResult:
    async def talk(client: Client) -> CallToolResult:
        await client.list_tools()  # with the schemas of the answers
        return await client.call_tool(tool, arguments)

    return converse(server, talk, mode)


def content(server: LiveServer, tool: str, **arguments: Any) -> Any:
    """Return the structured answer of a tool that refuses nothing."""
    result = call(server, tool, **arguments)
    assert not result.is_error, text(result)
    return result.structured_content


def text(result: CallToolResult) -> str:
    (block,) = result.content
    assert block.type == "text"
    return block.text


def refusal(server: LiveServer, tool: str, **arguments: Any) -> str:
    """Return what a tool says that refuses."""
    result = call(server, tool, **arguments)
    assert result.is_error
    assert result.structured_content is None
    return text(result)


def post(client: HttpClient, message: Any, **headers: str) -> Any:
    """Send a message by hand, as a client of the revision 2025-06-18 unless a header says else."""
    sent = {"MCP-Protocol-Version": "2025-06-18", **headers}
    body = message if isinstance(message, str | bytes) else json.dumps(message)
    return client.post("/mcp", body, content_type="application/json", headers=sent)


def called(client: HttpClient, tool: str, arguments: Any) -> Any:
    """Return the result of a tool called by hand."""
    params = {"name": tool, "arguments": arguments}
    message = {"jsonrpc": "2.0", "id": 1, "method": "tools/call", "params": params}
    answer = post(client, message)
    assert answer.status_code == 200, answer.content
    return answer.json()["result"]
