"""Searching without the words in an address.

Staff search by registration mark, and addresses end up in logs and histories. So every search box
of the admin posts its words; they stay in the session, and the address carries an opaque key.
"""

import re
import secrets
from typing import Any

from django.contrib import messages
from django.contrib.admin.views.main import PAGE_VAR, SEARCH_VAR
from django.db.models import Q, QuerySet
from django.http import HttpRequest
from django.urls import reverse
from unfold.views import ChangeList

TERM_LENGTH_MAX = 200
_SESSION_KEY = "admin_searches"
_REMEMBERED = 30
_NOT_IN_A_MARK = re.compile(r"[^A-Z0-9]")


def remember(request: HttpRequest, term: str) -> str:
    """Keep the words of a search in the session and return the key that stands for them."""
    searches = dict(request.session.get(_SESSION_KEY, {}))
    term = term.replace("\x00", "").strip()[:TERM_LENGTH_MAX]
    for key, known in searches.items():
        if known == term:
            return str(key)
    key = secrets.token_urlsafe(9)
    request.session[_SESSION_KEY] = dict([*searches.items(), (key, term)][-_REMEMBERED:])
    return key


def query_string(request: HttpRequest) -> str:
    """Return the query of the list that a posted search form leads to, its filters kept."""
    query = request.POST.copy()
    for name in ("csrfmiddlewaretoken", SEARCH_VAR, PAGE_VAR):
        query.pop(name, None)
    if term := request.POST.get(SEARCH_VAR, "").strip():
        query[SEARCH_VAR] = remember(request, term)
    return query.urlencode()


class SearchedChangeList(ChangeList):
    """A list whose `?q=` holds the key of a search, never its words."""

    query: str
    is_over: bool | None = None

    @property
    def search_url(self) -> str:
        """Where the search box posts its words."""
        return reverse(self.model_admin.url_name("search"))

    def get_queryset(
        self, request: HttpRequest, exclude_parameters: list[str] | None = None
    ) -> QuerySet:
        if self.is_over is None:  # an action on what was found asks a second time
            searches: dict[str, str] = request.session.get(_SESSION_KEY, {})
            self.is_over = bool(self.query) and self.query not in searches
            self.query = searches.get(self.query, "")
        rows: QuerySet = super().get_queryset(request, exclude_parameters)
        if not self.is_over:
            return rows
        messages.warning(request, "This search is over. Please search again.")
        return rows.none()


class FoundByWords:
    """How adverts are searched; mixed into their admins."""

    def get_search_results(
        self, request: HttpRequest, queryset: QuerySet, search_term: str
    ) -> tuple[QuerySet, bool]:
        """Find every word in the title, or the whole term as a mark or a stock reference."""
        words = search_term.split()
        if not words:
            return queryset, False
        in_title = Q()
        for word in words[:10]:
            in_title &= Q(title__icontains=word)
        found = in_title | Q(stock_ref=search_term.strip())
        if mark := _NOT_IN_A_MARK.sub("", search_term.upper())[:7]:
            found |= Q(vrm=mark)
        return queryset.filter(found), False

    def lookup_allowed(self, lookup: str, value: str, request: HttpRequest) -> bool:
        """Refuse marks and VINs in an address, however somebody types them there."""
        if lookup.split("__", maxsplit=1)[0] in ("vrm", "vin"):
            return False
        allowed: Any = super().lookup_allowed(lookup, value, request)  # type: ignore[misc]  # a mixin
        return bool(allowed)
