"""What is taken out of every log line: secrets, and what names a person or a car.

The rules read text, as a secret comes inside messages, exceptions and paths. Each pattern is linear
or bounded, and most are tried only where a character that they need is there.
"""

import math
import re
from collections.abc import Mapping
from typing import Any, NamedTuple

HIDDEN = "…"
CHARACTERS_MAX = 32_768
DEPTH_MAX = 8

# The routes that carry a secret or a dealer's own key, which often is a registration mark. A test
# walks the URLconf, so that a new one cannot be forgotten here.
SECRET_ROUTES = (
    *("renew", "join", "left", "alerts", "password/reset", "stock/by-ref"),
    *("weekly-mail", "feeds/out", "chat", "email"),
)

_SECRET_NAME = re.compile(
    r"passw|passphrase|secret|token|credential|authori[sz]ation|cookie|csrf|session_?key|api_?key"
    r"|(?:^|_)(?:dsn|vrm|vin|e?mail|email_address|phone|postcode|full_name|recipients?)(?:$|_)",
    re.IGNORECASE,
)


class RedactionRule(NamedTuple):
    """`pattern` is replaced where one of the `signs` is in the text."""

    signs: tuple[str, ...]
    pattern: re.Pattern[str]
    shown: str


_RULES = (
    RedactionRule(
        ("/",), re.compile(rf"(/(?:{'|'.join(SECRET_ROUTES)})/)[^\s\"'<>]+"), rf"\1{HIDDEN}"
    ),
    RedactionRule(("://",), re.compile(r"(://)[^\s\"'<>]{0,512}@"), rf"\1{HIDDEN}@"),
    RedactionRule(("?",), re.compile(r"(?<=[\w/=%.…-])\?[^\s\"'<>]+"), f"?{HIDDEN}"),
    RedactionRule(("umk_",), re.compile(r"umk_[\w-]+"), f"umk_{HIDDEN}"),
    RedactionRule(
        ("earer ", "asic "),
        re.compile(r"\b((?:[Bb]earer|[Bb]asic) )[\w.~+/=-]{12,}"),
        rf"\1{HIDDEN}",
    ),
    # What PostgreSQL adds to an error are the row's values.
    RedactionRule(
        ("DETAIL:", "CONTEXT:"), re.compile(r"((?:DETAIL|CONTEXT):)[^\n]+"), rf"\1 {HIDDEN}"
    ),
    RedactionRule(
        ("=", ":"),
        re.compile(r"((?:authorization|cookie)\\{0,2}[\"']?\s{0,3}[:=])[^\n]+", re.IGNORECASE),
        rf"\1 {HIDDEN}",
    ),
    RedactionRule(
        ("=", ":"),
        re.compile(
            r"((?:passw(?:or)?d|passphrase|secret|token|credential|csrf|session_?key|api[_-]?key"
            r"|(?<![a-z])(?:vrm|vin|dsn|e-?mail|phone|postcode)(?![a-z]))[\w-]{0,32}"
            r"\\{0,2}[\"')\]]{0,2}\s{0,3}[:=]\s{0,3}\\{0,2})"
            r"(?:\"[^\"\n]*\"?|'[^'\n]*'?|\([^)\n]*\)?|[^\s,;&}\])]+)",
            re.IGNORECASE,
        ),
        rf"\1{HIDDEN}",
    ),
    RedactionRule(
        ("@", "%40"),
        re.compile(r"[\w.+'%&*!#$^{}|~-]{1,64}(?:@|%40)[\w-]{1,63}(?:\.[\w-]{1,63})+"),
        f"{HIDDEN}@{HIDDEN}",
    ),
    # A registration mark as they are issued now is known by its shape alone.
    RedactionRule(("",), re.compile(r"\b[A-Z]{2}[0-9]{2} ?[A-Z]{3}\b"), HIDDEN),
)


def redacted(value: object, depth: int = 0) -> object:
    """Return a value as it may be logged: plain JSON types, without what must not be there."""
    if value is None or isinstance(value, bool | int):
        return value
    if isinstance(value, float):
        return value if math.isfinite(value) else str(value)
    if isinstance(value, str):
        return redacted_text(value)
    if depth < DEPTH_MAX:
        if isinstance(value, Mapping):
            return redacted_fields(value, depth + 1)
        if isinstance(value, list | tuple | set | frozenset):
            return [redacted(each, depth + 1) for each in value]
    return redacted_text(repr(value))


def redacted_fields(fields: Mapping[Any, object], depth: int = 0) -> dict[str, object]:
    """Return named values as they may be logged; some are hidden for their name alone."""
    return {
        redacted_text(str(name)): HIDDEN
        if value is not None and _SECRET_NAME.search(str(name))
        else redacted(value, depth)
        for name, value in fields.items()
    }


def redacted_text(text: str) -> str:
    """Return a text without secrets; the middle of an endless one is left out."""
    if len(text) > CHARACTERS_MAX:
        end = text[-CHARACTERS_MAX // 2 :].partition("\n")[2]  # a cut line may hold half a secret
        text = f"{text[: CHARACTERS_MAX // 2]}\n{HIDDEN}\n{end}"
    for rule in _RULES:
        if any(sign in text for sign in rule.signs):
            text = rule.pattern.sub(rule.shown, text)
    return text
