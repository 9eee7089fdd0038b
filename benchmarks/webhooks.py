"""Webhooks to 1,000 endpoints of a server on this machine, by two processes that send.

One endpoint in twenty answers after five seconds, and one in twenty is dead: neither may delay the
others, whose messages are counted.
"""

import asyncio
import os
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
SECONDS_MAX = 300
PER_MINUTE_MIN = 10_000
WORKERS = 2

_HEALTHY = """
    SELECT count(*) FROM dealers_webhookdelivery AS delivery
    JOIN dealers_webhookendpoint AS endpoint ON endpoint.id = delivery.endpoint_id
    WHERE endpoint.description = 'healthy' AND delivery.state = %s
"""


def measure(report: Report, messages: int) -> None:
    report.title(
        f"Webhooks: {messages:,} messages to {ENDPOINTS:,} endpoints, a tenth slow or dead"
    )
    with _receiver() as port, ExitStack() as senders:
        _subscribe(port)
        per_endpoint = -(-messages // ENDPOINTS)
        with report.timed("to write and queue them"):
            _queue(per_endpoint)
        healthy = value(_HEALTHY, "waiting")
        for _ in range(WORKERS):
            senders.enter_context(_sender(port))
        started = _first_delivery()
        before = value(_HEALTHY, "delivered")
        while value(_HEALTHY, "waiting") and time.perf_counter() - started < SECONDS_MAX:
            time.sleep(0.1)
        minutes = (time.perf_counter() - started) / 60
        delivered = value(_HEALTHY, "delivered")
    report.figure("messages of healthy endpoints not delivered", healthy - delivered, "", 0)
    report.figure(
        "deliveries a minute", (delivered - before) / minutes, "", at_least=PER_MINUTE_MIN
    )


def _first_delivery() -> float:
    """Return when the first message was there: starting a process is not sending."""
    begun = time.perf_counter()
    while not value(_HEALTHY, "delivered"):
        if time.perf_counter() - begun > SECONDS_MAX:
            raise TimeoutError
        time.sleep(0.02)
    return time.perf_counter()


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


def _queue(per_endpoint: int) -> None:
    from dealers.models import WebhookEndpoint  # noqa: PLC0415
    from dealers.webhooks.queue import Event, queue  # noqa: PLC0415

    dealers = list(WebhookEndpoint.objects.values_list("dealer_id", flat=True))
    for number in range(per_endpoint):
        queue(
            Event(dealer, "listing.updated", f"listing:{dealer}-{number}", {"id": number})
            for dealer in dealers
        )


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
    with suppress(ConnectionError, asyncio.IncompleteReadError):
        head = await reader.readuntil(b"\r\n\r\n")
        length = head.lower().partition(b"content-length: ")[2].partition(b"\r\n")[0]
        await reader.readexactly(int(length))
        if b"/slow/" in head[:40]:
            await asyncio.sleep(SLOW_SECONDS)
        writer.write(b"HTTP/1.1 204 No Content\r\nConnection: close\r\n\r\n")
        await writer.drain()
    writer.close()
