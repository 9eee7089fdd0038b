"""A dealer's system: calls the stock API with a key."""

import json
from typing import Any

from django.test import Client

from dealers.models import Dealer
from listings.models import Listing
from tests import make

STOCK = "/api/v1/stock/"


class Caller:
    """Sends JSON with a key; `headers` are given as keywords, such as `if_match`."""

    def __init__(self, token: str) -> None:
        self.token = token
        self._client = Client()

    def get(self, path: str = "", **headers: str) -> Any:
        return self._send("get", path, None, headers)

    def post(self, path: str = "", body: Any = None, **headers: str) -> Any:
        return self._send("post", path, body, headers)

    def put(self, path: str, body: Any = None, **headers: str) -> Any:
        return self._send("put", path, body, headers)

    def patch(self, path: str, body: Any = None, **headers: str) -> Any:
        return self._send("patch", path, body, headers)

    def delete(self, path: str, **headers: str) -> Any:
        return self._send("delete", path, None, headers)

    def upload(self, path: str, image: Any, **headers: str) -> Any:
        named = self._named(headers)
        return self._client.post(f"{STOCK}{path}", {"image": image}, headers=named)

    def _send(self, method: str, path: str, body: Any, headers: dict[str, str]) -> Any:
        content: dict[str, str] = {}
        if method not in ("get", "delete"):
            data = "" if body is None else body if isinstance(body, str) else json.dumps(body)
            content = {"data": data, "content_type": "application/json"}
        send = getattr(self._client, method)
        return send(f"{STOCK}{path}", **content, headers=self._named(headers))

    def _named(self, headers: dict[str, str]) -> dict[str, str]:
        named = {name.replace("_", "-"): value for name, value in headers.items()}
        return {"Authorization": f"Bearer {self.token}", **named}


def caller(of: Dealer, *scopes: str) -> Caller:
    return Caller(make.key(of, *scopes))


def item(listing: Listing) -> str:
    return f"{listing.pk}/"


def new(**fields: Any) -> dict[str, Any]:
    """Return what a new advert needs."""
    return {
        "make": "Land Rover",
        "model": "Range Rover",
        "year": 2015,
        "mileage": 72_253,
        "price": 33_999,
        **fields,
    }
