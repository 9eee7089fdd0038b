"""Buyers' reads take turns; nothing else waits for them, and none of them waits for long."""

import threading
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

import pytest

from marketplace import bounded_reads
from marketplace.bounded_reads import BoundedReads

PATIENCE = 30  # seconds, for a busy machine


class Held:
    """An application that tells which request has begun, and ends each when it is told to."""

    def __init__(self) -> None:
        self.begun: dict[str, threading.Event] = {}
        self.may_end: dict[str, threading.Event] = {}
        self.application = BoundedReads(self._answer)

    def send(self, path: str, method: str = "GET", **headers: str) -> threading.Thread:
        self.begun[path], self.may_end[path] = threading.Event(), threading.Event()
        environ = {"REQUEST_METHOD": method, "PATH_INFO": path, **headers}
        sent = threading.Thread(target=self.application, args=(environ, print), daemon=True)
        sent.start()
        return sent

    def _answer(self, environ: Any, _start_response: Any) -> Any:
        self.begun[environ["PATH_INFO"]].set()
        self.may_end[environ["PATH_INFO"]].wait(PATIENCE)
        return []


@contextmanager
def reading() -> Iterator[Held]:
    """Have one read under way, which ends with the block."""
    held = Held()
    first = held.send("/cars/")
    assert held.begun["/cars/"].wait(PATIENCE)
    yield held
    for event in held.may_end.values():
        event.set()
    first.join(PATIENCE)
    assert not first.is_alive()


def test_a_read_waits_for_the_one_before(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(bounded_reads, "TURN_SECONDS", PATIENCE)
    with reading() as held:
        held.send("/api/v1/listings/")
        assert not held.begun["/api/v1/listings/"].wait(0.2)
        held.may_end["/cars/"].set()
        assert held.begun["/api/v1/listings/"].wait(PATIENCE)


@pytest.mark.parametrize(
    ("path", "method", "headers"),
    [
        ("/dealer/", "GET", {}),
        ("/admin/listings/listing/", "GET", {}),
        ("/api/v1/enquiries/", "POST", {}),
        ("/api/v1/stock/", "GET", {"HTTP_AUTHORIZATION": "Bearer key"}),
        ("/media/photos/1.jpg", "GET", {}),
        ("/readyz", "GET", {}),
        ("/mcp", "POST", {}),
    ],
)
def test_nobody_else_waits_or_is_waited_for(
    monkeypatch: pytest.MonkeyPatch, path: str, method: str, headers: dict[str, str]
) -> None:
    monkeypatch.setattr(bounded_reads, "TURN_SECONDS", PATIENCE)
    with reading() as held:
        for number in range(3):
            held.send(f"{path}?{number}" if path != "/readyz" else path, method, **headers)
        assert all(each.wait(PATIENCE) for each in held.begun.values())
        held.may_end["/cars/"].set()
        held.send("/cars/2/")  # while those go on
        assert held.begun["/cars/2/"].wait(PATIENCE)


def test_a_read_that_hangs_holds_up_nobody_for_longer_than_a_turn(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(bounded_reads, "TURN_SECONDS", 0.01)
    with reading() as held:
        held.send("/cars/2/")
        assert held.begun["/cars/2/"].wait(PATIENCE)


def test_a_read_that_fails_gives_its_turn_back(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(bounded_reads, "TURN_SECONDS", PATIENCE)
    application = BoundedReads(broken)
    for _ in range(3):
        with pytest.raises(RuntimeError):
            application({"REQUEST_METHOD": "GET", "PATH_INFO": "/cars/"}, print)  # type: ignore[arg-type]


def broken(_environ: Any, _start_response: Any) -> Any:
    raise RuntimeError
