"""Somebody at the other side of the proxy: with a browser's cookies, or with an API key."""

import json
import re
from collections.abc import Callable, Mapping
from http.cookies import SimpleCookie
from typing import Any

import httpx
from lxml import html

PUBLIC_HOST = "cars.example.com"
PUBLIC_URL = f"https://{PUBLIC_HOST}"
TIMEOUT_SECONDS = 60


class Visitor:
    """Calls the web process as a proxy that ends TLS does."""

    def __init__(self, port: int, *, key: str = "") -> None:
        self._base = f"http://127.0.0.1:{port}"
        self._key = key
        self.cookies: dict[str, str] = {}

    def call(self, method: str, path: str, **options: Any) -> httpx.Response:
        """Return the answer; its address may be one that a mail or an answer holds."""
        path = path.removeprefix(PUBLIC_URL)
        headers = {**self._headers(), **options.pop("headers", {})}
        answer = httpx.request(
            method,
            self._base + path,
            headers=headers,
            timeout=options.pop("timeout", TIMEOUT_SECONDS),
            trust_env=False,
            **options,
        )
        for line in answer.headers.get_list("set-cookie"):
            self.cookies |= {name: morsel.value for name, morsel in SimpleCookie(line).items()}
        return answer

    def get(self, path: str, **options: Any) -> httpx.Response:
        return self.call("GET", path, **options)

    def status(self, path: str) -> int:
        """Return the status of an address, 0 where nobody answers."""
        try:
            return self.get(path).status_code
        except httpx.TransportError:
            return 0

    def json(self, method: str, path: str, body: Any = None, *, expected: int = 200) -> Any:
        options = {} if body is None else {"content": json.dumps(body)}
        headers = {"Content-Type": "application/json"}
        answer = self.call(method, path, headers=headers, **options)
        assert answer.status_code == expected, answer.text
        return answer.json()

    def submit(
        self, path: str, values: Mapping[str, str] | Callable[[str], Mapping[str, str]]
    ) -> httpx.Response:
        """Fill in the form of a page as a person would who read it, and send it."""
        page = self.get(path)
        assert page.status_code == 200, f"{path}: {page.status_code} {page.headers}"
        values = values(page.text) if callable(values) else values
        form = next(
            form
            for form in html.document_fromstring(page.content).forms  # type: ignore[attr-defined]
            if form.method == "POST" and set(values) <= set(form.fields.keys())
        )
        fields = dict(form.form_values()) | dict(values)
        action = form.action or ""
        to = action if action.startswith("/") else path
        return self.call("POST", to, data=fields, headers={"Origin": PUBLIC_URL})

    def _headers(self) -> dict[str, str]:
        headers = {
            "Host": PUBLIC_HOST,
            "X-Forwarded-Proto": "https",
            "X-Forwarded-For": "192.0.2.7",
        }
        if self._key:
            headers["Authorization"] = f"Bearer {self._key}"
        if self.cookies:
            headers["Cookie"] = "; ".join(f"{name}={value}" for name, value in self.cookies.items())
        return headers


def link_in(mail: bytes, part: str) -> str:
    """Return the address in a mail whose path begins with `part`."""
    text = mail.replace(b"=\r\n", b"").replace(b"=3D", b"=").decode()
    found = re.search(rf"{re.escape(PUBLIC_URL)}{re.escape(part)}[^\s\"<]*", text)
    assert found, text
    return found[0]
