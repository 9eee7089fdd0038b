"""Names, prose and lists, freed from HTML, control characters and broken encodings."""

import json
import re
from functools import lru_cache

from dealers.feeds.cells.cell import (
    BLANK,
    UNSAID,
    Read,
    bare,
    mended,
    says_nothing,
    unescaped,
)

DERIVATIVE_MAX, DESCRIPTION_MAX = 200, 20_000
FEATURE_MAX, FEATURES_MAX = 120, 200
STOCK_REF_MAX, MAKE_MAX, MODEL_MAX = 64, 60, 80

_CONTROL = re.compile(
    "[\x00-\x08\x0b\x0c\x0e-\x1f\x7f-\x84\x86-\x9f\ufeff\ufffe\uffff\ud800-\udfff]"
)
_GUARDED = re.compile(r"'+[=+@\t\r\n-]")
_MARKUP = re.compile(r"[<&]")
_INVISIBLE = re.compile(
    r"<(script|style|head|iframe)\b.*?(?:</\1\s*>|$)|<!--.*?(?:-->|$)", re.IGNORECASE | re.DOTALL
)
_LINE_BREAK = re.compile(r"<(?:br|/p|/div|/li|/tr|/h[1-6]|/ul|/ol)\b[^<>]{0,200}>", re.IGNORECASE)
_BULLET = re.compile(r"<li\b[^<>]{0,200}>", re.IGNORECASE)
_TAG = re.compile(r"</?[a-zA-Z][^<>]{0,2000}>|<!\w[^<>]{0,200}>")
_SPACES = re.compile(r"[ \t\u00a0\u200b]+")
_GAP = re.compile(r"\s{2,}+")
_LINE_EDGES = re.compile(r" ?\n ?")
_LISTED = re.compile(r"[|\n\r\u2022;^~]+")
_PARENTHESIS = re.compile(r"([()])")
_COMMA = re.compile(r",(?!\d{3}\b)")
_EXPONENT = re.compile(r"[+-]?\d(?:[.,]\d++[eE]\+?|[eE]\+)\d{1,3}")
_FEATURE_EDGES = " \t-*\u2013\u2022\u00b7.,;\"'"


def tidy(text: str) -> str:
    """Return a text of one line: printable, single spaces, and its encoding mended."""
    text = bare(text)
    if not text.isascii():
        text = mended(text)
    if "&" in text and ";" in text:
        text = unescaped(text)
    return " ".join(_CONTROL.sub(" ", text).split())


def prose(text: str) -> str:
    """Return HTML as text with its line breaks; what is no HTML keeps its own."""
    if not text.isascii():
        text = mended(text)
    text = unguarded(text)
    if _is_plain(text):
        return text.strip()
    if _MARKUP.search(text):
        text = _without_markup(unescaped(text) if "&lt;" in text else text)
    text = _CONTROL.sub(" ", text.replace("\r\n", "\n").replace("\r", "\n").replace("\x85", "\n"))
    text = _LINE_EDGES.sub("\n", _SPACES.sub(" ", text))
    return _GAP.sub(_paragraphs, text).strip()


def unguarded(text: str) -> str:
    """Return a text without the apostrophe that keeps one from being taken for a formula."""
    return text[1:] if _GUARDED.match(text) else text


@lru_cache(maxsize=16_384)
def read_make(text: str) -> Read:
    return _name(text, "make", MAKE_MAX)


@lru_cache(maxsize=16_384)
def read_model(text: str) -> Read:
    return _name(text, "model", MODEL_MAX)


def read_stock_ref(text: str) -> Read:
    """Return the dealer's own key, which may look like anything but a number that was cut."""
    said = tidy(text)
    if _EXPONENT.fullmatch(said):
        message = "A spreadsheet has cut this number: it does not tell which car this is."
        return Read(UNSAID, "unreadable_stock_ref", message)
    if not said or (says_nothing(said) and not said.isdigit()):
        return BLANK
    if len(said) > STOCK_REF_MAX:
        message = f"A stock reference has at most {STOCK_REF_MAX} characters."
        return Read(UNSAID, "too_long", message, is_error=True)
    return Read(said)


@lru_cache(maxsize=32_768)
def read_derivative(text: str) -> Read:
    said = tidy(text)
    return BLANK if says_nothing(said) else _cut(said, DERIVATIVE_MAX)


def read_description(text: str) -> Read:
    said = prose(text)
    return BLANK if says_nothing(said) else _cut(said, DESCRIPTION_MAX)


@lru_cache(maxsize=8_192)
def _features(text: str) -> tuple[str, ...]:
    items = _json_list(text)
    if items is None:
        plain = prose(text)
        items = _LISTED.split(plain)
        if len(items) == 1:
            items = _between_commas(plain)
    kept: dict[str, None] = {}
    for item in items:
        feature = tidy(item).strip(_FEATURE_EDGES)[:FEATURE_MAX].strip()
        if feature and not says_nothing(feature):
            kept[feature] = None
    return tuple(kept)[:FEATURES_MAX]


def read_features(text: str) -> Read:
    """Return a list of texts, from a list separated by anything, by HTML or written as JSON."""
    features = _features(text)
    return Read(list(features)) if features else BLANK


def _is_plain(text: str) -> bool:
    """Whether a text is as it should be already, as most are."""
    is_one_line = text.isprintable() and "  " not in text
    return is_one_line and "<" not in text and "&" not in text and "\xa0" not in text


def _name(text: str, what: str, length_max: int) -> Read:
    said = tidy(text)
    if says_nothing(said) or not any(map(str.isalnum, said)):
        return BLANK
    if len(said) > length_max:
        message = f"The {what} has at most {length_max} characters."
        return Read(UNSAID, "too_long", message, is_error=True)
    return Read(said)


def _cut(text: str, length_max: int) -> Read:
    if len(text) <= length_max:
        return Read(text)
    kept = text[:length_max]
    ends_word = kept[-1].isspace() or text[length_max].isspace()
    kept = kept.rstrip() if ends_word else kept.rsplit(None, 1)[0]
    return Read(kept, "cut_off", f"Only the first {length_max:,} characters are kept.")


def _without_markup(text: str) -> str:
    text = _LINE_BREAK.sub("\n", _INVISIBLE.sub(" ", text))
    text = _TAG.sub(" ", _BULLET.sub("\n\u2022 ", text))
    return unescaped(text)


def _paragraphs(gap: re.Match[str]) -> str:
    return "\n\n" if gap[0].count("\n") > 1 else gap[0]


def _between_commas(text: str) -> list[str]:
    """Return what stands between commas, but for those in brackets and in numbers."""
    items: list[str] = []
    pieces: list[str] = []
    parts = _PARENTHESIS.split(text)
    for part, bracket in zip(parts[::2], [*parts[1::2], ""], strict=True):
        first, *others = [part] if bracket == ")" else _COMMA.split(part)
        pieces.append(first)
        for other in others:
            items.append("".join(pieces))
            pieces = [other]
        pieces.append(bracket)
    return [*items, "".join(pieces)]


def _json_list(text: str) -> list[str] | None:
    if not text.lstrip().startswith("["):
        return None
    try:
        values = json.loads(text)
    except (ValueError, RecursionError):
        return None
    return [str(value) for value in values if isinstance(value, str | int | float)]
