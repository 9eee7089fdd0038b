"""What a fetch brings, and what it costs at most."""

import gzip
import hashlib
import itertools
import socketserver
import threading
import zlib
from contextlib import suppress

import pytest
from pytest_django import Settings

from marketplace.fetching import (
    FetchDenied,
    FetchNotFound,
    FetchRefused,
    FetchServerError,
    FetchTooLarge,
    FetchTooManyRedirects,
    FetchTooSlow,
    FetchUnreachable,
    FetchUnreadable,
    FetchWrongType,
    Limits,
    fetch,
)
from tests.websites import Page, Website

LIMITS = Limits(bytes_max=100_000, seconds_max=100)


def test_an_answer_arrives_with_what_is_needed_to_ask_again(site: Website) -> None:
    headers = {
        "Content-Type": "text/csv; charset=utf-8",
        "ETag": '"a1"',
        "Last-Modified": "Mon, 02 Nov 2026 10:00:00 GMT",
    }
    site.pages["/stock.csv"] = Page(b"vrm,price\n", headers=headers)

    with fetch(site.url("/stock.csv?key=secret"), limits=LIMITS) as fetched:
        assert fetched.body.read() == b"vrm,price\n"

    assert not fetched.is_not_modified
    assert fetched.size == 10
    assert fetched.digest == hashlib.sha256(b"vrm,price\n").hexdigest()
    assert fetched.content_type == "text/csv"
    assert (fetched.etag, fetched.last_modified) == ('"a1"', "Mon, 02 Nov 2026 10:00:00 GMT")
    assert fetched.body.closed
    assert site.asked[0].path == "/stock.csv?key=secret"
    assert site.asked[0].headers["Host"] == site.host


def test_what_did_not_change_is_not_sent_again(site: Website) -> None:
    site.pages["/stock.csv"] = Page(b"vrm,price\n", headers={"ETag": '"a1"'})
    with fetch(site.url("/stock.csv"), limits=LIMITS, etag='"a1"') as fetched:
        assert fetched.is_not_modified
        assert fetched.body.read() == b""


def test_the_time_of_the_last_change_is_sent_along(site: Website) -> None:
    site.pages["/a"] = Page(status=304)
    with fetch(site.url("/a"), limits=LIMITS, last_modified="yesterday") as fetched:
        assert fetched.is_not_modified
    assert site.asked[0].headers["If-Modified-Since"] == "yesterday"


def test_not_modified_is_no_answer_to_a_first_question(site: Website) -> None:
    site.pages["/a"] = Page(status=304)
    with pytest.raises(FetchDenied):
        fetch(site.url("/a"), limits=LIMITS)


@pytest.mark.parametrize(
    ("status", "error", "is_retryable"),
    [
        (404, FetchNotFound, False),
        (410, FetchNotFound, False),
        (401, FetchDenied, False),
        (403, FetchDenied, False),
        (429, FetchServerError, True),
        (500, FetchServerError, True),
        (503, FetchServerError, True),
    ],
)
def test_a_failure_says_whether_to_try_again(
    site: Website, status: int, error: type[Exception], is_retryable: bool
) -> None:
    site.pages["/a"] = Page(status=status, headers={"Retry-After": "120"})
    with pytest.raises(error) as caught:
        fetch(site.url("/a?key=secret"), limits=LIMITS)
    assert caught.value.is_retryable is is_retryable  # type: ignore[attr-defined]
    assert caught.value.retry_after_seconds == (120 if is_retryable else None)  # type: ignore[attr-defined]
    assert "secret" not in str(caught.value)


def test_a_redirect_is_followed_to_its_end(site: Website) -> None:
    site.pages["/old"] = Page(status=301, headers={"Location": "/new#top"})
    site.pages["/new"] = Page(b"here")
    with fetch(site.url("/old"), limits=LIMITS) as fetched:
        assert fetched.body.read() == b"here"
    assert fetched.url == site.url("/new")


def test_redirects_without_end_are_given_up(site: Website) -> None:
    site.pages["/a"] = Page(status=302, headers={"Location": "/a"})
    with pytest.raises(FetchTooManyRedirects):
        fetch(site.url("/a"), limits=LIMITS)
    assert len(site.asked) == 6


@pytest.mark.parametrize("location", ["http://[", "ftp://127.0.0.1/a", "//a\tb/"])
def test_a_redirect_to_no_address_is_refused(site: Website, location: str) -> None:
    site.pages["/a"] = Page(status=302, headers={"Location": location})
    with pytest.raises((FetchRefused, FetchUnreadable)):
        fetch(site.url("/a"), limits=LIMITS)
    assert len(site.asked) == 1


def test_a_redirect_that_says_not_where_is_given_up(site: Website) -> None:
    site.pages["/a"] = Page(status=302)
    with pytest.raises(FetchTooManyRedirects):
        fetch(site.url("/a"), limits=LIMITS)


def test_what_says_that_it_is_too_large_is_not_read(site: Website) -> None:
    site.pages["/a"] = Page(b"x", headers={"Content-Length": "100001"})
    with pytest.raises(FetchTooLarge, match="100,000 bytes"):
        fetch(site.url("/a"), limits=LIMITS)


