"""Networks that a key may be used from: read as they are typed, and asked for an address."""

import ipaddress
from collections.abc import Collection, Iterable
from functools import lru_cache

NETWORKS_MAX = 20  # of one key
NETWORK_LENGTH_MAX = 43  # of an IPv6 network in full
_MAPPED = ipaddress.IPv6Network("::ffff:0:0/96")

IPNetwork = ipaddress.IPv4Network | ipaddress.IPv6Network


def read_networks(texts: Iterable[str]) -> list[str]:
    """Return networks (CIDR, IPv4 or IPv6) as they are written, each once; an address is one too.

    An IPv4 network inside IPv6 becomes IPv4, as which callers' addresses are read. Raises
    `ValueError` with a message for whoever typed it.
    """
    networks = list(dict.fromkeys(str(_read(text.strip())) for text in texts))
    if len(networks) > NETWORKS_MAX:
        raise ValueError(f"At most {NETWORKS_MAX} networks.")
    return networks


def includes(networks: Collection[str], address: str) -> bool:
    """Say whether an address lies in one of the networks; "" lies in none."""
    try:
        ip = ipaddress.ip_address(address)
    except ValueError:
        return False
    return any(ip in _parsed(network) for network in networks)


@lru_cache(maxsize=4_096)
def _parsed(network: str) -> IPNetwork:
    return ipaddress.ip_network(network)


def _read(text: str) -> IPNetwork:
    shown = text[:NETWORK_LENGTH_MAX]
    try:
        interface = ipaddress.ip_interface(text)
    except ValueError:
        raise ValueError(f"“{shown}” is no network: write 203.0.113.0/24, say.") from None
    if "%" in text:
        raise ValueError(f"“{shown}” is an address of one machine's own link.")
    network = interface.network
    if interface.ip != network.network_address:
        raise ValueError(f"“{shown}” is an address in {network}: write that, or the address alone.")
    if isinstance(network, ipaddress.IPv6Network) and network.subnet_of(_MAPPED):
        address = ipaddress.IPv4Address(int(network.network_address) & 0xFFFF_FFFF)
        network = ipaddress.IPv4Network((address, network.prefixlen - _MAPPED.prefixlen))
    if network.prefixlen == 0:
        raise ValueError(f"“{shown}” is everybody: leave the list empty for that.")
    return network
