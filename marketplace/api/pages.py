"""A page of a list and the links to its neighbours."""

import re
from collections.abc import Mapping, Sequence
from typing import Any

from django.http import HttpRequest
from rest_framework import serializers
from rest_framework.request import Request
from rest_framework.utils.urls import replace_query_param

from marketplace.api import cursor
from marketplace.api.cursor import Cursor
from marketplace.api.parameters import IntegerParameter

SIZE_DEFAULT, SIZE_MAX = 20, 100


def page_size_field() -> IntegerParameter:
    return IntegerParameter(
        low=1,
        high=SIZE_MAX,
        default=SIZE_DEFAULT,
        also=("limit", "per_page", "size", "rows"),
        description=f"How many results a page has at most; {SIZE_DEFAULT} unless told otherwise.",
    )


class PageSerializer(serializers.Serializer):
    """The members that every page has beside its results."""

    next = serializers.URLField(allow_null=True, help_text="The next page; null on the last.")
    previous = serializers.URLField(allow_null=True, help_text="Null on the first page.")
    next_cursor = serializers.CharField(allow_null=True)
    previous_cursor = serializers.CharField(allow_null=True)


def page_links(
    request: Request | HttpRequest,
    scope: str,
    place: Cursor | None,
    ends: Sequence[tuple[Any, ...]],
    *,
    has_more: bool,
) -> Mapping[str, Any]:
    """Return the members of `PageSerializer` for a page that was read from `place` on.

    `ends` are the sort values of its first and last row; `has_more` is of the reading direction.
    """
    is_backwards = place is not None and place.is_backwards
    ends = ends or ([place.values] if place else [])
    following = previous = None
    if ends and (is_backwards or has_more):
        following = cursor.write(Cursor(ends[-1]), scope)
    if ends and (has_more if is_backwards else place is not None):
        previous = cursor.write(Cursor(ends[0], is_backwards=True), scope)
    return links(request, following=following, previous=previous)


def links(
    request: Request | HttpRequest, *, following: str | None, previous: str | None
) -> Mapping[str, Any]:
    """Return the members of `PageSerializer` for these cursors."""
    here = request.build_absolute_uri()
    return {
        "next": following and with_cursor(here, following),
        "previous": previous and with_cursor(here, previous),
        "next_cursor": following,
        "previous_cursor": previous,
    }


def with_cursor(address: str, text: str) -> str:
    """Return what `replace_query_param` does; for an address of plain letters ten times as fast."""
    path, _, query = address.partition("?")
    if not _PLAIN.fullmatch(query):
        return str(replace_query_param(address, "cursor", text))
    pairs = [pair for pair in query.split("&") if not pair.startswith("cursor=")]
    pairs.append(f"cursor={text}")
    pairs.sort(key=_name)
    return f"{path}?{'&'.join(pairs).replace(',', '%2C')}"


def _name(pair: str) -> str:
    return pair.partition("=")[0]


_PLAIN = re.compile(r"[\w-]++=(?:[\w.~,-]|%2C)*+(?:&[\w-]++=(?:[\w.~,-]|%2C)*+)*+", re.ASCII)
"""Query strings that come out of parsing and writing as they are, but for the order and commas."""
