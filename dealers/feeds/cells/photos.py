"""Addresses of photographs, in the order of the file."""

import re
from typing import NamedTuple

from dealers.feeds.cells.cell import bare, says_nothing

PHOTOS_MAX = 50
ADDRESS_MAX = 2_000

_BARS = re.compile(r"[|\r\n\t]+")
_BEFORE_ADDRESS = re.compile(r"(?<![\s,;\"'\[\]])[\s,;\"'\[\]]++(?=(?:https?:)?//)", re.IGNORECASE)
_ADDRESS = re.compile(r"(?:https?:)?//[^/\s?#]+\.[^/\s?#]+", re.IGNORECASE)
_IN_JSON = re.compile(r"((?:https?:)?\\?/\\?/[^\"\s]++)(\"?)", re.IGNORECASE)
_TO_BE_TIDIED = re.compile(r"[\s,;\"'\[\]{}%&<>\\]")
_PLAIN = re.compile(rf"https?://[^/?#][^/?#.]*+\.[^/?#]++(?:[/?#].{{,{ADDRESS_MAX - 300}}})?")
# Auto Trader's exports leave the size to be filled in; without one the picture comes as it is.
_SIZE = re.compile(r"\{resize\}/?|%7bresize%7d/?", re.IGNORECASE)
_EDGES = " \t,;\"'[]{}<>"


class Photos(NamedTuple):
    """`rejected` counts what is no address, `surplus` those beyond `PHOTOS_MAX`."""

    urls: list[str]
    rejected: int
    surplus: int


def read_photos(text: str) -> Photos:
    """Return the addresses in a cell, whatever separates them, each once."""
    if not text:
        return Photos([], 0, 0)
    if not _TO_BE_TIDIED.search(text):
        plain = dict.fromkeys(text.split("|"))
        if all(map(_PLAIN.fullmatch, plain)):
            return Photos(list(plain)[:PHOTOS_MAX], 0, max(0, len(plain) - PHOTOS_MAX))
    urls: dict[str, None] = {}
    rejected = 0
    for part in _parts(text):
        url = _tidied(part)
        if _ADDRESS.match(url) and len(url) <= ADDRESS_MAX:
            urls[f"https:{url}" if url.startswith("//") else url] = None
        elif url and not says_nothing(url):
            rejected += 1
    return Photos(list(urls)[:PHOTOS_MAX], rejected, max(0, len(urls) - PHOTOS_MAX))


def _parts(text: str) -> list[str]:
    text = bare(text)
    if text.startswith(("[{", "{")):
        return [part.replace("\\/", "/") for part, quote in _IN_JSON.findall(text) if quote]
    parts = _BARS.split(text)
    if len(parts) > 1 and not any(character in text for character in " ,;"):
        return parts
    found = [each for part in parts for each in _BEFORE_ADDRESS.split(part)]
    if "//" not in text:  # names of files
        return re.split(r"[,;]+", text)
    return found


def _tidied(part: str) -> str:
    url = part.strip(_EDGES)
    if "{" in url or "%" in url:
        url = _SIZE.sub("", url)
    if "&amp;" in url:
        url = url.replace("&amp;", "&")
    return url.replace(" ", "%20") if " " in url else url
