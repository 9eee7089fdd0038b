"""Views of the stock table that a person keeps: filters and an order under a name."""

from dataclasses import dataclass
from typing import Any

from django.contrib import messages
from django.contrib.admin.views.main import PAGE_VAR, SEARCH_VAR
from django.db import transaction
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseNotAllowed, QueryDict
from django.http import HttpResponseRedirect as Redirect
from django.urls import reverse

from dealers.models import SavedView
from dealers.panel.context import require_context
from dealers.panel.scope import scoped

VIEWS_MAX = 20
NAME_MAX = 40
_NAME_NEEDED = f"A view needs a name of at most {NAME_MAX} characters."
_SHIPPED = (
    ("All", ""),
    ("Live", "status__exact=live"),
    ("Drafts", "status__exact=draft"),
    ("Expiring", "expires=7"),
    ("Over 90 days", "age=91"),
    ("To complete", "complete=poor"),
)
_NOT_KEPT = (SEARCH_VAR, PAGE_VAR, "e", "csrfmiddlewaretoken")


@dataclass(frozen=True)
class ViewTab:
    """A view in the bar above the table; `own` is the row where it is a person's own."""

    name: str
    query: str
    is_current: bool
    own: SavedView | None = None


def bar(request: HttpRequest) -> dict[str, Any]:
    """Return what the bar shows: everybody's views, this person's own, and the filters now."""
    here = kept_query(request.GET)
    shipped = [ViewTab(name, query, query == here) for name, query in _SHIPPED]
    own = [ViewTab(row.name, row.query, row.query == here, row) for row in _own(request)]
    return {"tabs": [*shipped, *own], "own_views": own, "kept_query": here}


def kept_query(query: QueryDict) -> str:
    """Return the part of an address that a view keeps: filters and order, never a search."""
    kept = query.copy()
    for name in _NOT_KEPT:
        kept.pop(name, None)
    for name in [name for name in kept if not any(kept.getlist(name))]:
        kept.pop(name)
    return kept.urlencode()


def save_view(model_admin: Any, request: HttpRequest) -> HttpResponse:
    """Keep the filters that the form carries under the name that was typed."""
    if request.method != "POST":
        return HttpResponseNotAllowed(["POST"])
    current, name = require_context(request), _typed_name(request)
    query = kept_query(QueryDict(request.POST.get("query", "")[:1_000]))
    if name is None or "\0" in query or len(query) > 1_000:
        messages.error(request, _NAME_NEEDED)
    elif len(own := _own(request)) >= VIEWS_MAX:
        messages.error(request, f"You have {VIEWS_MAX} views: remove one first.")
    else:
        SavedView.objects.update_or_create(
            dealer=current.dealer,
            user=current.user,
            name=name,
            defaults={"query": query},
            create_defaults={"query": query, "position": len(own)},
        )
        messages.success(request, f"The view “{name}” is kept.")
    return _to_table(query)


def rename_view(model_admin: Any, request: HttpRequest, savedview_id: int) -> HttpResponse:
    """Give a view of one's own another name, which none of the others has."""
    if request.method != "POST":
        return HttpResponseNotAllowed(["POST"])
    view, name = _find(request, savedview_id), _typed_name(request)
    others = {row.name for row in _own(request) if row.pk != view.pk}
    if name is None:
        messages.error(request, _NAME_NEEDED)
    elif name in others:
        messages.error(request, f"Another view of yours is called “{name}”.")
    else:
        messages.success(request, f"The view “{view.name}” is called “{name}” now.")
        view.name = name
        view.save(update_fields=["name"])
    return _to_table(view.query)


@transaction.atomic
def move_view(model_admin: Any, request: HttpRequest, savedview_id: int) -> HttpResponse:
    """Put a view of one's own before the one that it follows."""
    if request.method != "POST":
        return HttpResponseNotAllowed(["POST"])
    view, rows = _find(request, savedview_id), _own(request)
    place = [row.pk for row in rows].index(view.pk)
    if place:
        rows.insert(place - 1, rows.pop(place))
    for position, row in enumerate(rows):
        row.position = position
    SavedView.objects.bulk_update(sorted(rows, key=lambda row: row.pk), ["position"])
    return _to_table(view.query)


@transaction.atomic
def open_with_view(model_admin: Any, request: HttpRequest, savedview_id: int) -> HttpResponse:
    """Have the menu open the stock with a view of one's own, or with all of it again."""
    if request.method != "POST":
        return HttpResponseNotAllowed(["POST"])
    view, rows = _find(request, savedview_id), _own(request)
    for row in rows:
        row.opens_stock = row.pk == view.pk and not view.opens_stock
    SavedView.objects.bulk_update(sorted(rows, key=lambda row: row.pk), ["opens_stock"])
    said = "all adverts" if view.opens_stock else f"“{view.name}”"
    messages.success(request, f"Stock opens with {said} now.")
    return _to_table(view.query)


def remove_view(model_admin: Any, request: HttpRequest, savedview_id: int) -> HttpResponse:
    if request.method != "POST":
        return HttpResponseNotAllowed(["POST"])
    view = _find(request, savedview_id)
    view.delete()
    messages.success(request, f"The view “{view.name}” is removed.")
    return _to_table("")


def _typed_name(request: HttpRequest) -> str | None:
    name = request.POST.get("name", "").strip()
    return name if name and len(name) <= NAME_MAX and "\0" not in name else None


def _find(request: HttpRequest, pk: int) -> SavedView:
    """Return a view of this person's own; raises `Http404`."""
    view = next((row for row in _own(request) if row.pk == pk), None)
    if view is None:
        raise Http404
    return view


def _own(request: HttpRequest) -> list[SavedView]:
    current = require_context(request)
    return list(scoped(SavedView.objects.filter(user=current.user), current))


def _to_table(query: str) -> HttpResponse:
    target = reverse("dealer:listings_listing_changelist")
    return Redirect(f"{target}?{query}" if query else target)


PAGES = (
    ("view/<int:savedview_id>/remove/", "view_remove", remove_view),
    ("view/<int:savedview_id>/rename/", "view_rename", rename_view),
    ("view/<int:savedview_id>/earlier/", "view_earlier", move_view),
    ("view/<int:savedview_id>/opens/", "view_opens", open_with_view),
)
"""Addresses of what is done to a view of one's own, below the table's."""
