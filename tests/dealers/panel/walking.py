"""Every address of the panel, found by introspection, asked with any rows' keys."""

import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from itertools import zip_longest
from typing import Any

from django.apps import apps
from django.db import models, transaction
from django.test import Client
from django.urls import URLPattern, URLResolver

from dealers.models import User
from dealers.panel import panel
from listings.adverts import Action

WORDS = (*Action.values, "nothing")
_CHANGING = re.compile(
    r'(name="csrfmiddlewaretoken" value=")[^"]+|(nonce=")[^"]+|(data-token=")[^"]+'
)

Rows = dict[type[models.Model], models.Model]


@dataclass(frozen=True)
class Place:
    """An address with holes: `arguments` maps the name of each hole to "key" or "word"."""

    route: str
    model: type[models.Model] | None

    @property
    def holes(self) -> list[str]:
        return re.findall(r"<([^>]+)>", self.route)

    def addresses(self, rows: Rows | None) -> Iterator[str]:
        """Yield the address with the keys of these rows, or with keys of nothing."""
        texts = [self.route]
        for hole in self.holes:
            texts = [
                text.replace(f"<{hole}>", value, 1)
                for text in texts
                for value in self._values(hole, rows)
            ]
        for text in texts:
            yield f"/dealer/{text}"

    def _values(self, hole: str, rows: Rows | None) -> list[str]:
        kind, _, name = hole.rpartition(":")
        if name.endswith("_id") or kind in ("int", "uuid"):
            model = named(name.removesuffix("_id")) or self.model
            return [key_of(rows, model)]
        return list(WORDS)


def named(name: str) -> type[models.Model] | None:
    """Return the model that a hole such as `<int:photo_id>` is named for."""
    return next((each for each in apps.get_models() if each._meta.model_name == name), None)


def models_in_addresses() -> list[type[models.Model]]:
    names = [hole.rpartition(":")[2] for place in places() for hole in place.holes]
    found = [named(name.removesuffix("_id")) for name in names if name.endswith("_id")]
    return [each for each in dict.fromkeys(found) if each is not None]


def key_of(rows: Rows | None, model: type[models.Model] | None) -> str:
    row = rows.get(model) if rows and model else None
    if row is not None:
        return str(row.pk)
    is_uuid = model is not None and isinstance(model._meta.pk, models.UUIDField)
    return "00000000-0000-4000-8000-000000000000" if is_uuid else "888000111"


def places() -> list[Place]:
    """Return every address of the panel but the last, which catches all others."""
    prefixes = {
        f"{each.opts.app_label}/{each.opts.model_name}/": each.model
        for each in panel._registry.values()
    }
    found = []
    for route in _routes(panel.get_urls()):
        model = next((row for prefix, row in prefixes.items() if route.startswith(prefix)), None)
        found.append(Place(route, model))
    return found


def _routes(patterns: list[Any], before: str = "") -> Iterator[str]:
    for pattern in patterns:
        text = str(pattern.pattern)
        if isinstance(pattern, URLResolver):
            yield from _routes(pattern.url_patterns, before + text)
        elif isinstance(pattern, URLPattern) and "(?P" not in text:
            yield before + text


@dataclass(frozen=True)
class Answer:
    status: int
    location: str
    body: str
    watched: object


@dataclass(frozen=True)
class Visitor:
    """Somebody who asks; `watch` looks at the rows that no request may change."""

    user: User | None
    watch: Callable[[], object] = dict

    def ask(
        self, address: str, data: dict[str, Any] | None = None, rows: Rows | None = None
    ) -> Answer:
        """Ask, undo what it did, and return the answer without what always changes.

        With data it is a POST. The keys of `rows` in the answer read as those of nothing.
        """
        client = Client()
        if self.user is not None:
            client.cookies.load(_signed_in(self.user))
        with transaction.atomic():
            got = client.get(address) if data is None else client.post(address, data)
            body = got.getvalue()
            watched = None if data is None else self.watch()
            transaction.set_rollback(True)
        text = _CHANGING.sub("", body.decode(errors="replace"))
        location = got.get("Location", "")
        return Answer(got.status_code, _blind(location, rows), _blind(text, rows), watched)


def _signed_in(user: User) -> str:
    """Return the cookie of somebody's session, which begins once."""
    if not hasattr(user, "walking_cookie"):
        client = Client()
        client.force_login(user)
        vars(user)["walking_cookie"] = client.cookies.output(header="", sep=";")
    cookie: str = vars(user)["walking_cookie"]
    return cookie


def differing_lines(one: Answer, other: Answer) -> list[tuple[str, ...]]:
    """Return where two answers differ, line by line; nothing where they are the same."""
    texts = [[str(each.status), each.location, *each.body.splitlines()] for each in (one, other)]
    return [pair for pair in zip_longest(*texts, fillvalue="") if pair[0] != pair[1]]


def _blind(text: str, rows: Rows | None) -> str:
    """Replace the keys of rows by the key of nothing, so that two answers can be compared."""
    for model, row in (rows or {}).items():
        text = re.sub(rf"(?<![\w-]){re.escape(str(row.pk))}(?![\w-])", key_of(None, model), text)
    return text
