"""One cell: how much of it is read, what reading it gives, and what is found on the way."""

import html
import re
from collections.abc import Callable, Mapping
from typing import Final, NamedTuple

VALUE_CHARACTERS_MAX = 120
CELL_MAX = 200
"""Characters of a number, a choice, a date or a mark: what is longer is no such thing."""
NAME_MAX = 2_000
PROSE_MAX = 64 * 1024
PHOTOS_CELL_MAX = 200_000
UNITS = {"mileage": "mileage_unit", "price": "price_extra", "power_bhp": "power_unit"}
"""The fields whose unit or condition may have a column of its own: "KM", "EUR", "+ VAT", "kW"."""

_CUT = {
    **dict.fromkeys(("derivative", "trim", "title"), NAME_MAX),
    **dict.fromkeys(("description", "features"), PROSE_MAX),
    "photos": PHOTOS_CELL_MAX,
}
_OF_ITEMS = frozenset({"description", "features", "photos"})
_BETWEEN_ITEMS = "|\n\r\t ,;>"
_NEEDED = frozenset({"stock_ref", "make", "model"})
"""Without it a row may be taken for that of another car: it is rejected."""


class RowFinding(NamedTuple):
    """Something odd (a warning) or impossible (an error) about a row.

    `code` is stable; `value` is the cell's text, empty for marks, VINs and whatever is long.
    """

    code: str
    field: str
    message: str
    value: str = ""


class _Unsaid:
    def __repr__(self) -> str:
        return "UNSAID"


UNSAID: Final = _Unsaid()
"""The value of a cell that states none; None is a value: "price on application"."""


class Read(NamedTuple):
    """A cell's value, and the finding that goes with it, if any."""

    value: object = UNSAID
    code: str = ""
    message: str = ""
    is_error: bool = False


BLANK = Read()
"""The cell says nothing: it is empty, or says so in words."""

SILENT = Read(UNSAID, "", "silent")
"""The cell says something that no field of ours keeps, and that is no reason to speak of it."""

_NOTHING_WORDS = """
n/a na n.a. n.a nan null nil none unknown not_known notknown unspecified undefined tbc tba tbd
- -- --- . ? ?? other not_specified not_available not_applicable not_set not_stated no_data
select please_select (null) <null> #n/a #n/a! #ref! #value! #name? \\n [] {} unlisted any empty
blank x xx xxx to_be_confirmed to_be_advised
"""
_NOTHING = frozenset(_NOTHING_WORDS.split())
_HUGE_REFERENCE = re.compile(r"&#(?:0*+[1-9][0-9]{7,}+|[xX]0*+[1-9a-fA-F][0-9a-fA-F]{6,}+);?")
# UTF-8 that was read as Windows-1252 once: "CitroÃ«n", "Â£".
_MOJIBAKE = re.compile(
    "[\u00c2\u00c3][\u0080-\u00bf\u0152-\u02dc\u2013-\u2122]|\u00e2\u20ac|\u00e2\u201a"
)
_EXPONENT = re.compile(r"(?<=\d)e\+(?=\d)")
_OF_SCHEMA = re.compile(r"https?://(?:www\.)?schema\.org/(\w+)", re.IGNORECASE)
_HUMP = re.compile(r"(?<=[a-z])(?=[A-Z])")
_ADDRESS = re.compile(r"(?:(?:https?:)?//|^www\.)[^\s/]+\.[^\s/]", re.IGNORECASE)
_FORMULA_TEXT = re.compile(r'=\s*"([^"]*)"$')


def bare(text: str) -> str:
    """Return a cell's text without what spreadsheets wrap it in: `="0123"`, an apostrophe."""
    text = text.strip().strip("\ufeff\u200b")
    if text[:1] == "=":
        wrapped = _FORMULA_TEXT.match(text)
        text = wrapped[1].strip() if wrapped else text
    elif text[:1] == "'":
        text = text.lstrip("'").strip()
    return text.replace("\xa0", " ")


def mended(text: str) -> str:
    """Return UTF-8 that was mistaken for Windows-1252 as what it was meant to be."""
    if not _MOJIBAKE.search(text):
        return text
    try:
        return text.encode("cp1252").decode("utf-8")
    except UnicodeError:
        return text


def unescaped(text: str) -> str:
    """Return a text with its references to characters resolved, those of far too many digits not.

    The number of a character has seven digits; Python refuses to read one of thousands.
    """
    return html.unescape(_HUGE_REFERENCE.sub(" ", text))


def value_text(text: str) -> str:
    """Return a cell's text as values are read from it: its characters mended, in lower case."""
    text = bare(text)
    if not text.isascii():
        text = mended(text)
    if "&" in text:
        text = unescaped(text).strip()
    text = text.lower()
    return _EXPONENT.sub("e", text) if "e+" in text else text  # 1.2495e+04


def read_address(text: str, reader: Callable[[str], Read]) -> Read:
    """Read a cell that may be an address, of which only the names of schema.org are values.

    A word of a page's address is none: ".../automatic-golf/" is no gearbox.
    """
    named = _OF_SCHEMA.fullmatch(text.strip())
    if named is not None:
        return reader(_HUMP.sub(" ", named[1]))
    if not _ADDRESS.search(text):
        return reader(text)
    return Read(UNSAID, "unreadable_address", "This is an address, and no value of a car.")


def says_nothing(text: str) -> bool:
    """Whether a cell is empty or says in words that it is: "N/A", "Null", "nan", "Unknown", "-"."""
    return not text or text.lower().replace(" ", "_") in _NOTHING


def unreadable(what: str, means: str) -> Read:
    return Read(UNSAID, f"unreadable_{what}", f"This is not {means} that we can read.")


def impossible(what: str, message: str) -> Read:
    return Read(UNSAID, f"impossible_{what}", message, is_error=True)


def odd(value: object, what: str, message: str) -> Read:
    return Read(value, f"odd_{what}", message)


def bounded(
    cells: Mapping[str, str], warnings: list[RowFinding], errors: list[RowFinding]
) -> Mapping[str, str]:
    """Return the cells with prose and lists cut to what is read, and without others as long.

    Nothing is read of a number that does not end: what is cut off may say another. Each is told.
    """
    if max(map(len, cells.values()), default=0) <= CELL_MAX:
        return cells
    long = [name for name, text in cells.items() if len(text) > CELL_MAX]
    kept = dict(cells)
    for name in long:
        most = _CUT.get(name, CELL_MAX)
        said = cells[name] if len(cells[name]) <= most else cells[name].strip()
        if len(said) <= most:
            kept[name] = said
        elif name in _CUT:
            kept[name] = _cut(said, most) if name in _OF_ITEMS else said[:most]
            message = f"Only the first {most:,} characters are read."
            warnings.append(RowFinding("cut_off", name, message))
        else:
            del kept[name]
            message = f"This has more than {most} characters, and is not read."
            value = "" if name in ("vrm", "vin") else said[:VALUE_CHARACTERS_MAX]
            found = RowFinding("too_long", name, message, value)
            (errors if name in _NEEDED else warnings).append(found)
    return _without_half(kept, cells)


def _cut(text: str, most: int) -> str:
    """Return the beginning of a text, without the word or the address that does not end there."""
    cut = text[:most]
    end = max(map(cut.rfind, _BETWEEN_ITEMS))
    return cut[:end] if end > 0 else cut


def _without_half(kept: dict[str, str], cells: Mapping[str, str]) -> dict[str, str]:
    """Leave out a number whose unit is not read: it may be one of kilometres, or of euros."""
    for name, unit in UNITS.items():
        if unit in cells and unit not in kept:
            kept.pop(name, None)
    return kept
