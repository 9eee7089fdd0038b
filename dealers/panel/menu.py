"""The panel's menu and the names at its head."""

from itertools import groupby
from typing import Any

from django.http import HttpRequest
from django.urls import reverse

from dealers.panel.context import desk_of
from dealers.panel.site import Entry, panel


def sidebar(request: HttpRequest) -> list[dict[str, Any]]:
    """Return the menu in sections, with only what this desk may open."""
    desk = desk_of(request)
    if desk is None:
        return []
    shown = [entry for entry in panel.entries if desk.may(entry.power)]
    shown.sort(key=lambda entry: entry.order)
    return [
        {"title": section, "separator": bool(section), "items": [_item(each) for each in entries]}
        for section, entries in groupby(shown, key=lambda entry: entry.section)
    ]


def header(request: HttpRequest) -> str:
    desk = desk_of(request)
    return desk.dealer.name if desk else "Dealer panel"


def subheader(request: HttpRequest) -> str:
    desk = desk_of(request)
    if desk is None:
        return "Used-car marketplace"
    return desk.role.label if desk.dealer.is_active else f"{desk.role.label} · suspended"


def account_links(request: HttpRequest) -> list[dict[str, str]]:
    """Return the links under one's own name."""
    desk = desk_of(request)
    shown = [("Your account", "account"), *panel.account_links]
    if desk is not None and desk.dealers_count > 1:
        shown.insert(0, ("Another dealer", "choose"))
    return [{"title": title, "link": reverse(f"dealer:{page}")} for title, page in shown]


def _item(entry: Entry) -> dict[str, Any]:
    return {"title": entry.title, "icon": entry.icon, "link": reverse(f"dealer:{entry.url_name}")}
