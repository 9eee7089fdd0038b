"""The panel's menu and the names at its head."""

from itertools import groupby
from typing import Any

from django.http import HttpRequest
from django.urls import reverse

from dealers.panel.context import DealerContext, find_context
from dealers.panel.site import MenuEntry, panel


def navigation(request: HttpRequest) -> list[dict[str, Any]]:
    """Return the menu in sections, with only what this person may open."""
    current = find_context(request)
    if current is None:
        return []
    shown = [entry for entry in panel.entries if current.may(entry.permission)]
    shown.sort(key=lambda entry: entry.order)
    return [
        {
            "title": section,
            "separator": bool(section),
            "items": [_item(each, current) for each in entries],
        }
        for section, entries in groupby(shown, key=lambda entry: entry.section)
    ]


def header(request: HttpRequest) -> str:
    current = find_context(request)
    return current.dealer.name if current else "Dealer panel"


def subheader(request: HttpRequest) -> str:
    current = find_context(request)
    if current is None:
        return "Used-car marketplace"
    return " · ".join(filter(None, (current.role_label, current.dealer.hidden_as)))


def account_links(request: HttpRequest) -> list[dict[str, str]]:
    """Return the links under one's own name."""
    current = find_context(request)
    if current is not None and current.is_staff_visit:
        return []
    shown = [("Your account", "account"), *panel.account_links]
    if current is not None and current.dealers_count > 1:
        shown.insert(0, ("Another dealer", "choose"))
    return [{"title": title, "link": reverse(f"dealer:{page}")} for title, page in shown]


def _item(entry: MenuEntry, current: DealerContext) -> dict[str, Any]:
    query = entry.query(current)
    link = reverse(f"dealer:{entry.url_name}") + (f"?{query}" if query else "")
    return {"title": entry.title, "icon": entry.icon, "link": link}
