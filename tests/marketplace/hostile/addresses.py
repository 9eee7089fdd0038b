"""Every address the project answers at, found by introspection, with keys of rows in its holes."""

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import timedelta
from typing import Any

from django.apps import apps
from django.contrib import admin
from django.contrib.auth.views import PasswordResetConfirmView
from django.db import models
from django.urls import URLPattern, URLResolver, get_resolver
from django.utils import timezone
from django.utils.http import urlsafe_base64_encode

from dealers.links import Renewal, renewal_url
from dealers.models import Dealer, FeedRun, Invitation, StockFeed, User
from dealers.panel import panel
from dealers.tokens import token_hash
from listings.models import Listing
from tests.dealers.panel.rows import fill

PARTS = ("public", "api", "dealer", "admin")
_HOLE = re.compile(r"<(?:\w+:)?(\w+)>")
_GROUP = re.compile(r"\(\?P(<\w+>)[^)]*\)")
TOKEN = "of-an-invitation"
_WORDS = {
    "account/": "name",
    "standing/": "suspend",
    "listing/": "publish",
    "join/": TOKEN,
    "reset/": PasswordResetConfirmView.reset_url_token,
}
"""What may stand in the hole of an address for a word; other words stand in forms."""

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
    def part(self) -> str:
        """Return which of `PARTS` this is of."""
        if self.site:
            return str(self.site.name)
        return "api" if self.route.startswith("api/") else "public"

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
        if hole in ("slug", "act", "verb", "token", "app_label", "uidb64", "stock_ref"):
            return self._word(hole, rows)
        row = rows.get(model) if model else None
        return str(row.pk) if row else "1"

    def _word(self, hole: str, rows: Rows) -> str:
        listing: Any = rows[Listing]
        if self.route.startswith("renew/"):
            return renewal_url(Renewal(listing.pk, listing.expires_at)).rpartition("renew/")[2][:-1]
        if "dealers/<slug" in self.route:
            return str(listing.dealer.slug)
        words = {
            "app_label": "listings",
            "stock_ref": listing.stock_ref or "S1",
            "uidb64": urlsafe_base64_encode(str(rows[User].pk).encode()),
        }
        found = (word for part, word in _WORDS.items() if part in self.route)
        return words.get(hole) or next(found, "nothing")


def endpoints(*parts: str) -> list[Endpoint]:
    """Return those of some parts but the change feed, whose transaction must be the outermost."""
    found = _found(get_resolver().url_patterns, "", None)
    return [each for each in found if each.part in parts and not each.route.endswith("/changes/")]


def _found(patterns: list[Any], before: str, site: Any) -> Iterator[Endpoint]:
    for pattern in patterns:
        text = str(pattern.pattern)
        if isinstance(pattern, URLResolver):
            here = {"admin/": admin.site, "dealer/": panel}.get(text, site)
            yield from _found(pattern.url_patterns, before + text, here)
        elif isinstance(pattern, URLPattern):
            route = _GROUP.sub(r"\1", text.strip("^$"))
            yield Endpoint(before + route, pattern.callback, site)


def rows_to_name(dealer: Dealer) -> dict[type[models.Model], models.Model]:
    """Return a row of all that an address may name, made for this dealer, whose links work."""
    rows: dict[type[models.Model], models.Model] = dict(fill(dealer, "Ours"))
    for model in apps.get_models():
        if model not in rows and (row := model._default_manager.first()) is not None:
            rows[model] = row
    _make_links_work(rows)
    return rows


def _make_links_work(rows: Rows) -> None:
    soon = timezone.now() + timedelta(days=1)
    listings = Listing.objects.filter(pk=rows[Listing].pk)
    listings.update(status="live", expires_at=soon)
    rows[Listing].refresh_from_db()
    Invitation.objects.filter(pk=rows[Invitation].pk).update(
        token_hash=token_hash(TOKEN), sent_at=timezone.now(), expires_at=soon
    )
