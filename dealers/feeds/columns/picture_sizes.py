"""Pictures that a file gives in several sizes: one photo each, of the largest."""

import re
from collections.abc import Mapping, Sequence
from functools import lru_cache

_SIZED = re.compile(
    r"(?P<picture>.{1,180}?)\."
    r"(?P<size>(?:[\w-]{1,20}:)?(?:representation|rendition|variant|version|size)s?(?:\[\d{1,4}\])?)"
    r"\.[^.]{1,60}",
    re.IGNORECASE,
)
_NAMES = [
    "xs",
    "thumbnail",
    "thumb",
    "icon",
    "s",
    "small",
    "m",
    "medium",
    "l",
    "large",
    "xl",
    "xxl",
    "xxxl",
    "full",
    "original",
]
_ORDER = {name: rank for rank, name in enumerate(_NAMES, start=1)}
_SAID_BY = ("@size", "size", "@width", "width", "@name", "name", "@type", "type")


def largest(headers: Sequence[str], cells: Mapping[str, str]) -> tuple[str, ...]:
    """Return the columns of photos, of each picture only its largest size, where sizes are told."""
    best: dict[str, tuple[float, int]] = {}
    for place, header in enumerate(headers):
        picture, size = _parts(header)
        if picture and cells.get(header, "").strip():
            rank = _rank(size, cells)
            if rank > best.get(picture, (-1.0, 0))[0]:
                best[picture] = (rank, place)
    kept = {place for _, place in best.values()}
    return tuple(
        header
        for place, header in enumerate(headers)
        if place in kept or _parts(header)[0] not in best
    )


@lru_cache(maxsize=4_096)
def has_sizes(headers: tuple[str, ...]) -> bool:
    """Whether some of these columns hold one picture in several sizes."""
    pictures = [picture for picture, _ in map(_parts, headers) if picture]
    return len(set(pictures)) < len(pictures)


@lru_cache(maxsize=16_384)
def _parts(header: str) -> tuple[str, str]:
    """Return the picture that a column is a size of, and the path of the size; "" for no size."""
    found = _SIZED.fullmatch(header)
    return (found["picture"], f"{found['picture']}.{found['size']}") if found else ("", "")


def _rank(size: str, cells: Mapping[str, str]) -> float:
    for name in _SAID_BY:
        said = cells.get(f"{size}.{name}", "").strip().lower()
        if said in _ORDER:
            return float(_ORDER[said])
        digits = re.match(r"\d{1,6}", said)
        if digits:
            return 100.0 + int(digits[0])
    return 0.0
