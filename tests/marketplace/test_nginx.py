"""The documented proxy, as it stands in docs/nginx.conf, in front of the image's web process."""

import http.client
import os
import shutil
import signal
import socket
import subprocess
from collections.abc import Iterator
from contextlib import ExitStack, closing, contextmanager
from pathlib import Path

import pytest

from marketplace.bodies import BODY_SETTINGS
from tests.marketplace.checkouts import ROOT, end, start, wait_until
from tests.marketplace.test_health import free_port
from tests.marketplace.test_image import fetch, image_command
from tests.marketplace.test_large_bodies import KEYED
from tests.marketplace.test_settings import SAFE

pytestmark = [
    pytest.mark.skipif(shutil.which("nginx") is None, reason="nginx is not installed"),
    pytest.mark.timeout(300),
    pytest.mark.slow,
]
PROXY = (ROOT / "docs" / "nginx.conf").read_text()
SLOW, ADDRESSES = 800, 10  # bodies that trickle, and the addresses they come from
OUTER = """
pid {folder}/nginx.pid;
error_log {folder}/error.log;
events {{ worker_connections 4096; }}
http {{
    access_log off;
    client_body_temp_path {folder}/body;
    proxy_temp_path {folder}/proxy;
    fastcgi_temp_path {folder}/fastcgi;
    uwsgi_temp_path {folder}/uwsgi;
    scgi_temp_path {folder}/scgi;
    include {folder}/marketplace.conf;
}}
"""


@pytest.fixture(scope="module")
def port(tmp_path_factory: pytest.TempPathFactory) -> Iterator[int]:
    """The proxy's port; behind it is a web process without a database."""
    web_port = free_port()
    variables = {**SAFE, "DEBUG": "false", "SECURE_SSL_REDIRECT": "false", "TRUSTED_PROXIES": "1"}
    variables["DATABASE_URL"] = "postgresql://nobody@127.0.0.1:1/nothing"
    variables |= {"DATABASE_POOL_TIMEOUT": "1", "PAGE_REQUESTS_PER_MINUTE": "3"}
    web = start(ROOT, *image_command(web_port), **variables)
    try:
        wait_until(lambda: fetch(web_port, "/healthz")[0] == 200)
        with proxied(tmp_path_factory.mktemp("nginx"), web_port) as proxy_port:
            yield proxy_port
    finally:
        end(web)


@contextmanager
def proxied(folder: Path, web_port: int, scheme: str = "$scheme") -> Iterator[int]:
    """Run the documented proxy in front of a web process, and yield its port.

    `scheme` is what it says that it was asked by: https, where TLS is thought in front of it.
    """
    port = free_port()
    assert PROXY.count("listen 80;") == PROXY.count("127.0.0.1:8000;") == 1
    proxy = PROXY.replace("listen 80;", f"listen 127.0.0.1:{port};")
    proxy = proxy.replace("127.0.0.1:8000;", f"127.0.0.1:{web_port};")
    assert PROXY.count("X-Forwarded-Proto $scheme;") == 1
    proxy = proxy.replace("X-Forwarded-Proto $scheme;", f"X-Forwarded-Proto {scheme};")
    (folder / "marketplace.conf").write_text(proxy)
    (folder / "nginx.conf").write_text(OUTER.format(folder=folder))
    folder.chmod(0o755)
    user = [] if os.geteuid() else ["-g", "user root; daemon off;"]
    command = ["nginx", "-p", str(folder), "-c", str(folder / "nginx.conf")]
    nginx = subprocess.Popen([*command, *(user or ["-g", "daemon off;"])])
    try:
        wait_until(lambda: fetch(port, "/healthz")[0] == 200)
        yield port
    finally:
        nginx.send_signal(signal.SIGTERM)
        nginx.wait(timeout=30)


def connect(port: int, source: str = "127.0.0.1") -> socket.socket:
    return socket.create_connection(("127.0.0.1", port), timeout=60, source_address=(source, 0))


def send(port: int, head: str, source: str = "127.0.0.1") -> int:
    """Send the head of a request and return the status of its answer; 0 where there is none."""
    with closing(connect(port, source)) as connection:
        connection.sendall(f"{head}\r\nHost: cars.example.com\r\n\r\n".encode())
        answer = connection.recv(65_536)
    return int(answer.split()[1]) if answer else 0


def get(port: int, path: str, forwarded: str, source: str) -> int:
    return send(port, f"GET {path} HTTP/1.1\r\nX-Forwarded-For: {forwarded}", source)


