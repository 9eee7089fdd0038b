"""Errors reach a service that collects them, and nothing that the logs would not show."""

import gzip
import threading
from collections.abc import Callable, Iterator, Mapping
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any

import brotli  # type: ignore[import-untyped]  # fonttools brings it
import orjson
import pytest

from tests.marketplace.checkouts import wait_until
from tests.marketplace.jobs import fail_with
from tests.marketplace.test_worker import WORKER, celery, send

pytestmark = [pytest.mark.slow, pytest.mark.django_db(transaction=True)]
SECRET = "jo.bloggs@example.net drives AB12 CDE, token=s3cr3t-of-somebody"

DECODED: Mapping[str, Callable[[bytes], bytes]] = {
    "identity": bytes,
    "gzip": gzip.decompress,
    "br": brotli.decompress,  # which the reports choose where it is installed
}


class _Handler(BaseHTTPRequestHandler):
    def do_POST(self) -> None:
        body = self.rfile.read(int(self.headers["Content-Length"]))
        body = DECODED[self.headers.get("Content-Encoding", "identity")](body)
        assert isinstance(self.server, Collector)
        self.server.bodies.append(body)
        self.send_response(200)
        self.send_header("Content-Length", "2")
        self.end_headers()
        self.wfile.write(b"{}")

    def log_message(self, *_arguments: object) -> None:
        """Say nothing."""


class Collector(ThreadingHTTPServer):
    """Takes envelopes as Sentry does: a line about the envelope, then pairs of lines."""

    daemon_threads = True

    def __init__(self) -> None:
        super().__init__(("127.0.0.1", 0), _Handler)
        self.bodies: list[bytes] = []

    def events(self) -> list[dict[str, Any]]:
        found = []
        for body in self.bodies:
            lines = body.split(b"\n")
            for head, item in zip(lines[1::2], lines[2::2], strict=False):
                if orjson.loads(head).get("type") == "event":
                    found.append(orjson.loads(item))
        return found


@pytest.fixture
def collector() -> Iterator[Collector]:
    with Collector() as server:
        thread = threading.Thread(target=server.serve_forever)
        thread.start()
        yield server
        server.shutdown()
        thread.join()


def test_a_task_that_fails_is_reported_without_secrets(
    tmp_path: Path, collector: Collector
) -> None:
    address = f"http://key@127.0.0.1:{collector.server_port}/1"
    with celery(*WORKER, heartbeats=tmp_path, SENTRY_DSN=address, SENTRY_ENVIRONMENT="trial"):
        send(fail_with, SECRET)
        wait_until(lambda: bool(collector.events()))
    (event,) = [each for each in collector.events() if each["exception"]["values"]]
    (raised,) = event["exception"]["values"]
    assert raised["type"] == "ValueError"
    assert raised["stacktrace"]["frames"][-1]["function"] == "fail_with"
    assert event["environment"] == "trial"
    assert "breadcrumbs" not in event
    told = b"".join(collector.bodies)
    for secret in (b"jo.bloggs", b"AB12", b"s3cr3t", b"A1 ABC"):
        assert secret not in told


def test_without_an_address_nothing_is_told(tmp_path: Path, collector: Collector) -> None:
    with celery(*WORKER, heartbeats=tmp_path):
        send(fail_with, SECRET)
        log = tmp_path / "celery.log"
        wait_until(lambda: "ValueError" in log.read_text())
    assert collector.bodies == []
