"""Webhooks to 1,000 endpoints of a server on this machine, by two processes that send.

Events arrive at a steady rate for some minutes. One endpoint in twenty answers after five seconds,
and one in twenty is dead: neither may delay the others, whose messages are counted. What is
measured are the minutes after the first, by when every process has started and the dead rest.
"""

import asyncio
import itertools
import os
import statistics
import subprocess
import sys
import threading
import time
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager, suppress

from benchmarks.database import run, value
from benchmarks.report import Report

ENDPOINTS = 1_000
SLOW_SECONDS = 5
MINUTES = 4
WARM_SECONDS = 60.0
TICK_SECONDS = 0.1
PER_MINUTE_MIN = 10_000
AGE_SECONDS_MAX = 2.0
QUEUE_SECONDS_MAX = 1.0
"""At no time may more wait for healthy endpoints than arrives in so long."""
WORKERS = 2

_WAITING = """
    SELECT count(*) FROM dealers_webhookdelivery AS delivery
    JOIN dealers_webhookendpoint AS endpoint ON endpoint.id = delivery.endpoint_id
    WHERE endpoint.description = %s AND delivery.state = 'waiting'
"""
# From the moment that a message is queued to the one at which its receiver has answered.
_DELIVERED = """
    SELECT ARRAY[count(*), percentile_cont(0.5) WITHIN GROUP (ORDER BY age),
        percentile_cont(0.99) WITHIN GROUP (ORDER BY age)]
    FROM (
        SELECT extract(epoch FROM attempted_at - queued_at)::float8 + milliseconds / 1000.0 AS age
        FROM dealers_webhookdelivery AS delivery
        JOIN dealers_webhookendpoint AS endpoint ON endpoint.id = delivery.endpoint_id
        WHERE endpoint.description = 'healthy' AND delivery.state = 'delivered'
            AND delivery.attempted_at >= clock_timestamp() - %s * interval '1 second'
    ) AS each
"""


def measure(report: Report, per_minute: int) -> None:
    """Let so many messages a minute arrive for healthy endpoints, and as many for each other."""
    report.title(
        f"Webhooks: {per_minute:,} messages a minute for {MINUTES} minutes to the healthy of "
        f"{ENDPOINTS:,} endpoints, a tenth slow or dead"
    )
    with _receiver() as port, ExitStack() as senders:
        _subscribe(port)
        for _ in range(WORKERS):
            senders.enter_context(_sender(port))
        with _steady_events(per_minute / 60 / 0.9) as late:
            time.sleep(WARM_SECONDS)
            queues, seconds = _watch(60.0 * MINUTES - WARM_SECONDS)
            delivered, *ages = _ages(seconds)
        _tell_queues(report, queues, per_minute / 60)
    report.figure("events written late, at most", max(late), "s", TICK_SECONDS * 10)
    report.figure(
        "healthy deliveries a minute", 60 * delivered / seconds, "", at_least=PER_MINUTE_MIN
    )
    for name, age in zip(("p50", "p99"), ages, strict=True):
        report.figure(f"age when delivered, {name}", age, "s", AGE_SECONDS_MAX)


def _watch(seconds: float) -> tuple[dict[str, list[int]], float]:
    """Return what waited for each kind of endpoint, second by second, and how long that was."""
    queues: dict[str, list[int]] = {"healthy": [], "slow": [], "dead": []}
    started = time.perf_counter()
    for second in range(1, int(seconds) + 1):
        time.sleep(max(0.0, started + second - time.perf_counter()))
        for kind, found in queues.items():
            found.append(value(_WAITING, kind))
    return queues, time.perf_counter() - started


def _ages(seconds: float) -> list[float]:
    """Return how many healthy messages arrived in the last seconds, and how old they were."""
    return [float(each or 0) for each in value(_DELIVERED, seconds)]


def _tell_queues(report: Report, queues: dict[str, list[int]], healthy_per_second: float) -> None:
    for kind, found in queues.items():
        third = len(found) // 3
        first, last = statistics.mean(found[:third]), statistics.mean(found[-third:])
        bound = healthy_per_second * QUEUE_SECONDS_MAX if kind == "healthy" else None
        report.figure(f"waiting for {kind} ones, mean of the first third", first, "", bound)
        report.figure(f"waiting for {kind} ones, mean of the last third", last, "", bound)