def test_what_turns_out_too_large_is_read_no_further(site: Website) -> None:
    sent = itertools.count()

    def without_end(handler: socketserver.StreamRequestHandler) -> None:
        for _ in sent:
            handler.wfile.write(b"x" * 10_000)

    site.pages["/a"] = Page(write=without_end)
    with pytest.raises(FetchTooLarge):
        fetch(site.url("/a"), limits=LIMITS)


@pytest.mark.parametrize("members", [1, 3])
def test_a_packed_answer_is_unpacked(site: Website, members: int) -> None:
    body = b"".join(gzip.compress(b"vrm,price\n" * 5_000) for _ in range(members))
    site.pages["/a"] = Page(body, headers={"Content-Encoding": "gzip"})
    with fetch(site.url("/a"), limits=Limits(bytes_max=1_000_000, seconds_max=100)) as fetched:
        assert fetched.size == 50_000 * members
        assert fetched.body.read() == b"vrm,price\n" * 5_000 * members


@pytest.mark.parametrize("size", [200_000, 50_000_000])
def test_a_packed_answer_is_bounded_by_what_it_unpacks_to(site: Website, size: int) -> None:
    packer = zlib.compressobj(wbits=31)
    bomb = b"".join(packer.compress(b"\0" * 100_000) for _ in range(size // 100_000))
    site.pages["/a"] = Page(bomb + packer.flush(), headers={"Content-Encoding": "gzip"})
    with pytest.raises(FetchTooLarge):
        fetch(site.url("/a"), limits=Limits(bytes_max=190_000 + size // 500, seconds_max=60))


@pytest.mark.parametrize(
    ("encoding", "body", "error"),
    [
        ("br", b"x", FetchUnreadable),
        ("gzip, gzip", b"x", FetchUnreadable),
        ("gzip", b"plain", FetchUnreadable),
        ("gzip", gzip.compress(b"vrm,price\n" * 50, mtime=0)[:-9], FetchUnreachable),
        ("gzip", b"", FetchUnreachable),
    ],
)
def test_what_cannot_be_unpacked_is_refused(
    site: Website, encoding: str, body: bytes, error: type[Exception]
) -> None:
    site.pages["/a"] = Page(body, headers={"Content-Encoding": encoding})
    with pytest.raises(error):
        fetch(site.url("/a"), limits=LIMITS)


def test_an_answer_that_is_cut_off_is_no_answer(site: Website) -> None:
    site.pages["/a"] = Page(b"half", headers={"Content-Length": "8", "Connection": "close"})
    with pytest.raises(FetchUnreachable):
        fetch(site.url("/a"), limits=LIMITS)


def test_bytes_that_trickle_have_the_time_of_the_whole(site: Website) -> None:
    enough = threading.Event()

    def trickle(handler: socketserver.StreamRequestHandler) -> None:
        while not enough.wait(0.05):
            handler.wfile.write(b"x")
            handler.wfile.flush()

    site.pages["/a"] = Page(write=trickle)
    try:
        with pytest.raises(FetchTooSlow):
            fetch(site.url("/a"), limits=Limits(bytes_max=100_000, seconds_max=0.5))
    finally:
        enough.set()


def test_headers_that_trickle_have_the_time_of_the_whole(settings: Settings) -> None:
    enough = threading.Event()

    class Trickle(socketserver.StreamRequestHandler):
        def handle(self) -> None:
            self.wfile.write(b"HTTP/1.1 200 OK\r\nX-Long: ")
            with suppress(ConnectionError):
                while not enough.wait(0.05):
                    self.wfile.write(b"x")

    with socketserver.ThreadingTCPServer(("127.0.0.1", 0), Trickle) as server:
        thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.05})
        thread.start()
        host = f"127.0.0.1:{server.server_address[1]}"
        settings.FETCH_ALLOWED_HOSTS = [host]
        try:
            with pytest.raises(FetchTooSlow):
                fetch(f"http://{host}/", limits=Limits(bytes_max=100_000, seconds_max=0.5))
        finally:
            enough.set()
            server.shutdown()
            thread.join(timeout=10)


def test_a_server_that_is_not_there_is_unreachable(site: Website) -> None:
    url = site.url("/a")
    site.server_close()
    with pytest.raises(FetchUnreachable) as caught:
        fetch(url, limits=LIMITS)
    assert caught.value.is_retryable


@pytest.mark.parametrize(
    ("given", "is_taken"),
    [("image/jpeg", True), ("IMAGE/PNG; q=1", True), ("text/html", False), ("", True)],
)
def test_only_the_types_asked_for_are_taken(site: Website, given: str, is_taken: bool) -> None:
    site.pages["/a"] = Page(b"x", headers={"Content-Type": given} if given else {})
    limits = Limits(bytes_max=10, seconds_max=100, content_types=("image/*",), accept="image/jpeg")
    if is_taken:
        with fetch(site.url("/a"), limits=limits) as fetched:
            assert fetched.size == 1
    else:
        with pytest.raises(FetchWrongType):
            fetch(site.url("/a"), limits=limits)
    assert site.asked[0].headers["Accept"] == "image/jpeg"
