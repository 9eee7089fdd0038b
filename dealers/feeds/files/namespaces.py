"""Prefixes that XML uses and does not declare: `<g:id>` without `xmlns:g` is common in feeds."""

import re
from typing import NamedTuple

_PREFIXES_MAX = 40
_ROOT = re.compile(
    r"(?:[\s\ufeff\x00]++|<\?(?>.*?\?>)|<!--(?>.*?-->)|<![A-Z][^>\[]*+(?:\[[^\]]*+\]\s*+)?+>)*+"
    r"<[^\W\d][\w.:-]*+",
    re.DOTALL | re.IGNORECASE,
)
_USED = re.compile(r"[</\s]([^\W\d][\w.-]{0,30}):[^\W\d]")
_DECLARED = re.compile(r"xmlns:([^\W\d][\w.-]{0,30})")
_ALWAYS_THERE = frozenset({"xml", "xmlns"})


class Declarations(NamedTuple):
    """What a root element lacks, and the place of the text where it belongs."""

    place: int = 0
    text: str = ""

    def added_to(self, text: str, start: int = 0) -> str:
        """Return a part of the document, which begins at `start`, with them where they belong."""
        place = self.place - start
        if not self.text or not 0 <= place < len(text):
            return text
        return f"{text[:place]}{self.text}{text[place:]}"


def undeclared(sample: str) -> Declarations:
    """Return declarations of the prefixes that a document's beginning uses without them."""
    root = _ROOT.match(sample)
    if root is None:
        return Declarations()
    known = _ALWAYS_THERE | set(_DECLARED.findall(sample))
    used = [name for name in dict.fromkeys(_USED.findall(sample)) if name not in known]
    text = "".join(f' xmlns:{name}="prefix:{name}"' for name in used[:_PREFIXES_MAX])
    return Declarations(root.end(), text)
