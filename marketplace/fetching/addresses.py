"""Which addresses may be asked, decided on the very address that is then connected to."""

import re
import socket
from collections.abc import Callable, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from ipaddress import IPv4Address, IPv6Address, ip_address, ip_network

import httpx
from django.conf import settings

from marketplace.fetching.deadline import Deadline
from marketplace.fetching.refusals import FetchRefused, FetchTooSlow, FetchUnreachable

Resolver = Callable[[str, int], Sequence[str]]

_HOST = re.compile(r"[a-z0-9_.-]+|[0-9a-f:.]+")  # a name, or an IPv6 address
_PORTS = {"http": 80, "https": 443}

# IANA's registry of special-purpose addresses, multicast, and Azure's metadata server.
_REFUSED_V4 = tuple(
    ip_network(block)
    for block in (
        "0.0.0.0/8",
        "10.0.0.0/8",
        "100.64.0.0/10",
        "127.0.0.0/8",
        "168.63.129.16/32",
        "169.254.0.0/16",
        "172.16.0.0/12",
        "192.0.0.0/24",
        "192.0.2.0/24",
        "192.88.99.0/24",
        "192.168.0.0/16",
        "198.18.0.0/15",
        "198.51.100.0/24",
        "203.0.113.0/24",
        "224.0.0.0/3",
    )
)
# Outside global unicast lie loopback, ::/96, IPv4-mapped, NAT64, unique local, link-local and
# multicast addresses; inside it, those that are documentation or carry an IPv4 address.
_GLOBAL_UNICAST_V6 = ip_network("2000::/3")
_REFUSED_V6 = tuple(
    ip_network(block) for block in ("2001::/23", "2001:db8::/32", "2002::/16", "3fff::/20")
)
_resolving = ThreadPoolExecutor(max_workers=8, thread_name_prefix="resolve")


@dataclass(frozen=True, slots=True)
class Target:
    """One address to ask: `addresses` have all been checked, and only they may be connected to."""

    url: httpx.URL
    host: str
    port: int
    addresses: tuple[str, ...]


def system_addresses(host: str, port: int) -> Sequence[str]:
    """Return the addresses of a host as the machine's resolver knows them."""
    found = socket.getaddrinfo(host, port, type=socket.SOCK_STREAM)
    return list(dict.fromkeys(str(sockaddr[0]) for *_, sockaddr in found))


def target(url: httpx.URL, resolve: Resolver, deadline: Deadline) -> Target:
    """Return an address's host resolved once and checked; raises `FetchFailed`."""
    if url.scheme not in _PORTS:
        raise FetchRefused("Only http and https addresses are fetched.")
    if url.userinfo:
        raise FetchRefused("An address with a password in it is not fetched.")
    host = url.raw_host.decode("ascii").rstrip(".").lower()
    port = url.port or _PORTS[url.scheme]
    if not _HOST.fullmatch(host):
        raise FetchRefused("The address names no host.")
    is_allowed = _is_allowed(host, port)
    if port not in _PORTS.values() and not is_allowed:
        raise FetchRefused(f"{host} may be asked on port 80 or 443 only.")
    addresses = _resolved(host, port, resolve, deadline)
    if not is_allowed and not all(is_public(address) for address in addresses):
        raise FetchRefused(f"{host} is not on the public internet.")
    return Target(url, host, port, addresses)


def is_public(address: str) -> bool:
    """Whether an address is one host of the public internet and stands for no other address."""
    try:
        parsed = ip_address(address)
    except ValueError:
        return False
    match parsed:
        case IPv4Address():
            return not any(parsed in block for block in _REFUSED_V4)
        case IPv6Address():
            return parsed in _GLOBAL_UNICAST_V6 and not any(
                parsed in block for block in _REFUSED_V6
            )


def _is_allowed(host: str, port: int) -> bool:
    name = f"[{host}]" if ":" in host else host
    allowed = {entry.strip().lower() for entry in settings.FETCH_ALLOWED_HOSTS}
    return f"{name}:{port}" in allowed or (name in allowed and port in _PORTS.values())


def _resolved(host: str, port: int, resolve: Resolver, deadline: Deadline) -> tuple[str, ...]:
    asked = _resolving.submit(resolve, host, port)
    try:
        addresses = tuple(asked.result(timeout=deadline.remaining()))
    except TimeoutError:
        raise FetchTooSlow(f"The name {host} was not resolved in time.") from None
    except (OSError, UnicodeError):
        raise FetchUnreachable(f"The name {host} is not known.") from None
    if not addresses:
        raise FetchUnreachable(f"The name {host} is not known.")
    return addresses
