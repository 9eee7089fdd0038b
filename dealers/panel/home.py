"""The first page: what there is, how it goes, and what to do next."""

from typing import Any

from django.http import HttpRequest


def add_home(request: HttpRequest, context: dict[str, Any]) -> dict[str, Any]:
    """Add to the page's context what the home page shows."""
    return {**context, "title": "Home"}
