"""Bytes in any encoding that dealers' systems write, as text."""

import codecs
import io
import re
from typing import BinaryIO

_BOMS = (
    (codecs.BOM_UTF8, "utf-8-sig"),
    (codecs.BOM_UTF32_LE, "utf-32"),
    (codecs.BOM_UTF32_BE, "utf-32"),
    (codecs.BOM_UTF16_LE, "utf-16"),
    (codecs.BOM_UTF16_BE, "utf-16"),
)
_DECLARED = re.compile(rb"""<\?xml[^>]{0,80}?encoding\s*=\s*["']([A-Za-z0-9_.:-]{1,40})["']""")
# Encodings that hold ASCII as it is; whatever else is declared is looked at instead.
_EXPECTED = re.compile(r"iso8859|cp125|cp437|cp850|latin|mac|ascii|koi8")
_AS_WINDOWS = "windows-where-not-utf-8"


def _as_windows(error: UnicodeError) -> tuple[str, int]:
    """Read as Windows-1252, and where that is undefined as Latin-1, what is not UTF-8."""
    if not isinstance(error, UnicodeDecodeError):
        raise error
    wrong = error.object[error.start : error.end]
    decoded = wrong.decode("cp1252", "replace")
    if "\N{REPLACEMENT CHARACTER}" in decoded:
        decoded = wrong.decode("latin-1")
    return decoded, error.end


codecs.register_error(_AS_WINDOWS, _as_windows)


def as_text(stream: BinaryIO, head: bytes) -> io.TextIOWrapper:
    """Return the text of `stream`, which begins with `head`; never fails to decode.

    Line ends stay. UTF-8 is Windows-1252 wherever it is not UTF-8, so that a file in either
    encoding, or in both, reads well.
    """
    encoding = _encoding_of(head)
    return io.TextIOWrapper(stream, encoding, _errors(encoding), newline="")


def decoded(head: bytes) -> str:
    """Return the text of a file's beginning, which may end in the middle of a character."""
    encoding = _encoding_of(head)
    return head.decode(encoding, _errors(encoding))


def _encoding_of(head: bytes) -> str:
    """Return the encoding of a file that begins with `head`."""
    for bom, encoding in _BOMS:
        if head.startswith(bom):
            return encoding
    declared = _DECLARED.search(head[:200])
    if declared is not None:
        named = _known(declared[1].decode("ascii"))
        if named is not None and _EXPECTED.search(named):
            return named
    return _by_nulls(head[:1024]) or "utf-8"


def _errors(encoding: str) -> str:
    return "ignore" if encoding.startswith(("utf-16", "utf-32")) else _AS_WINDOWS


def _known(name: str) -> str | None:
    try:
        return codecs.lookup(name).name
    except (LookupError, ValueError):
        return None


def _by_nulls(head: bytes) -> str | None:
    """Return the UTF-16 whose other half of the bytes is zero: Latin text without a BOM."""
    pairs = len(head) // 2
    if pairs < 2:
        return None
    even, odd = head[0::2].count(0), head[1::2].count(0)
    if odd > pairs * 0.7 and even < pairs * 0.1:
        return "utf-16-le"
    if even > pairs * 0.7 and odd < pairs * 0.1:
        return "utf-16-be"
    return None
