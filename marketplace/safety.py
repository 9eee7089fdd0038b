"""Settings nobody may run with."""

import ipaddress
from collections.abc import Sequence
from urllib.parse import urlsplit

from django.core.exceptions import ImproperlyConfigured

SECRET_MIN_CHARACTERS = 32


def refuse_unsafe(
    *, debug: bool, secret_key: str, allowed_hosts: Sequence[str], public_url: str
) -> None:
    """Raise ImproperlyConfigured, with the name of the variable, where a value is unsafe."""
    address = urlsplit(public_url)
    if address.scheme not in ("http", "https") or not address.hostname:
        raise ImproperlyConfigured("PUBLIC_URL is an address such as https://cars.example.com.")
    if debug:
        if not _is_loopback(address.hostname):
            raise ImproperlyConfigured(
                "DEBUG is for this machine alone, and PUBLIC_URL is the address of another."
            )
        return
    if "*" in allowed_hosts:
        raise ImproperlyConfigured("ALLOWED_HOSTS names the hosts that are served, not *.")
    if not secret_key:
        raise ImproperlyConfigured("SECRET_KEY is empty.")
    refuse_short("SECRET_KEY", secret_key, debug=debug)


def refuse_short(name: str, secret: str, *, debug: bool) -> None:
    """Raise ImproperlyConfigured where a secret that is there could be guessed."""
    if secret and not debug and len(secret) < SECRET_MIN_CHARACTERS:
        raise ImproperlyConfigured(
            f"{name} needs at least {SECRET_MIN_CHARACTERS} random characters."
        )


def _is_loopback(host: str) -> bool:
    try:
        return ipaddress.ip_address(host).is_loopback
    except ValueError:
        return host == "localhost" or host.endswith(".localhost")
