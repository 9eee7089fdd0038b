"""Codes on the boot that tell a model without its name: `325i` is a 3 Series, `C220d` a C Class."""

import re
from collections.abc import Iterator

_BMW = re.compile(r"([1-8])-series")
_BMW_SIZES = (14, 16, 18, 20, 23, 25, 28, 30, 35, 40, 45, 50)
_BMW_ENDINGS = ("i", "d", "e", "ci", "ti", "td")
_BMW_SPORTS = (35, 40, 50, 60)

_MERCEDES = re.compile(r"([abcegrsv])-class|(cla|clk|cls|gla|glb|glc|gle|gls|slk|slc)")
_MERCEDES_SIZES = (
    *(160, 180, 200, 220, 230, 240, 250, 270, 280, 300, 320, 350, 400, 420, 430, 450, 500, 550),
    *(580, 600, 35, 43, 45, 53, 55, 63, 65),
)
_MERCEDES_ENDINGS = ("d", "e")


def model_codes(make: str, model: str) -> Iterator[str]:
    """Yield the codes of a model, slugs, in the form of `tokens.normal`."""
    if make == "bmw" and (found := _BMW.fullmatch(model)):
        series = found[1]
        yield from (f"{series}{size}{end}" for size in _BMW_SIZES for end in _BMW_ENDINGS)
        yield from (f"m{series}{size}{end}" for size in _BMW_SPORTS for end in "id")
    if make == "mercedes-benz" and (found := _MERCEDES.fullmatch(model)):
        letters = found[1] or found[2]
        for size in _MERCEDES_SIZES:
            yield f"{letters}{size}"
            for end in _MERCEDES_ENDINGS:
                yield from (f"{letters}{size}{end}", f"{letters} {size} {end}")
