"""Addresses in messages: where what happened is read by those who are told of it."""

from django.conf import settings


def api_url(path: str) -> str:
    """Return an address of the API, of a path below its version."""
    return absolute(f"/api/v1/{path}")


def absolute(path: str) -> str:
    """Return an address of ours as others write it."""
    return f"{settings.PUBLIC_URL}{path}"
