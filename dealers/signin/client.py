"""How the sign-ins of an account and of an address are counted."""

from collections.abc import Mapping

from django.conf import settings
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render

from marketplace.client_address import client_network

USER_AGENT_LENGTH_MAX = 120


def counted_address(request: HttpRequest) -> str | None:
    """Return the address failures are counted by: of IPv6 the network that one customer has."""
    return client_network(request) or None


def counted_name(request: HttpRequest, credentials: Mapping[str, str] | None) -> str | None:
    """Return the account failures are counted by, as sign-in would find it, known or not."""
    name = credentials.get("username") if credentials else request.POST.get("username")
    return name.strip().lower()[:255].replace("\0", "") if name else None


def nameless(*_client: object) -> str:
    """Return what logs call a client: neither its account nor its address."""
    return "a client"


def locked_out(
    request: HttpRequest, response: HttpResponse | None, credentials: Mapping[str, str] | None
) -> HttpResponse:
    """Return the page of somebody who failed too often; the same for unknown accounts."""
    minutes = int(settings.AXES_COOLOFF_TIME.total_seconds() // 60)
    page = render(request, "dealers/accounts/locked.html", {"minutes": minutes}, status=429)
    page["Retry-After"] = str(minutes * 60)
    page["Cache-Control"] = "no-store"
    return page
