"""Views of the stock table that a person keeps: filters and an order under a name."""

from dataclasses import dataclass
from typing import Any

from django.contrib import messages
from django.contrib.admin.views.main import PAGE_VAR, SEARCH_VAR
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseNotAllowed, QueryDict
from django.http import HttpResponseRedirect as Redirect
from django.urls import reverse

from dealers.models import SavedView
from dealers.panel.context import require_context
from dealers.panel.scope import scoped

VIEWS_MAX = 20
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
    """A view in the bar above the table; `pk` where it is a person's own."""

    name: str
    query: str
    is_current: bool
    pk: int | None = None


def tabs(request: HttpRequest) -> list[ViewTab]:
    """Return the views that everybody has, then this person's own."""
    here = kept_query(request.GET)
    own = [(row.name, row.query, row.pk) for row in _own(request)]
    every = [*((name, query, None) for name, query in _SHIPPED), *own]
    return [ViewTab(name, query, query == here, pk) for name, query, pk in every]


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
    current, name = require_context(request), request.POST.get("name", "").strip()
    query = kept_query(QueryDict(request.POST.get("query", "")[:1_000]))
    if not name or len(name) > 40 or "\0" in name + query or len(query) > 1_000:
        messages.error(request, "A view needs a name of at most 40 characters.")
    elif len(_own(request)) >= VIEWS_MAX:
        messages.error(request, f"You have {VIEWS_MAX} views: remove one first.")
    else:
        SavedView.objects.update_or_create(
            dealer=current.dealer, user=current.user, name=name, defaults={"query": query}
        )
        messages.success(request, f"The view “{name}” is kept.")
    return _to_table(query)


def remove_view(model_admin: Any, request: HttpRequest, savedview_id: int) -> HttpResponse:
    if request.method != "POST":
        return HttpResponseNotAllowed(["POST"])
    view = next((row for row in _own(request) if row.pk == savedview_id), None)
    if view is None:
        raise Http404
    view.delete()
    messages.success(request, f"The view “{view.name}” is removed.")
    return _to_table("")


def _own(request: HttpRequest) -> list[SavedView]:
    current = require_context(request)
    return list(scoped(SavedView.objects.filter(user=current.user), current))


def _to_table(query: str) -> HttpResponse:
    target = reverse("dealer:listings_listing_changelist")
    return Redirect(f"{target}?{query}" if query else target)
