"""The order of a batch: which of its items may be done together.

Items that name, or come to name, one car are done one after the other; all others do not notice
each other, so that each wave is a set. A batch about a thousand cars is one wave.
"""

from collections.abc import Iterable, Iterator, Mapping
from typing import Any, NamedTuple

from listings.identifiers import normalise_vrm
from marketplace.errors import Invalid

Key = tuple[str, object]


class Present(NamedTuple):
    """An advert that is there before the batch."""

    pk: int
    stock_ref: str | None
    vrm: str | None


def waves(items: Mapping[int, Mapping[str, Any]], present: Iterable[Present]) -> list[list[int]]:
    """Return the places of items in waves; whatever two items share is done in their order."""
    links: dict[Key, set[Key]] = {}
    for row in present:
        _link(links, {("id", row.pk), ("stock_ref", row.stock_ref), ("vrm", row.vrm)})
    levels: dict[Key, int] = {}
    found: dict[int, list[int]] = {}
    for place, item in items.items():
        keys = _link(links, set(_keys(item)))
        level = max((levels.get(key, 0) for key in keys), default=0)
        levels |= dict.fromkeys(keys, level + 1)
        found.setdefault(level, []).append(place)
    return [found[level] for level in sorted(found)]


def _link(links: dict[Key, set[Key]], keys: set[Key]) -> set[Key]:
    """Note that keys may mean one car; return these and all they were linked with before."""
    named = {key for key in keys if key[1] is not None}
    linked = named.union(*(links.get(key, ()) for key in named))
    links |= dict.fromkeys(linked, linked)
    return linked


def _keys(item: Mapping[str, Any]) -> Iterator[Key]:
    """Yield the advert that an item names, and the names that it would give it."""
    fields = item.get("listing", {})
    yield from (("id", item.get("id")), ("stock_ref", item.get("stock_ref")))
    if isinstance(fields.get("stock_ref"), str):
        yield "stock_ref", fields["stock_ref"].strip()
    if isinstance(fields.get("vrm"), str):
        yield "vrm", _mark(fields["vrm"])


def _mark(text: str) -> str | None:
    try:
        return normalise_vrm(text)
    except Invalid:
        return None
