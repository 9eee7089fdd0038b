"""Another site: a small server on another port of this machine, and so another origin."""

import threading
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import NamedTuple


class Stored(NamedTuple):
    body: bytes
    headers: dict[str, str]


class OtherSite:
    """Serves the pages that a test gives it."""

    def __init__(self) -> None:
        pages: dict[str, Stored] = {}

        class Handler(BaseHTTPRequestHandler):
            def do_GET(self) -> None:
                stored = pages.get(self.path.partition("?")[0])
                self.send_response(200 if stored else 204)
                for name, value in (stored.headers if stored else {}).items():
                    self.send_header(name, value)
                self.end_headers()
                self.wfile.write(stored.body if stored else b"")

            def log_message(self, *_: object) -> None:
                """Say nothing."""

        self.pages = pages
        self.server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        self.url = f"http://127.0.0.1:{self.server.server_port}"
        self.thread = threading.Thread(target=self.server.serve_forever, args=(0.05,), daemon=True)
        self.thread.start()

    def put(self, path: str, html: str, *, policy: str = "") -> str:
        """Serve a page, under a content security policy; return its address."""
        headers = {"Content-Type": "text/html; charset=utf-8"}
        if policy:
            headers["Content-Security-Policy"] = policy
        self.pages[path] = Stored(html.encode(), headers)
        return f"{self.url}{path}"

    def stop(self) -> None:
        self.server.shutdown()
        self.server.server_close()
        self.thread.join(10)
