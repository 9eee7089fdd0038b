"""A body above its bound is refused before anything reads it, however it is sent."""

import http.client
import json
import socket
from collections.abc import Iterator
from contextlib import closing
from typing import Any

import pytest
from django.test import Client

from marketplace.bodies import LARGE_BODIES, TOO_LARGE, body_bytes_max
from tests.marketplace.checkouts import ROOT, end, start, wait_until
from tests.marketplace.hostile.addresses import PARTS, endpoints
from tests.marketplace.test_health import free_port
from tests.marketplace.test_image import fetch, image_command
from tests.marketplace.test_settings import SAFE

SMALL = 2_621_440
KEYED = "Authorization: Bearer umk_nobody\r\n"
SIGNED_IN = f"Cookie: __Host-sessionid={'n' * 32}\r\n"
FEED = "/api/v1/feeds/1/runs/"


@pytest.fixture(scope="module")
def port() -> Iterator[int]:
    """The web process as the image starts it; no database is behind it."""
    number = free_port()
    variables = {**SAFE, "DEBUG": "false", "SECURE_SSL_REDIRECT": "false"}
    variables["DATABASE_URL"] = "postgresql://nobody@127.0.0.1:1/nothing"
    web = start(ROOT, *image_command(number), **variables, DATABASE_POOL_TIMEOUT="1")
    try:
        wait_until(lambda: fetch(number, "/healthz")[0] == 200)
        yield number
    finally:
        end(web)


def send(port: int, path: str, head: str, body: bytes = b"") -> tuple[int, str]:
    """Send a head and what there is of a body; return the status and the answer's content type."""
    with closing(socket.create_connection(("127.0.0.1", port), timeout=30)) as connection:
        start_of = f"POST {path} HTTP/1.1\r\nHost: cars.example.com\r\n{head}\r\n"
        connection.sendall(start_of.encode() + body)
        answer = b""
        while b"\r\n\r\n" not in answer and (piece := connection.recv(65_536)):
            answer += piece
    lines = answer.decode("latin-1").split("\r\n")
    kinds = [line for line in lines if line.lower().startswith("content-type:")]
    return int(lines[0].split()[1]), kinds[0].partition(":")[2].strip()


@pytest.mark.parametrize("path", ["/password/reset/", "/dealer/login/", "/cars/", "/nothing/"])
def test_a_page_refuses_a_large_body_by_its_length(port: int, path: str) -> None:
    status, kind = send(port, path, "Content-Length: 200000000\r\n")
    assert (status, kind) == (413, "text/html; charset=utf-8")


@pytest.mark.parametrize("head", ["", SIGNED_IN])
def test_the_api_refuses_a_large_body_without_a_key(port: int, head: str) -> None:
    status, kind = send(port, FEED, f"{head}Content-Length: 200000000\r\n")
    assert (status, kind) == (413, "application/problem+json")


def test_a_body_without_a_length_is_counted(port: int) -> None:
    pieces = b"10000\r\n" + b"x" * 65_536 + b"\r\n"
    head = "Transfer-Encoding: chunked\r\n"
    assert send(port, "/password/reset/", head, pieces * 41)[0] == 413


@pytest.mark.parametrize(
    ("path", "head", "beyond"),
    [
        (FEED, KEYED, 1_073_807_361),
        ("/api/v1/stock/1/photos/", KEYED, 67_108_865),
        ("/api/v1/stock/batch/", KEYED, 16_777_217),
        ("/dealer/dealers/stockfeed/1/upload/", SIGNED_IN, 1_073_807_361),
        ("/dealer/listings/listing/1/photos/", SIGNED_IN, 67_108_865),
    ],
)
def test_files_have_bounds_of_their_own(port: int, path: str, head: str, beyond: int) -> None:
    """Within the bound the process asks the database who that is, which is away here."""
    assert send(port, path, f"{head}Content-Length: {beyond}\r\n")[0] == 413
    assert send(port, path, f"{head}Content-Length: {beyond - 1}\r\n")[0] == 503


@pytest.mark.django_db
def test_a_large_form_of_somebody_with_a_made_up_session_is_not_read(client: Client) -> None:
    client.cookies["sessionid"] = "made-up"
    head: dict[str, Any] = {
        "content_type": "multipart/form-data; boundary=x",
        "CONTENT_LENGTH": str(SMALL + 1),
    }
    for path in ("/dealer/dealers/stockfeed/1/upload/", "/admin/listings/listing/add/"):
        answer = client.generic("POST", path, b"", **head)
        assert answer.status_code == 413
        assert "Too large" in answer.content.decode()


def test_a_body_without_a_length_is_read_whole(port: int) -> None:
    """What is no JSON is told so: of a body that nobody reads, a member would be missing."""
    with closing(http.client.HTTPConnection("127.0.0.1", port, timeout=30)) as connection:
        pieces = iter([b"[", b"1,", b"2", b"x" * 3_000])
        headers = {"Host": "cars.example.com", "Content-Type": "application/json"}
        url = "/api/v1/widget/events/"
        connection.request("POST", url, pieces, headers, encode_chunked=True)
        answer = connection.getresponse()
        assert answer.status == 400
        assert json.load(answer)["code"] == "parse_error"


def test_what_was_too_large_is_told_as_the_api_tells_it(client: Client) -> None:
    marked: dict[str, Any] = {TOO_LARGE: 5_000}
    answer = client.generic("POST", FEED, b"", **marked)
    assert (answer.status_code, answer.json()["code"]) == (413, "too_large")
    assert answer.json()["detail"] == "A body has at most 5,000 bytes here."


def test_whoever_shows_nothing_gets_the_small_bound_everywhere() -> None:
    for path in (FEED, "/dealer/dealers/stockfeed/1/upload/", "/api/v1/stock/batch/", "/cars/"):
        assert body_bytes_max({"PATH_INFO": path}) == SMALL
    keyed = {"HTTP_AUTHORIZATION": "Bearer umk_x"}
    assert body_bytes_max({"PATH_INFO": "/api/v1/stock/", **keyed}) == SMALL
    assert body_bytes_max({"PATH_INFO": FEED, **keyed}) > SMALL


def test_every_view_that_reads_a_large_body_is_in_the_table() -> None:
    paths = [large.paths.pattern for large in LARGE_BODIES]
    for endpoint in endpoints(*PARTS):
        view: Any = getattr(endpoint.view, "cls", None)
        if getattr(view, "body_bytes_max", 0) > SMALL:
            environ = {"PATH_INFO": endpoint.address({}), "HTTP_AUTHORIZATION": "Bearer umk_x"}
            assert body_bytes_max(environ) >= view.body_bytes_max, (endpoint.route, paths)


def test_a_length_that_is_no_number_is_none(client: Client) -> None:
    for length in ("", "-1", "1e9", "9" * 5_000, "²"):
        headers: dict[str, Any] = {"CONTENT_LENGTH": length}
        answer = client.generic("POST", "/api/v1/stock/batch/", b"", **headers)
        assert answer.status_code == 401, json.dumps(length)
