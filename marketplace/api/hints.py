"""What was meant by a name or a value that is not known, for the messages of refusals."""

import re
from collections.abc import Iterable, Mapping, Sequence
from difflib import get_close_matches

LENGTH_MAX = 60  # letters of a text that are compared: comparing costs their square
BOUNDS: Mapping[str, Sequence[str]] = {
    "min": ("min", "minimum", "from", "gte", "gt", "over", "above", "least", "since", "morethan"),
    "max": ("max", "maximum", "upto", "to", "lte", "lt", "under", "below", "most", "lessthan"),
}
"""How elsewhere the ends of a range are spelled, before its name or behind it."""

DESCENDING = ("desc", "descending", "reverse")


def names_meant(name: str, known: Mapping[str, Iterable[str]]) -> list[str]:
    """Return the names that somebody meant by `name`; both ends of a range where none was said.

    `known` are the names with what else each is called: `sort` for `ordering`.
    """
    word = _joined(name)
    spelled = {_joined(each): official for official, also in known.items() for each in also}
    spelled |= {_joined(official): official for official in known}
    if word in spelled:
        return [spelled[word]]
    ranges = {
        each.removesuffix("min"): official.removesuffix("_min")
        for each, official in spelled.items()
        if official.endswith("_min")
    }
    if word in ranges:
        return [f"{ranges[word]}_{end}" for end in BOUNDS]
    for end, marks in BOUNDS.items():
        rests = {cut(word, mark) for mark in marks for cut in (str.removeprefix, str.removesuffix)}
        if found := sorted(ranges[rest] for rest in rests if rest in ranges):
            return [f"{found[0]}_{end}"]
    return [spelled[near] for near in get_close_matches(word, spelled, n=1)]


def value_meant(text: str, values: Sequence[str]) -> str | None:
    """Return the value nearest to what somebody wrote, if one is near."""
    word = re.sub(r"(?<=\w)[\s_-]+(?=\w)", "_", text[:LENGTH_MAX].strip().lower())
    name, _, way = word.rpartition("_")
    if way in DESCENDING and f"-{name}" in values:
        return f"-{name}"
    return next(iter(get_close_matches(word, values, n=1)), None)


def did_you_mean(meant: Iterable[str | None]) -> str:
    """Return the sentence to add to a refusal; empty where nothing was meant."""
    names = [name for name in meant if name]
    return f" Did you mean {' or '.join(names)}?" if names else ""


def _joined(name: str) -> str:
    """Return a name without case, underscores and hyphens: `pricemax` for `priceMax`."""
    return "".join(re.findall("[a-z0-9]+", name[:LENGTH_MAX].lower()))