def test_hundreds_of_bodies_that_trickle_hold_up_nobody(port: int) -> None:
    with ExitStack() as stack:
        slow = [
            stack.enter_context(closing(connect(port, f"127.0.1.{n % ADDRESSES + 1}")))
            for n in range(SLOW)
        ]
        for connection in slow:
            connection.sendall(b"POST /password/reset/ HTTP/1.1\r\nHost: cars.example.com\r\n")
            connection.sendall(b"Content-Length: 1000\r\n\r\n")
        for _ in range(5):
            for connection in slow:
                connection.sendall(b"x")
            assert fetch(port, "/healthz")[0] == 200
        for connection in slow:  # none was refused or answered: each still waits for its body
            connection.setblocking(False)
            with pytest.raises(BlockingIOError):
                connection.recv(1)


def test_a_body_that_stops_is_given_up(port: int) -> None:
    with closing(connect(port)) as connection:
        connection.sendall(b"POST /password/reset/ HTTP/1.1\r\nHost: cars.example.com\r\n")
        connection.sendall(b"Content-Length: 1000\r\n\r\nx")
        answer = connection.recv(1_000)
        assert answer == b"" or b" 408 " in answer


def test_a_client_cannot_say_where_it_comes_from(port: int) -> None:
    """Each of the two web processes counts for itself here."""
    claims = [f"203.0.113.{n}" for n in range(1, 31)]
    assert 429 in {get(port, "/robots.txt", claim, "127.0.2.1") for claim in claims}
    assert get(port, "/robots.txt", "127.0.2.1", "127.0.2.2") == 200


@pytest.mark.parametrize(
    ("path", "setting"),
    [
        ("/password/reset/", "BODY_BYTES_MAX"),
        ("/api/v1/feeds/1/runs/", "FEED_BODY_BYTES_MAX"),
        ("/dealer/dealers/stockfeed/1/upload/", "FEED_BODY_BYTES_MAX"),
        ("/api/v1/stock/1/photos/", "PHOTO_BODY_BYTES_MAX"),
        ("/admin/listings/listing/1/change/", "PHOTO_BODY_BYTES_MAX"),
        ("/api/v1/stock/batch/", "BATCH_BODY_BYTES_MAX"),
    ],
)
def test_the_proxy_knows_the_bounds_of_bodies(port: int, path: str, setting: str) -> None:
    """Above the bound it answers at once; within, it waits for the body, as nothing else does."""
    size = BODY_SETTINGS[setting]
    head = f"POST {path} HTTP/1.1\r\n{KEYED}Content-Length: "
    assert send(port, f"{head}{size + 2 * 1024**2}", "127.0.3.1") == 413
    with closing(connect(port, "127.0.3.1")) as connection:
        connection.sendall(f"{head}{size}\r\nExpect: 100-continue\r\n".encode())
        connection.sendall(b"Host: cars.example.com\r\n\r\n")
        assert connection.recv(1_000).startswith(b"HTTP/1.1 100 Continue")


def test_one_address_has_so_many_connections_at_once(port: int) -> None:
    with ExitStack() as stack:
        for _ in range(100):
            held = stack.enter_context(closing(connect(port, "127.0.4.1")))
            held.sendall(b"POST / HTTP/1.1\r\nHost: cars.example.com\r\nContent-Length: 9\r\n\r\n")
        wait_until(lambda: get(port, "/healthz", "", "127.0.4.1") == 429)
        assert get(port, "/healthz", "", "127.0.4.2") == 200


def test_answers_of_the_web_process_come_back_whole(port: int) -> None:
    connection = http.client.HTTPConnection("127.0.0.1", port, timeout=60)
    with closing(connection):
        connection.request("GET", "/widget/v1.js", headers={"Host": "cars.example.com"})
        answer = connection.getresponse()
        assert answer.status == 200
        assert len(answer.read()) == int(answer.headers["Content-Length"])


@pytest.mark.parametrize(
    "lengths",
    [
        "Content-Length: 5\r\nTransfer-Encoding: chunked",
        "Content-Length: 5\r\nContent-Length: 6",
        "Transfer-Encoding: chunked\r\nTransfer-Encoding: identity",
        "Content-Length: 5\r\nTransfer-Encoding : chunked",
    ],
)
def test_a_request_with_two_lengths_ends_at_the_proxy(port: int, lengths: str) -> None:
    """What proxy and web process could read as two different requests is read by neither."""
    assert send(port, f"POST /password/reset/ HTTP/1.1\r\n{lengths}", "127.0.5.1") in (400, 501)
