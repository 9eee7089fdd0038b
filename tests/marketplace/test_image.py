"""The command of the image serves the photos too."""

import http.client
import json
import re
import time
from pathlib import Path

from tests.marketplace.checkouts import ROOT, end, start, wait_until
from tests.marketplace.test_health import free_port
from tests.marketplace.test_settings import SAFE


def test_the_web_process_serves_photos_and_nothing_beside_them(tmp_path: Path) -> None:
    (tmp_path / "secret.txt").write_text("secret")
    photo = tmp_path / "media" / "photos" / "2026" / "car.jpg"
    photo.parent.mkdir(parents=True)
    photo.write_bytes(b"a photo")
    port = free_port()
    web = start(ROOT, *image_command(tmp_path / "media", port), **SAFE, DEBUG="false")
    try:
        wait_until(lambda: fetch(port, "/healthz")[0] == 200)

        assert fetch(port, "/media/photos/2026/car.jpg") == (200, b"a photo")
        assert fetch(port, "/media/photos/2026/none.jpg")[0] != 200
        assert fetch(port, "/media/photos/")[0] != 200
        assert fetch(port, "/media/../secret.txt")[0] != 200
        assert fetch(port, "/media/%2e%2e/secret.txt")[0] != 200
    finally:
        end(web)


def test_a_web_process_told_to_stop_while_it_starts_does_stop(tmp_path: Path) -> None:
    web = start(ROOT, *image_command(tmp_path, free_port()), **SAFE, DEBUG="false")
    assert web.stdout is not None
    while "Listening" not in web.stdout.readline():
        assert web.poll() is None

    time.sleep(0.3)  # its workers still load the application, and hear no signal
    end(web)

    assert web.returncode is not None


def image_command(media: Path, port: int) -> list[str]:
    """Return the arguments of the image's command, with this folder and port for its own."""
    found = re.findall(r"^CMD (.*)$", (ROOT / "Dockerfile").read_text(), re.MULTILINE)
    own = {"/srv/media": str(media), "8000": str(port), "0.0.0.0": "127.0.0.1"}  # noqa: S104
    return [own.get(argument, argument) for argument in json.loads(found[-1])]


def fetch(port: int, path: str) -> tuple[int, bytes]:
    """Return status (0: no answer) and body."""
    connection = http.client.HTTPConnection("127.0.0.1", port, timeout=10)
    try:
        connection.request("GET", path, headers={"Host": "cars.example.com"})
        answer = connection.getresponse()
        return answer.status, answer.read()
    except OSError:
        return 0, b""
    finally:
        connection.close()