@contextmanager
def _steady_events(per_second: float) -> Iterator[list[float]]:
    """Queue events one endpoint after the other, on a thread; yield how late each tick was."""
    stopped, late = threading.Event(), [0.0]
    thread = threading.Thread(target=_arrive, args=(per_second, stopped, late))
    thread.start()
    try:
        yield late
    finally:
        stopped.set()
        thread.join()


def _arrive(per_second: float, stopped: threading.Event, late: list[float]) -> None:
    from django.db import connection  # noqa: PLC0415 - after the settings

    from dealers.models import WebhookEndpoint  # noqa: PLC0415 - its models need settings
    from dealers.webhooks.queue import Event, queue  # noqa: PLC0415

    dealers = itertools.cycle(list(WebhookEndpoint.objects.values_list("dealer_id", flat=True)))
    started, written = time.perf_counter(), 0
    for tick in itertools.count(1):
        late.append(time.perf_counter() - started - (tick - 1) * TICK_SECONDS)
        due = int(tick * TICK_SECONDS * per_second)
        queue(
            Event(next(dealers), "listing.updated", f"listing:{number}", {"id": number})
            for number in range(written, due)
        )
        written = due
        if stopped.wait(max(0.0, started + tick * TICK_SECONDS - time.perf_counter())):
            break
    connection.close()


def _subscribe(port: int) -> None:
    from dealers.models import (  # noqa: PLC0415 - its models need settings
        Dealer,
        WebhookEndpoint,
    )
    from dealers.webhooks.signatures import new_nonce  # noqa: PLC0415

    numbers = range(ENDPOINTS)
    dealers = Dealer.objects.bulk_create(
        Dealer(name=f"Hooked {n}", slug=f"hooked-{n}", email=f"{n}@example.com") for n in numbers
    )
    kinds = {0: "slow", 1: "dead"}
    endpoints = []
    for number, dealer in zip(numbers, dealers, strict=True):
        kind, made = kinds.get(number % 20, "healthy"), new_nonce()
        host = "127.0.0.1:9" if kind == "dead" else f"127.0.0.1:{port}"
        endpoints.append(
            WebhookEndpoint(
                dealer=dealer,
                url=f"http://{host}/{kind}/{number}",
                description=kind,
                events=["listing.updated"],
                nonce=made.nonce,
                key_check=made.key_check,
            )
        )
    WebhookEndpoint.objects.bulk_create(endpoints)
    run("ANALYZE")


@contextmanager
def _sender(port: int) -> Iterator[None]:
    environment = {**os.environ, "FETCH_ALLOWED_HOSTS": f"127.0.0.1:{port},127.0.0.1:9"}
    command = [sys.executable, "manage.py", "send_webhooks"]
    with subprocess.Popen(command, env=environment, stdout=subprocess.DEVNULL) as process:
        try:
            yield
        finally:
            process.kill()


@contextmanager
def _receiver() -> Iterator[int]:
    """Answer on a thread of its own, with an event loop."""
    loop = asyncio.new_event_loop()
    server = loop.run_until_complete(asyncio.start_server(_answer, "127.0.0.1", 0, backlog=1024))
    thread = threading.Thread(target=loop.run_forever, daemon=True)
    thread.start()
    try:
        yield server.sockets[0].getsockname()[1]
    finally:
        asyncio.run_coroutine_threadsafe(_end_all(), loop).result()
        loop.call_soon_threadsafe(loop.stop)
        thread.join()


async def _end_all() -> None:
    """End what still waits, as the slow ones do."""
    others = asyncio.all_tasks() - {asyncio.current_task()}
    for task in others:
        task.cancel()
    await asyncio.gather(*others, return_exceptions=True)


async def _answer(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
    with suppress(ConnectionError, asyncio.IncompleteReadError, asyncio.CancelledError):
        head = await reader.readuntil(b"\r\n\r\n")
        length = head.lower().partition(b"content-length: ")[2].partition(b"\r\n")[0]
        await reader.readexactly(int(length))
        if b"/slow/" in head[:40]:
            await asyncio.sleep(SLOW_SECONDS)
        writer.write(b"HTTP/1.1 204 No Content\r\nConnection: close\r\n\r\n")
        await writer.drain()
    writer.close()
