"""The names of a row's cells."""

import re
import unicodedata
from collections import Counter
from collections.abc import Sequence
from functools import lru_cache

from dealers.feeds.files.limits import COLUMNS_MAX, HEADER_CHARACTERS_MAX
from dealers.feeds.files.rows import UnreadableFeed

_PLACE = re.compile(r"\[\d*\]|#\d+$")
_NAMESPACE = re.compile(r"(?:^|(?<=\.))[A-Za-z][\w-]{0,20}:(?=\S)")


def named(cells: Sequence[str]) -> tuple[str, ...]:
    """Return one name for each column: a second "Image" is "Image#2", one without is "column 3".

    Raises `UnreadableFeed` for more columns than any feed has.
    """
    if len(cells) > COLUMNS_MAX:
        raise UnreadableFeed("too_many_columns", f"There are more than {COLUMNS_MAX} columns.")
    seen: Counter[str] = Counter()
    names = []
    for number, cell in enumerate(cells, start=1):
        name = " ".join(cell.replace("\ufeff", "").split())[:HEADER_CHARACTERS_MAX]
        name = name or f"column {number}"
        seen[name] += 1
        names.append(name if seen[name] == 1 else f"{name}#{seen[name]}")
    return tuple(names)


@lru_cache(maxsize=65_536)
def header_key(name: str) -> str:
    """Return what the spellings of one header share: `Year_of Manufacture`, `yearOfManufacture`.

    Places in a list do not count (`image[3].url`, `Image#2`), nor do a namespace or an `@`.
    """
    bare = _NAMESPACE.sub("", _PLACE.sub("", name))
    decomposed = unicodedata.normalize("NFKD", bare.replace("£", " gbp ")).casefold()
    return "".join(filter(str.isalnum, decomposed))
