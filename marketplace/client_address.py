"""Who asks: the address behind the trusted proxies, and the network it is counted by."""

import ipaddress
import re
from functools import lru_cache

from django.conf import settings
from django.http import HttpRequest

NETWORK_BITS = 64  # of IPv6: what one customer is given
ADDRESSES_KEPT = 4_096  # those that asked last, so that each is parsed but once
_HOP_LENGTH_MAX = 80
_WITH_PORT = re.compile(r"\[([^\]]*)\](?::\d+)?|([\d.]+):\d+")

IPAddress = ipaddress.IPv4Address | ipaddress.IPv6Address


def client_address(request: HttpRequest) -> str:
    """Return the address of the client, or "" where there is none to believe.

    Of `X-Forwarded-For` only what `TRUSTED_PROXIES` proxies added is read: the hop furthest away
    that is an address. Where none is, and on a socket without proxies, it is whoever connected.
    """
    for text in (*_believed_hops(request), str(request.META.get("REMOTE_ADDR", ""))):
        if (address := _read(text)) is not None:
            return str(address)
    return ""


def client_network(request: HttpRequest) -> str:
    """Return what the client's requests are counted by: its IPv4 address or its IPv6 network."""
    return customer_network(client_address(request))


@lru_cache(maxsize=ADDRESSES_KEPT)
def customer_network(address: str) -> str:
    """Return what one customer is given: an IPv4 address, or the /64 of an IPv6 one."""
    if ":" not in address:
        return address
    network = ipaddress.ip_network((address, NETWORK_BITS), strict=False)
    return str(network.network_address)


def _believed_hops(request: HttpRequest) -> list[str]:
    """Return the hops that trusted proxies wrote, the furthest first.

    A list shorter than the number of proxies has a client's own words in front, or a proxy
    missing: only the nearest hop is certain to be a proxy's.
    """
    proxies = int(settings.TRUSTED_PROXIES)
    forwarded = str(request.META.get("HTTP_X_FORWARDED_FOR", ""))
    if not (proxies and forwarded):
        return []
    hops = forwarded.rsplit(",", proxies)
    if len(hops) < proxies:
        return hops[-1:]
    return hops[-proxies:]


@lru_cache(maxsize=ADDRESSES_KEPT)
def _read(hop: str) -> IPAddress | None:
    """Return the address of a hop, without the port, zone and brackets that some proxies add."""
    text = hop.strip().strip('"')
    if len(text) > _HOP_LENGTH_MAX:
        return None
    if match := _WITH_PORT.fullmatch(text):
        text = match[1] or match[2] or ""
    try:
        address = ipaddress.ip_address(text.partition("%")[0])
    except ValueError:
        return None
    if isinstance(address, ipaddress.IPv6Address) and address.ipv4_mapped:
        return address.ipv4_mapped
    return address
