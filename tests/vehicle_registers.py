"""DVLA and DVSA on this machine: they answer as their published documents say.

Sources: those of listings/vehicle_records/dvla.py and dvsa.py.
"""

import json
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any
from urllib.parse import parse_qs

from django.test import override_settings

from listings.vehicle_records import dvla, dvsa

DVLA_PATH = "/vehicle-enquiry/v1/vehicles"
DVSA_PATH = "/v1/trade/vehicles/registration/"
TOKEN_PATH = "/tenant/oauth2/v2.0/token"
DVLA_KEY, DVSA_KEY, CLIENT, SECRET = "dvla-key-1", "dvsa-key-1", "client-1", "its-own-secret"

# DVLA's own example, of its page of mock responses, with the mark of another car.
FORD: dict[str, Any] = {
    "registrationNumber": "AA19AAA",
    "artEndDate": "2025-03-30",
    "co2Emissions": 300,
    "engineCapacity": 2000,
    "euroStatus": "EURO1",
    "markedForExport": False,
    "fuelType": "PETROL",
    "motStatus": "No details held by DVLA",
    "revenueWeight": 0,
    "colour": "RED",
    "make": "FORD",
    "typeApproval": "M1",
    "yearOfManufacture": 2019,
    "taxDueDate": "2027-11-01",
    "taxStatus": "Taxed",
    "dateOfLastV5CIssued": "2019-05-20",
    "wheelplan": "2 AXLE RIGID BODY",
    "monthOfFirstDvlaRegistration": "2019-03",
    "monthOfFirstRegistration": "2019-03",
    "realDrivingEmissions": "1",
}
FOCUS: dict[str, Any] = {
    "registration": "AA19AAA",
    "make": "FORD",
    "model": "FOCUS",
    "firstUsedDate": "2019-03-14",
    "fuelType": "Petrol",
    "primaryColour": "Red",
    "registrationDate": "2019-03-14",
    "manufactureDate": "2019-01-31",
    "engineSize": "1999",
    "hasOutstandingRecall": "Unknown",
    "motTests": [
        {
            "completedDate": "2025-03-19T10:11:12.000Z",
            "testResult": "PASSED",
            "expiryDate": "2026-03-18",
            "odometerValue": "30100",
            "odometerUnit": "MI",
            "odometerResultType": "READ",
            "motTestNumber": "123456789012",
            "dataSource": "DVSA",
            "defects": [],
        },
        {
            "completedDate": "2026-03-18T09:00:00.000Z",
            "testResult": "PASSED",
            "expiryDate": "2027-03-18",
            "odometerValue": "41210",
            "odometerUnit": "MI",
            "odometerResultType": "READ",
            "motTestNumber": "123456789013",
            "dataSource": "DVSA",
            "defects": [{"text": "Tyre worn", "type": "ADVISORY", "dangerous": False}],
        },
    ],
}


@dataclass
class Answer:
    """What a register answers: `body` is JSON, or bytes as they are; `write` sends its own."""

    status: int = 200
    body: Any = None
    write: Callable[[BaseHTTPRequestHandler], None] | None = None


def dvla_refusal(status: int, title: str, detail: str) -> Answer:
    error = {"status": str(status), "code": str(status), "title": title, "detail": detail}
    return Answer(status, {"errors": [error]})


def dvsa_refusal(status: int, code: str, message: str) -> Answer:
    return Answer(status, {"errorCode": code, "errorMessage": message, "requestId": "1-2-3"})


class Registers(ThreadingHTTPServer):
    """`dvla` and `dvsa` are answers by mark; `asked` is who was asked, in order."""

    daemon_threads = True
    block_on_close = False

    def __init__(self) -> None:
        super().__init__(("127.0.0.1", 0), _Handler)
        self.dvla: dict[str, list[Answer]] = {}
        self.dvsa: dict[str, list[Answer]] = {}
        self.token = Answer(
            200, {"token_type": "Bearer", "expires_in": 3_599, "access_token": "token-1"}
        )
        self.asked: list[str] = []
        self.ended = threading.Event()

    @property
    def host(self) -> str:
        return f"127.0.0.1:{self.server_address[1]}"

    def know(self, mark: str, *, dvla: Any = None, dvsa: Any = None) -> None:
        """Let the registers know a car: each by what it answers about it."""
        if dvla is not None:
            self.dvla[mark] = [Answer(200, {**dvla, "registrationNumber": mark})]
        if dvsa is not None:
            self.dvsa[mark] = [Answer(200, {**dvsa, "registration": mark})]

    def hang(self, _handler: BaseHTTPRequestHandler) -> None:
        """Say nothing until the server ends."""
        self.ended.wait()

    def handle_error(self, *_arguments: object) -> None:
        """A client that hung up is no news."""


