"""Every address the project answers at, found by introspection, with keys of rows in its holes."""

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from django.apps import apps
from django.contrib import admin
from django.db import models
from django.urls import URLPattern, URLResolver, get_resolver

from dealers.models import FeedRun, StockFeed
from dealers.panel import panel
from listings.models import Listing

_HOLE = re.compile(r"<(?:\w+:)?(\w+)>")
_OWNERS: Mapping[str, type[models.Model]] = {
    "listings/": Listing,
    "stock/": Listing,
    "cars/": Listing,
    "widget/": Listing,
    "feeds/": StockFeed,
    "run": FeedRun,
}
Rows = Mapping[type[models.Model], models.Model]


@dataclass(frozen=True)
class Endpoint:
    """A pattern of addresses and the view behind it."""

    route: str
    view: Any
    site: Any = None  # of an admin

    @property
    def holes(self) -> list[str]:
        return _HOLE.findall(self.route)

    def address(self, rows: Rows) -> str:
        """Return an address that names rows, where there are any to name."""
        return self._filled({hole: self._key(hole, rows) for hole in self.holes})

    def addresses_with(self, text: str, rows: Rows) -> Iterator[str]:
        """Yield addresses with a text in one hole and keys of rows in the others."""
        keys = {hole: self._key(hole, rows) for hole in self.holes}
        for hole in self.holes:
            yield self._filled({**keys, hole: text})

    def model(self) -> type[models.Model] | None:
        """Return the model whose pages these are in an admin."""
        models_of: list[type[models.Model]] = list(self.site._registry) if self.site else []
        for each in models_of:
            if f"{each._meta.app_label}/{each._meta.model_name}/" in self.route:
                return each
        return None

    def _filled(self, values: Mapping[str, str]) -> str:
        return "/" + _HOLE.sub(lambda match: values[match[1]], self.route)

    def _key(self, hole: str, rows: Rows) -> str:
        named = hole.removesuffix("_id")
        model = next((each for each in apps.get_models() if each._meta.model_name == named), None)
        model = model or self.model()
        model = model or next((row for part, row in _OWNERS.items() if part in self.route), None)
        if hole == "stock_ref":
            return str(getattr(rows[Listing], "stock_ref", ""))
        if "slug" in hole or hole in ("verb", "act", "app_label", "token", "uidb64"):
            return "nothing"
        row = rows.get(model) if model else None
        return str(row.pk) if row else "1"


def endpoints() -> list[Endpoint]:
    return list(_found(get_resolver().url_patterns, "", None))


def _found(patterns: list[Any], before: str, site: Any) -> Iterator[Endpoint]:
    for pattern in patterns:
        text = str(pattern.pattern)
        if isinstance(pattern, URLResolver):
            here = {"admin/": admin.site, "dealer/": panel}.get(text, site)
            yield from _found(pattern.url_patterns, before + text, here)
        elif isinstance(pattern, URLPattern) and "(?P" not in text:
            yield Endpoint(before + text, pattern.callback, site)
