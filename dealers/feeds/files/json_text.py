"""A document that is nearly JSON: its numbers that are none, its commas too many, its mistakes."""

import re
from collections.abc import Iterator
from string import ascii_letters

from dealers.feeds.files.rows import UnreadableFeed

_ODD = re.compile(r"NaN|Infinity|,\s*+[}\]]")
_MENDED = re.compile(r"-?\b(?:NaN|Infinity)\b|,(?=\s*+[}\]])")
_ESCAPED = re.compile(r"\\.", re.DOTALL)
_IN_STRING = re.compile(r'(?:[^"\\]++|\\.)*+', re.DOTALL)
_UNENDED = f", \t\r\n-{ascii_letters}"
_TAIL_MAX = 200
_CARET = "------^"
BEHIND_MAX = 64 * 1024
_OF_NO_CONSEQUENCE = re.compile(r"(?:[\s;\0\x1a]++|<!--(?>.*?-->))*+", re.DOTALL)


class JsonMender:
    """Mends a document piece by piece: NaN and Infinity, which are no JSON, become null.

    A comma before a closing bracket is dropped. What stands in strings is left alone.
    """

    def __init__(self) -> None:
        self._held = ""
        self._is_in_string = False

    def mended(self, text: str, *, is_last: bool = False) -> str:
        """Return the next piece; its very end may be kept back for the piece after it."""
        text, self._held = self._held + text, ""
        if not is_last:
            tail = text[-_TAIL_MAX:]
            kept = tail.rstrip("\\" if tail.endswith("\\") else _UNENDED)
            cut = len(text) - len(tail) + len(kept)
            text, self._held = text[:cut], text[cut:]
        if not _ODD.search(text):
            self._follow(text)
            return text
        return "".join(self._parts(text))

    def rest(self) -> str:
        """Return what is kept back."""
        return self._held

    def _follow(self, text: str) -> None:
        if "\\" in text:
            text = _ESCAPED.sub("", text)
        self._is_in_string ^= text.count('"') % 2 == 1

    def _parts(self, text: str) -> Iterator[str]:
        place = 0
        while place < len(text):
            if self._is_in_string:
                string = _IN_STRING.match(text, place)
                end = string.end() if string else place
                yield text[place : end + 1]
                self._is_in_string, place = end == len(text), end + 1
                continue
            quote = text.find('"', place)
            end = quote if quote >= 0 else len(text)
            yield _MENDED.sub(lambda found: "" if found[0] == "," else "null", text[place:end])
            yield text[end : end + 1]
            self._is_in_string, place = quote >= 0, end + 1


def text_after_end(said: str, piece: str, line: int, rest: str) -> str:
    """Return what is to be told of text behind a document, which a parser stopped at.

    `rest` is what follows the piece. Raises `UnreadableFeed` unless it is of no consequence: signs
    that end a statement, or a server's comment.
    """
    place = _place_behind(said, piece)
    if place is None:
        raise malformed_json(said, piece, line)
    behind = piece[place:] + rest
    at_line = line + piece.count("\n", 0, place)
    if len(behind) <= BEHIND_MAX and _OF_NO_CONSEQUENCE.fullmatch(behind):
        return f"The text behind the end of the data, in line {at_line}, is not read."
    begins = behind.lstrip("; \t\r\n\0,")
    if begins[:1] in ("{", "["):
        at_line += behind.count("\n", 0, len(behind) - len(begins))
        message = "A second document begins behind the first: send one, or a line for each car."
        raise UnreadableFeed("malformed", message, line=at_line)
    raise malformed_json(said, piece, line)


def _place_behind(said: str, piece: str) -> int | None:
    """Return where the text behind a document begins, if that is known.

    The parser has read the first character of it. Its excerpt ends at a null character: what only
    pads a file is found from its end.
    """
    excerpt, _, arrow = said.partition("\n")[2].partition("\n")
    caret = arrow.find(_CARET)
    if caret < 0:
        padded = piece.rstrip("\0; \t\r\n")
        return len(padded) if padded.endswith(("]", "}")) else None
    return _place_of(piece, excerpt, caret + len(_CARET) - 1) - 1


def malformed_json(said: str, piece: str, line: int) -> UnreadableFeed:
    """Return the refusal of what a parser says is wrong in a piece that begins on a line."""
    reason, _, rest = said.partition("\n")
    if "premature" in reason.lower() or "incomplete" in reason.lower():
        message = "The file breaks off before its end."
        return UnreadableFeed("truncated", message, line=line + piece.count("\n"))
    excerpt, _, arrow = rest.partition("\n")
    place = _place_of(piece, excerpt, arrow.find(_CARET) + len(_CARET) - 1)
    reason = reason.partition(": ")[2].rstrip(".") or "it is not understood"
    message = f"This is not valid JSON: {reason}."
    return UnreadableFeed("malformed", message, line=line + piece.count("\n", 0, place))


def _place_of(piece: str, excerpt: str, caret: int) -> int:
    """Return where a parser's excerpt, whose line ends are spaces, points to in its piece."""
    flat = piece.replace("\n", " ").replace("\r", " ")
    text = excerpt.strip(" ")
    found = flat.find(text) if text else -1
    return found + max(0, caret - excerpt.find(text)) if found >= 0 else 0