def cut(handler: BaseHTTPRequestHandler) -> None:
    """Promise more than is sent, and hang up."""
    handler.send_response(200)
    handler.send_header("Content-Length", "1000")
    handler.end_headers()
    handler.wfile.write(b'{"make": "FO')


def endless(handler: BaseHTTPRequestHandler) -> None:
    """Send a megabyte of one text, and no end of it."""
    handler.send_response(200)
    handler.send_header("Content-Length", str(10**9))
    handler.end_headers()
    handler.wfile.write(b'{"make": "')
    with suppress(ConnectionError):
        for _ in range(16):
            handler.wfile.write(b"F" * 65_536)


class _Handler(BaseHTTPRequestHandler):
    def do_POST(self) -> None:
        registers = self.server
        assert isinstance(registers, Registers)
        body = self.rfile.read(int(self.headers["Content-Length"]))
        if self.path == TOKEN_PATH:
            registers.asked.append("token")
            self._answer(registers.token if _is_client(body) else Answer(401, {"error": "x"}))
            return
        assert self.path == DVLA_PATH
        registers.asked.append("dvla")
        if self.headers["x-api-key"] != DVLA_KEY:
            self._answer(Answer(403, {"message": "Forbidden"}))
            return
        mark = json.loads(body)["registrationNumber"]
        unknown = dvla_refusal(404, "Vehicle Not Found", "Record for vehicle not found")
        self._answer(_next(registers.dvla, mark, unknown))

    def do_GET(self) -> None:
        registers = self.server
        assert isinstance(registers, Registers)
        assert self.path.startswith(DVSA_PATH)
        registers.asked.append("dvsa")
        mark = self.path.removeprefix(DVSA_PATH)
        told = registers.token.body
        if self.headers["X-API-Key"] != DVSA_KEY:
            self._answer(dvsa_refusal(403, "MOTH-FB-03", "The API key is not recognised"))
        elif self.headers["Authorization"] != f"Bearer {told['access_token']}":
            self._answer(dvsa_refusal(403, "MOTH-FB-02", "The access token has expired"))
        else:
            unknown = dvsa_refusal(404, "MOTH-NF-01", f"Vehicle [{mark}] not found")
            self._answer(_next(registers.dvsa, mark, unknown))

    def _answer(self, answer: Answer) -> None:
        if answer.write is not None:
            answer.write(self)
            self.close_connection = True
            return
        body = answer.body if isinstance(answer.body, bytes) else json.dumps(answer.body).encode()
        self.send_response(answer.status)
        self.send_header("Content-Type", "application/json")
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, *_arguments: object) -> None:
        """Say nothing."""


def _next(answers: dict[str, list[Answer]], mark: str, unknown: Answer) -> Answer:
    """Return the next answer about a mark; the last one stays."""
    waiting = answers.get(mark, [unknown])
    return waiting.pop(0) if len(waiting) > 1 else waiting[0]


def _is_client(body: bytes) -> bool:
    given = {name: values[0] for name, values in parse_qs(body.decode()).items()}
    return given == {
        "grant_type": "client_credentials",
        "client_id": CLIENT,
        "client_secret": SECRET,
        "scope": "https://tapi.dvsa.gov.uk/.default",
    }


@contextmanager
def running() -> Iterator[Registers]:
    """Start both registers, with the settings that lead to them; nothing of them is remembered."""
    with Registers() as registers:
        thread = threading.Thread(
            target=registers.serve_forever, kwargs={"poll_interval": 0.05}, daemon=True
        )
        thread.start()
        base = f"http://{registers.host}"
        forget()
        try:
            with override_settings(
                FETCH_ALLOWED_HOSTS=[registers.host],
                DVLA_API_KEY=DVLA_KEY,
                DVLA_URL=f"{base}{DVLA_PATH}",
                DVSA_API_KEY=DVSA_KEY,
                DVSA_CLIENT_ID=CLIENT,
                DVSA_CLIENT_SECRET=SECRET,
                DVSA_TOKEN_URL=f"{base}{TOKEN_PATH}",
                DVSA_URL=base,
            ):
                yield registers
        finally:
            registers.ended.set()
            registers.shutdown()
            thread.join(timeout=10)
            forget()


def forget() -> None:
    """Forget tokens and breakers."""
    dvla._line.cache_clear()
    dvsa._access.cache_clear()
