"""`python -m benchmarks.load.arrivals PORT RATE SECONDS CONNECTIONS FILE`: an open-loop client.

With a rate of 0 it asks each request of the file once, one after the other.

Requests arrive by a Poisson process, whatever became of those before them, and time counts from
when one was due. Each takes a connection that is kept alive; where all are busy it waits for one,
and its time goes on. Each line of the file is a request as JSON, asked one after the other and from
the start again. The answer is a line of JSON for each request: route, arrival, wait and time in
seconds, and status (0: no answer).
"""

import asyncio
import itertools
import json
import random
import sys
import time
from collections import deque
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

ANSWER_SECONDS_MAX = 60

Streams = tuple[asyncio.StreamReader, asyncio.StreamWriter]


@dataclass(frozen=True)
class Arrival:
    """A request: when it was due, counted from the start, and what became of it, in seconds."""

    route: str
    due: float
    waited: float
    seconds: float
    status: int


class Client:
    """Has at most so many connections, and gives each request one of them."""

    def __init__(self, port: int, connections: int) -> None:
        self._port = port
        self._free = asyncio.Semaphore(connections)
        self._kept: deque[Streams] = deque()
        self.arrivals: list[Arrival] = []

    async def ask(self, request: dict[str, Any], started: float, due: float) -> None:
        async with self._free:
            begun = time.perf_counter()
            try:
                status = await asyncio.wait_for(self._answer(request), ANSWER_SECONDS_MAX)
            except (OSError, EOFError, TimeoutError):
                status = 0
        ended = time.perf_counter()
        at = started + due
        self.arrivals.append(Arrival(request["route"], due, begun - at, ended - at, status))

    async def _answer(self, request: dict[str, Any]) -> int:
        streams = await self._connection()
        reader, writer = streams
        writer.write(_bytes(request))
        head = (await reader.readuntil(b"\r\n\r\n")).lower()
        await reader.readexactly(int(_header(head, b"content-length", b"0")))
        if _header(head, b"connection", b"") == b"close":
            writer.close()
        else:
            self._kept.append(streams)
        return int(head.split(b" ", 2)[1])

    async def _connection(self) -> Streams:
        """Return a connection that is kept, and that the other side has not closed meanwhile."""
        while self._kept:
            reader, writer = self._kept.popleft()
            if not reader.at_eof():
                return reader, writer
            writer.close()
        return await asyncio.open_connection("127.0.0.1", self._port)


async def run(
    port: int, rate: float, seconds: float, connections: int, requests: list[dict[str, Any]]
) -> list[Arrival]:
    """Let requests arrive, `rate` a second on average; return them when all are answered."""
    chance = random.Random(42)  # noqa: S311 - the same arrivals each time
    client, tasks = Client(port, connections), []
    following = itertools.cycle(requests)
    started, due = time.perf_counter(), 0.0
    if not rate:
        for request in requests:
            await client.ask(request, time.perf_counter(), 0.0)
    while rate and (due := due + chance.expovariate(rate)) < seconds:
        await asyncio.sleep(max(0.0, started + due - time.perf_counter()))
        tasks.append(asyncio.create_task(client.ask(next(following), started, due)))
    await asyncio.gather(*tasks)
    return client.arrivals


def _bytes(request: dict[str, Any]) -> bytes:
    body = json.dumps(request["body"]).encode() if request.get("body") is not None else b""
    lines = [f"{request.get('method', 'GET')} {request['path']} HTTP/1.1", "Host: 127.0.0.1"]
    lines += [f"{name}: {value}" for name, value in request.get("headers", {}).items()]
    if body:
        lines += ["Content-Type: application/json", f"Content-Length: {len(body)}"]
    return "\r\n".join([*lines, "", ""]).encode() + body


def _header(head: bytes, name: bytes, default: bytes) -> bytes:
    _, found, rest = head.partition(b"\r\n" + name + b":")
    return rest.split(b"\r\n", 1)[0].strip() if found else default


def main() -> None:
    _, port, rate, seconds, connections, file = sys.argv
    requests = [json.loads(line) for line in Path(file).read_text().splitlines()]
    found = run(int(port), float(rate), float(seconds), int(connections), requests)
    for arrival in asyncio.run(found):
        sys.stdout.write(json.dumps(asdict(arrival)) + "\n")


if __name__ == "__main__":
    main()
