"""Who asks: the address behind the trusted proxies, and how sign-ins of it are counted."""

import ipaddress
from collections.abc import Mapping

from django.conf import settings
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render

USER_AGENT_LENGTH_MAX = 120


def address_of(request: HttpRequest) -> str:
    """Return the address of the browser, or "" where there is none to believe.

    Of `X-Forwarded-For` only what `TRUSTED_PROXIES` proxies added is read, as the API does.
    """
    given = str(request.META.get("REMOTE_ADDR", ""))
    proxies: int = settings.TRUSTED_PROXIES
    forwarded = request.headers.get("X-Forwarded-For")
    if proxies and forwarded:
        hops = forwarded.split(",")
        given = hops[-min(proxies, len(hops))].strip()
    try:
        return str(ipaddress.ip_address(given))
    except ValueError:
        return ""


def counted_address(request: HttpRequest) -> str | None:
    """Return the address failures are counted by: of IPv6 the network that one customer has."""
    address = address_of(request)
    if ":" not in address:
        return address or None
    return str(ipaddress.ip_network((address, 64), strict=False).network_address)


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
