"""Enquiries as fast as a bad day sends them: real web process, worker, broker and mail server.

Each that is taken (201) has to be one row and one mail in the sink; every other has to be refused
for the limit of its network (429). The load does not wait: a slow answer delays none that follows,
and its time counts from when it was due.
"""

import http.client
import json
import os
import re
import signal
import socket
import subprocess
import sys
import threading
import time
from collections import Counter
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager

from django.db import connection

from benchmarks.database import value
from benchmarks.report import Report
from marketplace.rate_limits import RATE_LIMITS
from tests.dealers import mail_server
from tests.dealers.mail_server import MailServer

PER_SECOND = 200
CLIENTS = 96
SHARE_TAKEN = 0.75
"""Networks are so many that about this share of the requests stays below the limit of each."""
READY_SECONDS, SILENT_SECONDS = 120, 90
ANSWER_SECONDS_MAX = 120
P99_BOUND_MS = 1_000
NUMBER = re.compile(rb"Enquiry number (\d+)\.")


def measure(report: Report, seconds: int) -> None:
    from listings.buyers.consents import words_now  # noqa: PLC0415 - its models need settings

    report.title(f"Enquiries: {PER_SECOND} a second for {seconds} s")
    with mail_server.running() as sink, _service(sink) as port:
        answers = _send(port, PER_SECOND * seconds, words_now("enquiry"))
        statuses = Counter(status for status, _ in answers)
        with report.timed("until every mail was in the sink"):
            mails = _drained(sink, statuses[201])
    taken = sorted(taken for status, taken in answers if status == 201)
    report.say(f"  answers: {dict(statuses)}")
    for share in (0.5, 0.95, 0.99):
        bound = P99_BOUND_MS if share == 0.99 else None
        report.figure(f"201, p{share:.0%}", 1000 * taken[int(share * len(taken))], "ms", bound)
    others = sum(statuses.values()) - statuses[201] - statuses[429]
    rows = value("SELECT count(*) FROM listings_enquiry")
    report.figure("answers that are neither 201 nor 429", others, "", 0)
    report.figure("rows too many or too few", abs(rows - statuses[201]), "", 0)
    report.figure("mails too many or too few", _odd(mails, statuses[201]), "", 0)


def _send(port: int, count: int, words: str) -> list[tuple[int, float]]:
    """Return the status and the seconds of each request."""
    cars = [pk for (pk,) in _rows("SELECT id FROM listings_listing ORDER BY id LIMIT 500")]
    networks = max(1, round(SHARE_TAKEN * count / RATE_LIMITS["buyer"].requests()))
    local, started = threading.local(), time.perf_counter() + 1

    def one(number: int) -> tuple[int, float]:
        due = started + number / PER_SECOND
        time.sleep(max(0.0, due - time.perf_counter()))
        body = {
            "name": f"Buyer {number}",
            "phone": f"07{number:09d}",  # one without a receipt: one mail each
            "message": f"Enquiry number {number}.",
            "consent": words,
        }
        network = number % networks
        address = f"10.{network >> 8}.{network & 255}.7"
        path = f"/api/v1/listings/{cars[number % len(cars)]}/enquiries/"
        try:
            status = _post(local, port, path, body, address)
        except OSError:
            status = 0
        return status, time.perf_counter() - due

    with ThreadPoolExecutor(CLIENTS) as clients:
        return list(clients.map(one, range(count)))


def _post(local: threading.local, port: int, path: str, body: dict[str, str], address: str) -> int:
    if not hasattr(local, "connection"):
        local.connection = http.client.HTTPConnection("127.0.0.1", port, timeout=ANSWER_SECONDS_MAX)
    headers = {"Content-Type": "application/json", "X-Forwarded-For": address}
    try:
        local.connection.request("POST", path, json.dumps(body), headers)
        answer = local.connection.getresponse()
        answer.read()
    except (OSError, http.client.HTTPException):
        del local.connection
        raise OSError from None
    return int(answer.status)


def _drained(sink: MailServer, expected: int) -> Counter[int]:
    """Return how many mails there are of each enquiry, once no more come."""
    seen, heard_at = 0, time.monotonic()
    while len(sink.mails) < expected and time.monotonic() < heard_at + SILENT_SECONDS:
        time.sleep(0.5)
        if len(sink.mails) > seen:
            seen, heard_at = len(sink.mails), time.monotonic()
    time.sleep(2)  # for one too many
    found = (NUMBER.search(mail) for mail in sink.mails)
    return Counter(int(match[1]) for match in found if match)


def _odd(mails: Counter[int], expected: int) -> int:
    return abs(len(mails) - expected) + sum(count - 1 for count in mails.values())


@contextmanager
def _service(sink: MailServer) -> Iterator[int]:
    """Run one web process, so that it alone counts requests, and a worker of two processes."""
    port = _free_port()
    own = {"EMAIL_URL": f"smtp://127.0.0.1:{sink.port}", "TRUSTED_PROXIES": "1"}
    web = ("granian", "--interface", "wsgi", "--port", str(port), "--no-access-log")
    worker = ("celery", "-A", "marketplace.celery", "worker", "--concurrency", "2")
    running = [
        _start(own, *web, "--blocking-threads", "8", "marketplace.wsgi:application"),
        _start(own, *worker, "--without-gossip", "--without-mingle"),
    ]
    try:
        _wait_until_ready(port)
        yield port
    finally:
        for process in running:
            process.terminate()
        for process in running:
            _end(process)


def _free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


def _start(own: dict[str, str], *arguments: str) -> subprocess.Popen[bytes]:
    return subprocess.Popen(
        [sys.executable, "-m", *arguments],
        env={**os.environ, **own},
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
        start_new_session=True,
    )


def _end(process: subprocess.Popen[bytes]) -> None:
    try:
        process.wait(30)
    except subprocess.TimeoutExpired:
        os.killpg(process.pid, signal.SIGKILL)
        process.wait(30)


def _wait_until_ready(port: int) -> None:
    deadline = time.monotonic() + READY_SECONDS
    while time.monotonic() < deadline:
        asked = http.client.HTTPConnection("127.0.0.1", port, timeout=5)
        try:
            asked.request("GET", "/readyz")
            if asked.getresponse().status == 200:
                return
        except OSError:
            pass
        finally:
            asked.close()
        time.sleep(0.5)
    raise RuntimeError("The service is not ready.")


def _rows(query: str) -> list[tuple[int]]:
    with connection.cursor() as cursor:
        cursor.execute(query)
        return list(cursor.fetchall())
