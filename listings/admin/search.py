"""Searching without the words in an address.

Staff search by registration mark, and addresses end up in logs and histories. So every search box
of the admin posts its words; they stay in the session, and the address carries an opaque key.
"""

import secrets

from django.contrib import messages
from django.contrib.admin.views.main import PAGE_VAR, SEARCH_VAR
from django.db.models import QuerySet
from django.http import HttpRequest
from django.urls import reverse
from unfold.views import ChangeList

TERM_LENGTH_MAX = 200
_SESSION_KEY = "admin_searches"
_REMEMBERED = 30


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

    @property
    def search_url(self) -> str:
        """Where the search box posts its words."""
        return reverse(self.model_admin.url_name("search"))

    def get_queryset(
        self, request: HttpRequest, exclude_parameters: list[str] | None = None
    ) -> QuerySet:
        searches: dict[str, str] = request.session.get(_SESSION_KEY, {})
        is_over = bool(self.query) and self.query not in searches
        self.query = searches.get(self.query, "")
        rows: QuerySet = super().get_queryset(request, exclude_parameters)
        if not is_over:
            return rows
        messages.warning(request, "This search is over. Please search again.")
        return rows.none()
