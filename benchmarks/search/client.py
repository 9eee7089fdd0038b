"""`python -m benchmarks.search.client PORT CONNECTIONS SECONDS PATHS`: load, where wrk is absent.

Keeps so many connections busy with the paths of a file, one after the other, and prints JSON.
"""

import asyncio
import itertools
import json
import sys
import time
from collections.abc import Iterator
from pathlib import Path


async def run(port: int, connections: int, seconds: float, paths: list[str]) -> dict[str, float]:
    times: list[float] = []
    failed: list[bytes] = []
    started = time.perf_counter()
    following = itertools.cycle(paths)
    workers = (_ask(port, following, started + seconds, times, failed) for _ in range(connections))
    await asyncio.gather(*workers)
    ranked = sorted(times)
    return {
        "requests": len(times),
        "seconds": time.perf_counter() - started,
        "failed": len(failed),
        "p50": ranked[len(ranked) // 2],
        "p95": ranked[int(len(ranked) * 0.95)],
        "p99": ranked[int(len(ranked) * 0.99)],
    }


async def _ask(
    port: int, paths: Iterator[str], end: float, times: list[float], failed: list[bytes]
) -> None:
    reader, writer = await asyncio.open_connection("127.0.0.1", port)
    while time.perf_counter() < end:
        started = time.perf_counter()
        writer.write(f"GET {next(paths)} HTTP/1.1\r\nHost: 127.0.0.1\r\n\r\n".encode())
        head = await reader.readuntil(b"\r\n\r\n")
        length = head.lower().split(b"content-length:")[1].split(b"\r\n")[0]
        await reader.readexactly(int(length))
        times.append(time.perf_counter() - started)
        if not head.startswith(b"HTTP/1.1 200"):
            failed.append(head)
    writer.close()
    await writer.wait_closed()


if __name__ == "__main__":
    _, port, connections, seconds, paths = sys.argv
    lines = Path(paths).read_text().split()
    found = asyncio.run(run(int(port), int(connections), float(seconds), lines))
    sys.stdout.write(f"RESULT {json.dumps(found)}\n")
