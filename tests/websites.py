"""A web site on this machine that answers as a test tells it."""

import socketserver
import threading
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from email.message import Message
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer


@dataclass
class Asked:
    """A request that arrived."""

    path: str
    headers: Message


@dataclass
class Page:
    """What is answered at an address; `write` sends the body in its own way instead."""

    body: bytes = b""
    status: int = 200
    headers: Mapping[str, str] = field(default_factory=dict)
    write: Callable[[socketserver.StreamRequestHandler], None] | None = None


class _Handler(BaseHTTPRequestHandler):
    def do_GET(self) -> None:
        site = self.server
        assert isinstance(site, Website)
        site.asked.append(Asked(self.path, self.headers))
        page = site.pages.get(self.path.partition("?")[0], Page(status=404))
        etag = page.headers.get("ETag")
        if etag and self.headers.get("If-None-Match") == etag:
            page = Page(status=304, headers={"ETag": etag})
        self.send_response(page.status)
        for name, value in page.headers.items():
            self.send_header(name, value)
        if page.write is None and "Content-Length" not in page.headers:
            self.send_header("Content-Length", str(len(page.body)))
        self.end_headers()
        with suppress(ConnectionError):
            page.write(self) if page.write else self.wfile.write(page.body)

    def log_message(self, *_arguments: object) -> None:
        """Say nothing."""


class Website(ThreadingHTTPServer):
    """`pages` are what it has by path; `asked` is what arrived."""

    daemon_threads = True
    block_on_close = False

    def __init__(self) -> None:
        super().__init__(("127.0.0.1", 0), _Handler)
        self.pages: dict[str, Page] = {}
        self.asked: list[Asked] = []

    @property
    def host(self) -> str:
        return f"127.0.0.1:{self.server_address[1]}"

    def url(self, path: str) -> str:
        return f"http://{self.host}{path}"

    def handle_error(self, *_arguments: object) -> None:
        """A client that hung up is no news."""


@contextmanager
def running() -> Iterator[Website]:
    with Website() as site:
        thread = threading.Thread(target=site.serve_forever, kwargs={"poll_interval": 0.05})
        thread.start()
        try:
            yield site
        finally:
            site.shutdown()
            thread.join(timeout=10)
