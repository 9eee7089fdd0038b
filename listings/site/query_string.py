"""A search's query string, read strictly and written in one way only.

Two query strings that ask the same have one canonical form, so that every cache between a reader
and us keeps one copy for each question.
"""

import dataclasses
from collections.abc import Mapping
from typing import Any
from urllib.parse import parse_qsl

from django import forms
from django.http import HttpRequest, QueryDict

from listings.api.filters import read_filters
from listings.api.parameters import FILTERS, PAGING, written
from listings.search.criteria import Criteria
from marketplace.api.parameters import read_table, refuse, refuse_unknown

DEFAULT_ORDERING = ("price",)  # cheapest first
ORDERING = {"ordering": PAGING["ordering"]}
CURSOR = {"cursor": PAGING["cursor"]}


@dataclasses.dataclass(frozen=True)
class ParsedSearch:
    """What a query string asks; `others` are the parameters that are neither filter nor order."""

    criteria: Criteria
    ordering: tuple[str, ...]
    others: Mapping[str, Any]

    def query(self, **changed: Any) -> str:
        """Return the canonical query string; `changed` replaces parameters, None removes one."""
        return written({**self.parameters(), **changed})

    def search(self) -> str:
        """Return the canonical query string of the criteria and their order alone."""
        return self.query(**dict.fromkeys(self.others))

    def parameters(self) -> dict[str, Any]:
        order = list(self.ordering) if self.ordering != DEFAULT_ORDERING else None
        return {**self.criteria.as_parameters(), "ordering": order, **self.others}


def read_search(
    query: QueryDict,
    others: Mapping[str, forms.Field] | None = None,
    ordering: Mapping[str, forms.Field] = ORDERING,
) -> ParsedSearch:
    """Read a query string; `others` is the table of what it may hold beside filters and order.

    Raises `Invalid`, naming every parameter that is unknown or holds what cannot be accepted.
    """
    others = others or {}
    refuse_unknown(query, {**FILTERS, **ordering, **others})
    filters, filter_errors = read_filters(query)
    values, errors = read_table(query, {**ordering, **others})
    refuse({**filter_errors, **errors})
    terms = tuple(values.pop("ordering")) or DEFAULT_ORDERING
    defaults = {name: getattr(field, "default", None) for name, field in others.items()}
    kept = {name: None if value == defaults[name] else value for name, value in values.items()}
    return ParsedSearch(Criteria.from_parameters(filters), terms, kept)


def is_canonical(request: HttpRequest, query: str) -> bool:
    """Tell whether a request's query string is `query`, however its characters are escaped."""
    asked = parse_qsl(request.META.get("QUERY_STRING", ""), keep_blank_values=True)
    return asked == parse_qsl(query)
