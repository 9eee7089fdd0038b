"""The address of a photograph, as other systems write it and as it is kept."""

import re
from urllib.parse import urlsplit

import httpx

from listings.exceptions import InvalidListing
from listings.models.photo import PHOTO_URL_CHARACTERS_MAX

# Most addresses are well-formed as they come, and feeds bring them by the million.
_WELL_FORMED = re.compile(r"https?://[a-z0-9.-]{1,253}/(?:[!$&-;=?-z|~]++|%[0-689a-fA-F])*+")
_HOST = re.compile(rb"[a-z0-9_.-]{1,253}|[0-9a-f:.]+")  # a name, or an IPv6 address
_RESIZE = re.compile(r"(?:\{|%7b)resize(?:\}|%7d)", re.IGNORECASE)
_RESIZED = "w1024h768"  # as the image server that this template comes from reads it


class InvalidPhotoUrl(InvalidListing):
    """This is not the address of a photograph."""

    code = "invalid_photo_url"


def clean_photo_url(url: str) -> str:
    """Return an address as it is kept: complete, encoded, with a size for a literal `{resize}`.

    Raises `InvalidPhotoUrl` for what is not an http or https address, has a password in it or more
    than `PHOTO_URL_CHARACTERS_MAX` characters.
    """
    if len(url) > PHOTO_URL_CHARACTERS_MAX:
        raise _refused(f"A photo's address has at most {PHOTO_URL_CHARACTERS_MAX:,} characters.")
    if _WELL_FORMED.fullmatch(url):
        return url
    cleaned = _RESIZE.sub(_RESIZED, url.strip().partition("#")[0])
    if cleaned.startswith("//"):
        cleaned = f"https:{cleaned}"
    return _encoded(cleaned)


def host_of(url: str) -> str:
    """Return the host of a clean address, with its port where it is no usual one."""
    return urlsplit(url).netloc


def _encoded(url: str) -> str:
    try:
        parsed = httpx.URL(url)
    except (httpx.InvalidURL, ValueError):
        raise _refused("This is not a web address.") from None
    if parsed.scheme not in ("http", "https") or not _HOST.fullmatch(parsed.raw_host):
        raise _refused("This is not a web address.")
    if parsed.userinfo:
        raise _refused("A photo's address has no password in it.")
    encoded = str(parsed)
    if len(encoded) > PHOTO_URL_CHARACTERS_MAX:
        raise _refused(f"A photo's address has at most {PHOTO_URL_CHARACTERS_MAX:,} characters.")
    return encoded


def _refused(message: str) -> InvalidPhotoUrl:
    return InvalidPhotoUrl(message, fields={"photos": [message]})
