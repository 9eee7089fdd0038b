"""The command of the image: it serves the photos too, and outlives its workers."""

import http.client
import json
import re
import signal
import subprocess
import time
from collections.abc import Iterator
from contextlib import contextmanager
from email.message import Message
from pathlib import Path

import pytest

from tests.marketplace.checkouts import ROOT, end, start, wait_until
from tests.marketplace.test_health import free_port
from tests.marketplace.test_settings import SAFE
from tests.pictures import picture

pytestmark = [pytest.mark.timeout(400), pytest.mark.slow]

PRODUCTION = {**SAFE, "DEBUG": "false", "SECURE_SSL_REDIRECT": "false"}


def test_the_web_process_serves_photos_and_nothing_beside_them(tmp_path: Path) -> None:
    (tmp_path / "secret.jpg").write_text("secret")
    media = tmp_path / "media"
    photo = media / "photos" / "2026" / "car.jpg"
    photo.parent.mkdir(parents=True)
    photo.write_bytes(picture())
    (photo.parent / "page.html").write_text("<script>")
    (photo.parent / ".car.jpg").write_text("being written")
    with serving(MEDIA_ROOT=str(media)) as (port, _):
        status, body, headers = fetch(port, "/media/photos/2026/car.jpg")
        assert (status, body) == (200, picture())
        assert headers["Content-Type"] == "image/jpeg"
        assert headers["X-Content-Type-Options"] == "nosniff"
        assert headers["Cache-Control"] == "public, max-age=86400"
        again = {"If-None-Match": headers["ETag"]}
        assert fetch(port, "/media/photos/2026/car.jpg", **again)[:2] == (304, b"")
        since = {"If-Modified-Since": headers["Last-Modified"]}
        assert fetch(port, "/media/photos/2026/car.jpg", **since)[0] == 304
        for path in (
            "photos/2026/none.jpg",
            "photos/2026/page.html",
            "photos/2026/.car.jpg",
            "photos/2026/",
            "photos/2026",
            "../secret.jpg",
            "%2e%2e/secret.jpg",
            "..%2fsecret.jpg",
            "photos/..%5c..%5c../secret.jpg",
            "/etc/passwd",
            f"{tmp_path}/secret.jpg",
            "photos/2026/car.jpg%00.jpg",
        ):
            assert fetch(port, f"/media/{path}")[0] in (400, 404), path
        for path in ("/healthz", "/api/v1/nothing/", "/nothing/", "/robots.txt", "/media/x"):
            headers = fetch(port, path)[2]
            assert headers["X-Content-Type-Options"] == "nosniff", path
            assert "camera=()" in headers["Permissions-Policy"], path
            assert headers["Content-Security-Policy"], path


def test_a_worker_that_is_killed_is_replaced() -> None:
    with serving() as (port, web):
        before = workers_of(web)
        assert len(before) == 2

        subprocess.run(["kill", "-KILL", str(min(before))], check=True)

        wait_until(lambda: len(workers_of(web) - before) == 1, seconds=60)
        wait_until(lambda: fetch(port, "/healthz")[0] == 200, seconds=120)
        subprocess.run(["kill", "-KILL", str(max(before))], check=True)
        wait_until(lambda: len(workers_of(web) - before) == 2, seconds=60)
        wait_until(lambda: fetch(port, "/healthz")[0] == 200, seconds=120)
        assert web.poll() is None


def test_a_hangup_replaces_every_worker_and_not_the_main_process() -> None:
    # For a minute nobody reads what it says of the database: a full pipe would hold it up.
    with serving(LOG_LEVEL="CRITICAL") as (port, web):
        before = workers_of(web)

        web.send_signal(signal.SIGHUP)

        wait_until(lambda: not workers_of(web) & before, seconds=180)
        wait_until(lambda: fetch(port, "/healthz")[0] == 200, seconds=120)
        assert len(workers_of(web)) == 2
        assert web.poll() is None


def test_a_web_process_told_to_stop_while_it_starts_does_stop(tmp_path: Path) -> None:
    web = start(ROOT, *image_command(free_port()), **PRODUCTION)
    assert web.stdout is not None
    while "Listening" not in web.stdout.readline():
        assert web.poll() is None

    time.sleep(0.3)  # its workers still load the application, and hear no signal
    end(web)

    assert web.returncode is not None


def image_command(port: int) -> list[str]:
    """Return the arguments of the image's command, with this port for its own."""
    found = re.findall(r"^CMD (.*)$", (ROOT / "Dockerfile").read_text(), re.MULTILINE)
    own = {"8000": str(port), "0.0.0.0": "127.0.0.1"}  # noqa: S104
    return [own.get(argument, argument) for argument in json.loads(found[-1])]


@contextmanager
def serving(**variables: str) -> Iterator[tuple[int, subprocess.Popen[str]]]:
    """Run the image's command, without a database, and yield its port and its main process."""
    port = free_port()
    web = start(ROOT, *image_command(port), **PRODUCTION, **variables)
    try:
        wait_until(lambda: fetch(port, "/healthz")[0] == 200, seconds=180)
        yield port, web
    finally:
        end(web)


def workers_of(web: subprocess.Popen[str]) -> set[int]:
    """Return the processes that it has for children."""
    tasks = Path(f"/proc/{web.pid}/task").glob("*/children")
    return {int(pid) for children in tasks for pid in children.read_text().split()}


def fetch(port: int, path: str, **headers: str) -> tuple[int, bytes, Message]:
    """Return status (0: no answer), body and headers."""
    connection = http.client.HTTPConnection("127.0.0.1", port, timeout=30)
    try:
        connection.request("GET", path, headers={"Host": "cars.example.com", **headers})
        answer = connection.getresponse()
        return answer.status, answer.read(), answer.headers
    except OSError:
        return 0, b"", Message()
    finally:
        connection.close()
