"""Badges that are sold as a model without its name: `320d` is a 3 Series, `C220` a C Class."""

import re
from typing import NamedTuple

_LENGTH_MAX = 8


class ModelBadge(NamedTuple):
    """A make's slug and its model's joined name; `is_certain` where no make need be named."""

    make: str
    model: str
    is_certain: bool


_BMW = re.compile(
    r"(m?)([1-8])(?:14|16|18|20|23|25|28|30|35|40|45|50|60)(l?(?:ci|ti|td|xd|xi|xe|ed|[dei])|l?)"
)
_MERCEDES = re.compile(
    r"(cl[aks]|gl[abces]|sl[ck]|eq[abcestv]|[cgms]l|[abcegrsv])"
    r"(?:1[4-9]0|2[0-9]0|3[025]0|4[0235]0|5[058]0|600)l?[dehs]?"
)
# AMG's; other makes' generations are called so too ("R53", "E60").
_AMG = re.compile(
    r"(cl[aks]|gl[abces]|sl[ck]|[cms]l|a(?=[34]5)|c|e(?!5)|g|s)(?:[34]5|[456]3|[56]5)s?"
)
_LEXUS = re.compile(r"(ct|es|gs|is|lc|ls|lx|nx|rc|rx|ux)[2-6]\d0[dht]?")


def model_of_badge(key: str) -> ModelBadge | None:
    """Return the model that a badge in lower case means by itself; None where it means none."""
    if not 3 <= len(key) <= _LENGTH_MAX:
        return None
    if found := _BMW.fullmatch(key):
        return ModelBadge("bmw", f"{found[2]}series", bool(found[1] or found[3]))
    if found := _MERCEDES.fullmatch(key) or _AMG.fullmatch(key):
        letters = "m" if found[1] == "ml" else found[1]
        return ModelBadge("mercedes-benz", letters if letters[1:] else f"{letters}class", True)
    if found := _LEXUS.fullmatch(key):
        return ModelBadge("lexus", found[1], True)
    return None
