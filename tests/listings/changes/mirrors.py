"""A mirror of the public stock, as somebody else would write one."""

from typing import Any

from django.test import Client

URL = "/api/v1/changes/"
MOMENTARY = ("price_rating", "also_listed_by")
"""What an advert's page tells that is no part of the advert, and changes without it."""


class Mirror:
    """Holds what the change feed told it, by the advert's id."""

    def __init__(self, client: Client) -> None:
        self.client = client
        self.held: dict[int, Any] = {}
        self.after = ""

    def read_page(self, size: int = 100) -> dict[str, Any]:
        query: dict[str, str | int] = {"after": self.after, "page_size": size}
        answer = self.client.get(URL, query)
        assert answer.status_code == 200, answer.content
        body: dict[str, Any] = answer.json()
        for change in body["results"]:
            if change["kind"] == "upsert":
                self.held[change["id"]] = change["listing"]
            else:
                assert change["listing"] is None
                self.held.pop(change["id"], None)
        self.after = body["after"]
        return body

    def shown(self, listing_id: int) -> dict[str, Any]:
        """Return an advert as its own address shows it, without what is momentary."""
        answer = self.client.get(f"/api/v1/listings/{listing_id}/")
        assert answer.status_code == 200, answer.content
        return {name: told for name, told in answer.json().items() if name not in MOMENTARY}

    def catch_up(self, size: int = 100) -> list[tuple[str, int]]:
        """Read until there is no more; return what was told, in order."""
        told = []
        while True:
            body = self.read_page(size)
            told += [(change["kind"], change["id"]) for change in body["results"]]
            if not body["has_more"]:
                return told
